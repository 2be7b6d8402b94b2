"""groundup_auth.postgresql: what is its own; the contract it shares is in test_sql."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from groundup_auth import Identifier, PostgreSQLStore

psycopg: Any = pytest.importorskip("psycopg", reason="the driver is the application's")

ALICE = Identifier("Alice@example.com", "alice@example.com")


@pytest.mark.parametrize("autocommit", [False, True])
def test_connections_may_commit_by_themselves_or_not(
    postgresql_url: str, *, autocommit: bool
) -> None:
    store = PostgreSQLStore(lambda: psycopg.connect(postgresql_url, autocommit=autocommit))

    user_id = store.add_user(ALICE, None, "hash")

    found = PostgreSQLStore(lambda: psycopg.connect(postgresql_url)).find_account(user_id)
    assert found is not None
    assert found.user.email == "Alice@example.com"


def test_many_may_make_the_tables_at_once(postgresql_url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = [
            pool.submit(PostgreSQLStore, lambda: psycopg.connect(postgresql_url)) for _ in range(6)
        ]

    assert all(future.result() for future in made)
    with closing(psycopg.connect(postgresql_url)) as connection:
        assert connection.execute("SELECT count(*) FROM auth_schema").fetchone() == (1,)


def test_other_errors_of_the_database_are_not_duplicates(postgresql_url: str) -> None:
    store = PostgreSQLStore(lambda: psycopg.connect(postgresql_url))

    with pytest.raises(psycopg.DataError):
        store.add_user(Identifier("a\0", "a\0"), None, "hash")


def test_closing_leaves_the_connections_to_their_owner(postgresql_url: str) -> None:
    store = PostgreSQLStore(lambda: psycopg.connect(postgresql_url))

    store.close()

    assert store.find_by_email("nobody") is None
