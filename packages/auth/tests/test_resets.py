"""groundup_auth.resets: tokens that work once, and that a thief of the database cannot use."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundup_auth import Identifier, InvalidReset, SQLiteStore, UserStore
from groundup_auth.resets import Resets, digest


@pytest.fixture
def store() -> Iterator[SQLiteStore]:
    """One store: that all of them keep the contract is shown in test_sql."""
    with SQLiteStore() as store:
        yield store


@pytest.fixture
def resets(store: UserStore, clock: Callable[[], float]) -> Resets:
    return Resets(store, 3600, clock=clock)


@pytest.fixture
def alice(store: UserStore) -> int:
    return store.add_user(Identifier("a@example.com", "a@example.com"), None, "hash")


def test_a_token_works_once(resets: Resets, alice: int) -> None:
    token = resets.issue(alice)
    assert resets.find(token) == alice
    assert resets.find(f" {token}\n") == alice, "copied from a mail"

    resets.redeem(token, "new")

    with pytest.raises(InvalidReset):
        resets.find(token)
    with pytest.raises(InvalidReset):
        resets.redeem(token, "newer")


def test_a_token_has_its_time(resets: Resets, alice: int, wait: Callable[[float], None]) -> None:
    token = resets.issue(alice)

    wait(3599)
    assert resets.find(token) == alice
    wait(1)

    with pytest.raises(InvalidReset):
        resets.find(token)


@pytest.mark.parametrize("token", ["", " ", "x", "x" * 10_000_000, "\ud800", "\0"], ids=range(6))
def test_what_was_not_issued_opens_nothing(resets: Resets, alice: int, token: str) -> None:
    resets.issue(alice)
    resets.issue(None)

    with pytest.raises(InvalidReset, match="ask for a new one"):
        resets.find(token)


def test_a_token_for_nobody_looks_like_one_and_opens_nothing(resets: Resets, alice: int) -> None:
    token = resets.issue(None)

    assert len(token) == len(resets.issue(alice)) == 43
    with pytest.raises(InvalidReset):
        resets.find(token)


class Watched(SQLiteStore):
    """A store that remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[Any] = []

    def add_reset(self, digest: str, user_id: int | None, /, *, expires_at: int, now: int) -> None:
        """Remember and pass on."""
        self.given.append(digest)
        super().add_reset(digest, user_id, expires_at=expires_at, now=now)


def test_the_store_never_sees_a_token() -> None:
    with Watched() as store:
        alice = store.add_user(Identifier("a@example.com", "a@example.com"), None, "hash")
        token = Resets(store, 3600).issue(alice)

        assert store.given == [digest(token)]
        assert token not in store.given[0]


def test_asking_for_nobody_fills_no_disk() -> None:
    with Watched() as store:
        resets = Resets(store, 3600)

        for _ in range(50):
            resets.issue(None)

        assert store._database.row("SELECT count(*) FROM auth_resets") == (1,)


def test_old_tokens_are_swept(clock: Callable[[], float], wait: Callable[[float], None]) -> None:
    with SQLiteStore() as store:
        alice = store.add_user(Identifier("a@example.com", "a@example.com"), None, "hash")
        resets = Resets(store, 3600, clock=clock)
        resets.issue(alice)
        wait(3600)

        resets.issue(alice)

        assert store._database.row("SELECT count(*) FROM auth_resets") == (1,)
