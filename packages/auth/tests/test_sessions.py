"""groundup_auth.sessions: a log-out is one, and a stolen refresh token ends with its thief."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from groundup_auth import (
    Account,
    AuthSettings,
    Identifier,
    SQLiteStore,
    TokenError,
    TokenExpired,
    TokenReused,
    TokenRevoked,
    UserStore,
)
from groundup_auth.sessions import Sessions, make_sessions

KEY = "a key of at least thirty-two bytes"


@pytest.fixture
def store() -> Iterator[SQLiteStore]:
    """One store: that all of them keep the contract is shown in test_sql."""
    with SQLiteStore() as store:
        yield store


@pytest.fixture
def sessions(store: UserStore, clock: Callable[[], float]) -> Sessions:
    return make_sessions(store, [KEY], AuthSettings(), clock)


@pytest.fixture
def alice(store: UserStore) -> Account:
    email = Identifier("alice@example.com", "alice@example.com")
    account = store.find_account(store.add_user(email, None, "hash"))
    assert account is not None
    return account


def test_a_token_works_until_its_session_ends(sessions: Sessions, alice: Account) -> None:
    token = sessions.open(alice)
    assert sessions.find(token) == alice.user

    sessions.end(token)
    sessions.end(token)

    with pytest.raises(TokenRevoked):
        sessions.find(token)


def test_sessions_of_one_user_are_apart(sessions: Sessions, alice: Account) -> None:
    phone, laptop = sessions.open(alice), sessions.open(alice)

    sessions.end(phone)

    assert sessions.find(laptop) == alice.user


def test_a_plain_session_ends_with_its_token(
    sessions: Sessions, alice: Account, wait: Callable[[float], None]
) -> None:
    token = sessions.open(alice)

    wait(3599)
    assert sessions.find(token)
    wait(1)

    with pytest.raises(TokenExpired):
        sessions.find(token)


def test_a_pair_is_refreshed_again_and_again(sessions: Sessions, alice: Account) -> None:
    pair = sessions.open_pair(alice)

    for _ in range(5):
        following = sessions.refresh(pair.refresh)
        assert following.refresh != pair.refresh
        assert sessions.find(following.access) == alice.user
        pair = following

    assert pair.expires_in == 3600


def test_a_refresh_does_not_prolong_the_session(
    sessions: Sessions, alice: Account, wait: Callable[[float], None]
) -> None:
    pair = sessions.open_pair(alice)
    wait(30 * 86400 - 100)

    pair = sessions.refresh(pair.refresh)
    assert pair.expires_in == 100
    wait(100)

    with pytest.raises(TokenExpired):
        sessions.refresh(pair.refresh)
    with pytest.raises(TokenExpired):
        sessions.find(pair.access)


def test_a_refresh_token_that_comes_twice_ends_the_session(
    sessions: Sessions, alice: Account
) -> None:
    stolen = sessions.open_pair(alice)
    thief = sessions.refresh(stolen.refresh)

    with pytest.raises(TokenReused):
        sessions.refresh(stolen.refresh)

    with pytest.raises(TokenRevoked):
        sessions.find(thief.access)
    with pytest.raises(TokenRevoked):
        sessions.refresh(thief.refresh)


def test_other_sessions_survive_a_reuse(sessions: Sessions, alice: Account) -> None:
    stolen, other = sessions.open_pair(alice), sessions.open_pair(alice)
    sessions.refresh(stolen.refresh)
    with pytest.raises(TokenReused):
        sessions.refresh(stolen.refresh)

    assert sessions.refresh(other.refresh)


def test_of_two_that_refresh_at_once_one_is_a_thief(sessions: Sessions, alice: Account) -> None:
    pair = sessions.open_pair(alice)

    def refresh(_: int) -> str:
        try:
            return sessions.refresh(pair.refresh).access
        except TokenRevoked:
            return ""

    with ThreadPoolExecutor(6) as pool:
        tokens = [token for token in pool.map(refresh, range(6)) if token]

    assert len(tokens) <= 1
    for token in tokens:
        with pytest.raises(TokenRevoked):
            sessions.find(token)


def test_an_access_token_refreshes_nothing_and_a_refresh_token_opens_nothing(
    sessions: Sessions, alice: Account
) -> None:
    pair = sessions.open_pair(alice)

    with pytest.raises(TokenError):
        sessions.refresh(pair.access)
    with pytest.raises(TokenError):
        sessions.find(pair.refresh)
    assert sessions.refresh(pair.refresh), "neither used it up"


def test_either_token_of_a_pair_logs_out_also_after_its_time(
    sessions: Sessions, alice: Account, wait: Callable[[float], None]
) -> None:
    pair = sessions.open_pair(alice)
    wait(7200)

    sessions.end(pair.access)

    with pytest.raises(TokenRevoked):
        sessions.refresh(pair.refresh)


def test_what_is_no_token_of_ours_cannot_log_out(sessions: Sessions) -> None:
    with pytest.raises(TokenError):
        sessions.end("a.b.c")


def test_a_removed_user_has_no_session(
    sessions: Sessions, alice: Account, store: UserStore
) -> None:
    pair = sessions.open_pair(alice)
    store.delete_user(alice.user.id)

    with pytest.raises(TokenRevoked):
        sessions.find(pair.access)
    with pytest.raises(TokenRevoked):
        sessions.refresh(pair.refresh)


def test_a_password_that_was_changed_during_the_log_in_opens_no_session(
    sessions: Sessions, alice: Account, store: UserStore
) -> None:
    store.set_password(alice.user.id, "new", epoch=alice.epoch)

    with pytest.raises(TokenRevoked, match="changed during the log-in"):
        sessions.open(alice)


def test_a_session_has_a_name_for_its_own_user_only(sessions: Sessions, alice: Account) -> None:
    token = sessions.open(alice)

    assert sessions.name(token, alice.user.id)
    with pytest.raises(TokenRevoked, match="must be one of the user"):
        sessions.name(token, alice.user.id + 1)


def test_one_store_serves_many_systems(clock: Callable[[], float]) -> None:
    with SQLiteStore() as store:
        email = Identifier("alice@example.com", "alice@example.com")
        account = store.find_account(store.add_user(email, None, "hash"))
        assert account is not None
        one, other = (make_sessions(store, [KEY], AuthSettings(), clock) for _ in range(2))

        token = one.open(account)

        assert other.find(token) == account.user
        other.end(token)
        with pytest.raises(TokenRevoked):
            one.find(token)
