"""groundup.accounts: users of groundup_auth in the site's own database."""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from groundup.accounts import DatabaseUserStore, User
from groundup_auth import (
    AlreadyRegistered,
    AuthenticationSystem,
    AuthSettings,
    Identifier,
    InvalidCredentials,
)
from groundup_orm import Database, Session

CHEAP = AuthSettings(bcrypt_cost=4)
SECRET = "s" * 40
PASSWORD = "Loveletters1"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'site.db'}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def database(url: str) -> Generator[Database, None, None]:
    with Database(url) as database:
        yield database


def test_the_whole_way_of_an_account(database: Database) -> None:
    auth = AuthenticationSystem(DatabaseUserStore(database), secret=SECRET, settings=CHEAP)

    number = auth.register("ada@example.org", PASSWORD, username="ada")
    token = auth.login("ada", PASSWORD)

    assert auth.verify_token(token) == number
    with pytest.raises(InvalidCredentials):
        auth.login("ada", "Loveletters2")
    with pytest.raises(AlreadyRegistered):
        auth.register("ADA@example.org", PASSWORD)
    auth.logout(token)
    assert auth.verify_token(token) is None
    auth.close()


def test_other_models_see_users_without_their_passwords(database: Database) -> None:
    store = DatabaseUserStore(database)
    address = "ada@example.org"
    number = store.add_user(Identifier(address, address), Identifier("Ada", "ada"), "the hash")

    with Session(database) as session:
        user = session.get(User, number)

    assert user is not None
    assert (user.id, user.email, user.username) == (number, address, "Ada")
    assert not any(getattr(user, name, None) == "the hash" for name in dir(User))


def test_two_processes_may_make_the_tables_at_once(url: str) -> None:
    barrier = threading.Barrier(4)

    def open_store(number: int) -> int:
        with Database(url) as database:
            barrier.wait(20)
            store = DatabaseUserStore(database)
            address = f"{number}@example.org"
            return store.add_user(Identifier(address, address), None, "hash")

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(open_store, range(4)))

    assert len(set(numbers)) == 4


def test_one_address_at_once_is_one_account(database: Database) -> None:
    auth = AuthenticationSystem(DatabaseUserStore(database), secret=SECRET, settings=CHEAP)

    def register(_: int) -> bool:
        try:
            auth.register("ada@example.org", PASSWORD)
        except AlreadyRegistered:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(register, range(8)))

    assert sum(added) == 1
    auth.close()


def test_the_database_stays_its_owners(database: Database) -> None:
    DatabaseUserStore(database).close()

    assert database.fetch_one("SELECT 1 AS one")["one"] == 1  # type: ignore[index]  # there is one row
