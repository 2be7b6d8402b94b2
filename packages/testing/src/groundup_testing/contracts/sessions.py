"""Slot ``sessions``: ``create get set delete expire exists``, state by an id nobody can guess."""

import threading
from functools import partial
from typing import Any

from groundup_testing.contracts.contract import Contract, Make, equal, holds, refused

__all__ = ["check_sessions"]

check_sessions = Contract("session manager")

MIN_ID = 22  # characters: 128 bits in base64
MANY = 200


@check_sessions.add
def what_is_stored_comes_back(make: Make) -> None:
    """A value of any JSON kind is read as it was written."""
    sessions = make()
    session_id = sessions.create()
    values: dict[str, Any] = {
        "number": 42,
        "text": "é\n'\"",
        "none": None,
        "list": [1, "two", [True]],
        "mapping": {"a": {"b": 1.5}},
    }
    for key, value in values.items():
        sessions.set(session_id, key, value)
    for key, value in values.items():
        equal(sessions.get(session_id, key, "missing"), value, f"value of {key!r}")


@check_sessions.add
def what_is_not_there_is_the_default(make: Make) -> None:
    """A key that was never set is None, or what the caller says."""
    sessions = make()
    session_id = sessions.create()
    equal(sessions.get(session_id, "key"), None, "missing value")
    equal(sessions.get(session_id, "key", "other"), "other", "missing value with a default")


@check_sessions.add
def sessions_are_apart(make: Make) -> None:
    """What one session holds, no other does."""
    sessions = make()
    one, other = sessions.create(), sessions.create()
    sessions.set(one, "user", "alice")
    equal(sessions.get(other, "user"), None, "value of another session")


@check_sessions.add
def ids_cannot_be_guessed(make: Make) -> None:
    """Every id is new, long, and fit for a cookie."""
    sessions = make()
    ids = [sessions.create() for _ in range(MANY)]
    equal(len(set(ids)), MANY, "number of different ids")
    for session_id in ids:
        if len(session_id) < MIN_ID or not session_id.isascii() or set(session_id) & set(' ",;\\'):
            raise AssertionError(f"id must have {MIN_ID} cookie characters, got {len(session_id)}")


@check_sessions.add
def a_value_can_be_changed_and_deleted(make: Make) -> None:
    """The last ``set`` counts; a deleted key is gone, and the others are not."""
    sessions = make()
    session_id = sessions.create()
    sessions.set(session_id, "a", 1)
    sessions.set(session_id, "a", 2)
    sessions.set(session_id, "b", 3)
    equal(sessions.get(session_id, "a"), 2, "changed value")
    sessions.delete(session_id, "a")
    equal(sessions.get(session_id, "a"), None, "deleted value")
    equal(sessions.get(session_id, "b"), 3, "other value")


@check_sessions.add
def an_expired_session_is_gone(make: Make) -> None:
    """After a log-out nothing is left, and nothing can be written any more."""
    sessions = make()
    session_id = sessions.create()
    sessions.set(session_id, "user", "alice")
    holds(sessions.exists(session_id), "a session must exist")
    sessions.expire(session_id)
    holds(not sessions.exists(session_id), "an expired session must not exist")
    equal(sessions.get(session_id, "user"), None, "value of an expired session")
    refused(lambda: sessions.set(session_id, "user", "mallory"), "writing to an expired session")


@check_sessions.add
def an_unknown_id_is_no_session(make: Make) -> None:
    """An id that a client made up reads as empty, and begins nothing."""
    sessions = make()
    for session_id in ("made-up-by-a-client-0123456789", "", "../../etc/passwd", "x" * 5000, "é"):
        holds(not sessions.exists(session_id), f"{session_id[:20]!r} must not exist")
        equal(sessions.get(session_id, "key"), None, f"value of {session_id[:20]!r}")
        write = partial(sessions.set, session_id, "key", 1)
        refused(write, f"writing to {session_id[:20]!r}")


@check_sessions.add
def two_changes_at_once_are_both_kept(make: Make) -> None:
    """Requests of one user run side by side: neither may undo what the other wrote."""
    sessions = make()
    session_id = sessions.create()
    threads = [
        threading.Thread(target=sessions.set, args=(session_id, f"key{number}", number))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [sessions.get(session_id, f"key{number}") for number in range(20)]
    equal(found, list(range(20)), "values written at once")
