"""groundup_sessions.store: the contract, held by memory, files and Redis."""

import threading
from collections.abc import Callable

import pytest

from groundup_sessions import (
    Moment,
    SessionExpired,
    SessionLimits,
    SessionStore,
    SessionTooLarge,
    UnknownSession,
)
from groundup_sessions.ids import find_key, generate_id

NOW = 1_700_000_000.0
IDLE = 1800.0
LIMITS = SessionLimits()


def at(seconds: float) -> Moment:
    return Moment(NOW + seconds, IDLE)


def make_key() -> str:
    key = find_key(generate_id())
    assert key is not None
    return key


@pytest.fixture
def key(store: SessionStore) -> str:
    """The key of a session that ends after an hour."""
    key = make_key()
    store.create(key, {"user_id": "42"}, at(0), NOW + 3600)
    return key


def test_a_session_holds_what_it_was_made_with(store: SessionStore, key: str) -> None:
    assert store.load(key, at(1)) == {"user_id": "42"}
    assert store.exists(key, at(1))


def test_what_was_not_made_is_not_there(store: SessionStore) -> None:
    other = make_key()

    assert store.load(other, at(0)) is None
    assert not store.exists(other, at(0))
    assert not store.delete(other)
    with pytest.raises(UnknownSession) as caught:
        store.update(other, {"a": "1"}, [], at(0), LIMITS)
    assert not isinstance(caught.value, SessionExpired)
    with pytest.raises(UnknownSession):
        store.rotate(other, make_key(), at(0))
    assert store.load(other, at(0)) is None, "a refused change begins nothing"


def test_an_empty_session_is_one(store: SessionStore) -> None:
    key = make_key()

    store.create(key, {}, at(0), NOW + 3600)

    assert store.load(key, at(0)) == {}


def test_values_are_set_and_removed_in_one_step(store: SessionStore, key: str) -> None:
    store.update(key, {"a": '"ä"', "b": "2"}, [], at(1), LIMITS)
    store.update(key, {"b": "3"}, ["user_id", "absent"], at(1), LIMITS)

    assert store.load(key, at(1)) == {"a": '"ä"', "b": "3"}


def test_a_name_that_is_removed_and_set_is_set(store: SessionStore, key: str) -> None:
    store.update(key, {"user_id": "7"}, ["user_id"], at(1), LIMITS)

    assert store.load(key, at(1)) == {"user_id": "7"}


@pytest.mark.parametrize("name", [":e", ":u", "=", "a b", "ü", "{}", "\n", "\0"])
def test_every_name_is_only_a_name(store: SessionStore, key: str, name: str) -> None:
    store.update(key, {name: '"x"'}, ["user_id"], at(1), LIMITS)
    assert store.load(key, at(2)) == {name: '"x"'}

    store.update(key, {}, [name], at(2), LIMITS)
    assert store.load(key, at(2)) == {}


def test_a_copy_is_given_and_not_the_values_themselves(store: SessionStore, key: str) -> None:
    found = store.load(key, at(0))
    assert found is not None

    found["user_id"] = "7"

    assert store.load(key, at(0)) == {"user_id": "42"}


@pytest.mark.parametrize(("seconds", "alive"), [(IDLE - 0.5, True), (IDLE, False), (1e9, False)])
def test_a_session_that_is_not_used_is_dead(
    store: SessionStore, key: str, seconds: float, *, alive: bool
) -> None:
    assert store.exists(key, at(seconds)) is alive
    assert (store.load(key, at(seconds)) is not None) is alive


def test_a_use_keeps_it_alive_and_a_look_does_not(store: SessionStore, key: str) -> None:
    assert store.load(key, at(1000))
    assert store.exists(key, at(2000))
    assert not store.exists(key, at(2800))
    assert store.load(key, at(2799))
    store.update(key, {}, [], at(3500), LIMITS)
    assert store.exists(key, at(3599))


def test_it_is_dead_at_its_end_however_it_is_used(store: SessionStore, key: str) -> None:
    for seconds in (1000, 2000, 3000, 3599):
        assert store.load(key, at(seconds))

    assert not store.exists(key, at(3600))
    assert store.load(key, at(3600)) is None


def test_a_dead_session_cannot_be_changed_or_given_another_key(
    store: SessionStore, key: str
) -> None:
    with pytest.raises(SessionExpired):
        store.update(key, {"a": "1"}, [], at(IDLE), LIMITS)
    with pytest.raises(SessionExpired):
        store.rotate(key, make_key(), at(IDLE))
    assert store.load(key, at(IDLE)) is None


def test_an_ended_session_is_gone(store: SessionStore, key: str) -> None:
    assert store.delete(key)
    assert not store.delete(key)

    assert store.load(key, at(0)) is None
    with pytest.raises(UnknownSession):
        store.update(key, {"a": "1"}, [], at(0), LIMITS)


def test_another_key_has_the_values_and_the_end_of_the_old(store: SessionStore, key: str) -> None:
    new = make_key()

    store.rotate(key, new, at(1000))

    assert store.load(key, at(1000)) is None
    assert store.load(new, at(2799)) == {"user_id": "42"}
    assert store.load(new, at(3599)) is not None
    assert store.load(new, at(3600)) is None


def test_limits_hold_for_what_is_there_together_with_what_comes(
    store: SessionStore, key: str
) -> None:
    few = SessionLimits(max_keys=2)
    store.update(key, {"a": "1"}, [], at(0), few)
    with pytest.raises(SessionTooLarge, match="at most 2 values, got 3"):
        store.update(key, {"b": "1"}, [], at(0), few)
    store.update(key, {"b": "1"}, ["a"], at(0), few)

    small = SessionLimits(max_size=20)
    store.update(key, {"b": "1" * 10}, [], at(0), small)
    with pytest.raises(SessionTooLarge, match="at most 20 bytes, got 21"):
        store.update(key, {"b": "1" * 11}, [], at(0), small)
    assert store.load(key, at(0)) == {"user_id": "42", "b": "1" * 10}, "nothing was changed"


def run_together(count: int, action: Callable[[int], object]) -> None:
    gate = threading.Barrier(count)
    errors: list[BaseException] = []

    def run(number: int) -> None:
        gate.wait()
        try:
            action(number)
        except LookupError as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_threads_that_change_different_values_all_keep_them(store: SessionStore, key: str) -> None:
    def change(number: int) -> None:
        for step in range(10):
            store.update(key, {f"value {number} {step}": str(step)}, [], at(1), LIMITS)

    run_together(8, change)

    found = store.load(key, at(1))
    assert found is not None
    assert len(found) == 81


def test_readers_see_whole_sessions_only(store: SessionStore, key: str) -> None:
    """Two values that are always changed together are always seen together."""
    store.update(key, {"one": "0", "other": "0"}, [], at(0), LIMITS)

    def act(number: int) -> None:
        for step in range(25):
            if number % 2:
                text = str(100 * number + step)
                store.update(key, {"one": text, "other": text}, [], at(0), LIMITS)
            else:
                found = store.load(key, at(0))
                assert found is not None
                assert found["one"] == found["other"]

    run_together(6, act)


def test_of_many_that_rotate_one_wins(store: SessionStore, key: str) -> None:
    winners: list[str] = []

    def rotate(_: int) -> None:
        new = make_key()
        try:
            store.rotate(key, new, at(1))
        except UnknownSession:
            return
        winners.append(new)

    run_together(6, rotate)

    assert len(winners) == 1
    assert store.load(winners[0], at(1)) == {"user_id": "42"}


def test_purging_leaves_the_living(store: SessionStore, key: str) -> None:
    other = make_key()
    store.create(other, {}, at(1700), NOW + 9000)

    removed = store.purge(at(IDLE))

    assert removed in {0, 1}, "Redis forgets by itself"
    assert store.load(key, at(0)) is None or removed == 0
    assert store.exists(other, at(IDLE))
    assert store.purge(at(IDLE)) == 0
