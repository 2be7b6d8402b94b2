"""groundup_sessions.manager: what an application sees, on every store, against a model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,  # pyright: ignore[reportUnknownVariableType]  # has no types
)

from groundup_sessions import (
    ConfigurationError,
    FileStore,
    InvalidValue,
    MemoryStore,
    RedisStore,
    SessionExpired,
    SessionLimits,
    SessionManager,
    SessionStore,
    SessionTooLarge,
    UnknownSession,
)

UNKNOWN = ["", "x", "x" * 43, "../" * 14 + "x", None, 7, "é" * 43]


def test_the_first_example_works(sessions: SessionManager) -> None:
    session_id = sessions.create()
    sessions.set(session_id, "user_id", 42)
    sessions.set(session_id, "username", "alice")

    assert sessions.get(session_id, "user_id") == 42
    assert sessions.exists(session_id)

    assert sessions.expire(session_id)
    assert not sessions.exists(session_id)
    assert sessions.get(session_id, "user_id") is None


def test_values_are_set_read_and_removed(sessions: SessionManager) -> None:
    session_id = sessions.create({"a": [1, {"b": None}], "c": "ü"})

    assert sessions.load(session_id) == {"a": [1, {"b": None}], "c": "ü"}
    assert sessions.get(session_id, "absent", "default") == "default"
    sessions.delete(session_id, "a")
    sessions.delete(session_id, "a")
    assert sessions.load(session_id) == {"c": "ü"}
    sessions.update(session_id, {"d": 1, "e": 2}, ["c"])
    assert sessions.load(session_id) == {"d": 1, "e": 2}


def test_none_is_a_value(sessions: SessionManager) -> None:
    session_id = sessions.create({"a": None})

    assert sessions.get(session_id, "a", "default") is None


@pytest.mark.parametrize("session_id", UNKNOWN, ids=range(len(UNKNOWN)))
def test_an_id_that_nobody_has_reads_as_nothing_and_is_not_written(
    sessions: SessionManager, session_id: Any
) -> None:
    assert sessions.get(session_id, "user_id", "default") == "default"
    assert sessions.load(session_id) is None
    assert not sessions.exists(session_id)
    assert not sessions.expire(session_id)
    assert sessions.open(session_id).new
    with pytest.raises(UnknownSession):
        sessions.set(session_id, "user_id", 42)
    with pytest.raises(UnknownSession):
        sessions.delete(session_id, "user_id")
    with pytest.raises(UnknownSession):
        sessions.rotate(session_id)


class Unreachable:
    """A store that must not be asked."""

    blocking = True

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


@pytest.mark.parametrize("session_id", ["", "x", "../" * 14 + "x", None, "\0" * 43], ids=range(5))
def test_what_cannot_be_an_id_never_reaches_the_store(session_id: Any) -> None:
    store: Any = Unreachable()
    sessions = SessionManager(store)

    assert sessions.load(session_id) is None
    assert not sessions.exists(session_id)
    assert not sessions.expire(session_id)
    with pytest.raises(UnknownSession):
        sessions.set(session_id, "a", 1)


def test_a_session_dies_of_not_being_used(
    sessions: SessionManager, wait: Callable[[float], None]
) -> None:
    session_id = sessions.create({"user_id": 42})
    for _ in range(3):
        wait(1799)
        assert sessions.get(session_id, "user_id") == 42

    wait(1800)

    assert sessions.get(session_id, "user_id") is None
    assert not sessions.exists(session_id)
    with pytest.raises(SessionExpired):
        sessions.set(session_id, "user_id", 7)


def test_a_session_dies_of_age(sessions: SessionManager, wait: Callable[[float], None]) -> None:
    session_id = sessions.create({"user_id": 42})
    for _ in range(43_200 // 1600 - 1):
        wait(1600)
        assert sessions.get(session_id, "user_id") == 42

    session_id = sessions.rotate(session_id)
    assert sessions.get(session_id, "user_id") == 42, "a new id is no new life"
    wait(1600)

    assert sessions.get(session_id, "user_id") is None


def test_another_id_has_the_values_and_the_old_one_is_dead(sessions: SessionManager) -> None:
    old = sessions.create({"user_id": 42})

    new = sessions.rotate(old)

    assert new != old
    assert sessions.load(new) == {"user_id": 42}
    assert sessions.load(old) is None
    with pytest.raises(UnknownSession):
        sessions.set(old, "user_id", 7)


def test_what_cannot_be_kept_changes_nothing(sessions: SessionManager) -> None:
    session_id = sessions.create({"a": 1})

    for changes in ({"a": 2, "b": object()}, {"a": 2, "": 1}, {"a": 2, "x" * 129: 1}):
        with pytest.raises(InvalidValue):
            sessions.update(session_id, changes)
    with pytest.raises(SessionTooLarge):
        sessions.update(session_id, {"a": 2, "b": "x" * 65_536})

    assert sessions.load(session_id) == {"a": 1}


def test_a_session_may_be_as_large_as_it_may(store: SessionStore) -> None:
    sessions = SessionManager(store, limits=SessionLimits(max_size=100, max_keys=2))

    session_id = sessions.create({"abc": "x" * 95})
    with pytest.raises(SessionTooLarge, match="at most 100 bytes, got 101"):
        sessions.create({"abc": "x" * 96})
    with pytest.raises(SessionTooLarge, match="got 101"):
        sessions.set(session_id, "abc", "x" * 96)
    with pytest.raises(SessionTooLarge, match="at most 2 values, got 3"):
        sessions.create({"a": 1, "b": 2, "c": 3})


# A request


def test_a_session_without_values_is_not_kept(sessions: SessionManager) -> None:
    session = sessions.open(None)

    assert session.get("user_id") is None
    assert sessions.commit(session) is None


def test_a_session_with_values_is_kept_and_found_again(sessions: SessionManager) -> None:
    session = sessions.open(None)
    session["user_id"] = 42

    session_id = sessions.commit(session)

    assert session_id is not None
    assert session.id == session_id
    again = sessions.open(session_id)
    assert not again.new
    assert again["user_id"] == 42


def test_an_id_that_was_sent_is_never_taken_for_a_new_session(sessions: SessionManager) -> None:
    planted = "x" * 43
    session = sessions.open(planted)
    session["user_id"] = 42

    session_id = sessions.commit(session)

    assert session_id not in {None, planted}
    assert not sessions.exists(planted)


def test_two_requests_that_change_different_values_both_keep_them(
    sessions: SessionManager,
) -> None:
    session_id = sessions.create({"a": 0, "b": 0, "c": 0})
    one, other = sessions.open(session_id), sessions.open(session_id)
    one["a"] = 1
    other["b"] = 2
    del other["c"]

    sessions.commit(other)
    sessions.commit(one)

    assert sessions.load(session_id) == {"a": 1, "b": 2}


def test_a_log_in_moves_the_session_away_from_a_planted_id(sessions: SessionManager) -> None:
    planted = sessions.create({"_csrf": "known to the planter", "cart": ["tea"]})
    session = sessions.open(planted)
    session.rotate()
    session["user_id"] = 42

    session_id = sessions.commit(session)

    assert session_id is not None
    assert sessions.load(session_id) == {"cart": ["tea"], "user_id": 42}
    assert sessions.load(planted) is None


def test_a_log_in_counts_also_if_the_session_ended_meanwhile(sessions: SessionManager) -> None:
    session = sessions.open(sessions.create({"cart": ["tea"]}))
    session.rotate()
    session["user_id"] = 42
    assert session.id is not None
    sessions.expire(session.id)

    session_id = sessions.commit(session)

    assert session_id is not None
    assert sessions.load(session_id) == {"user_id": 42}


def test_a_log_out_ends_the_session_and_a_slow_request_does_not_bring_it_back(
    sessions: SessionManager,
) -> None:
    session_id = sessions.create({"user_id": 42})
    slow, leaving = sessions.open(session_id), sessions.open(session_id)
    leaving.invalidate()
    slow["seen"] = 1

    assert sessions.commit(leaving) is None
    with pytest.raises(UnknownSession):
        sessions.commit(slow)

    assert not sessions.exists(session_id)


def test_values_after_a_log_out_go_into_another_session(sessions: SessionManager) -> None:
    session_id = sessions.create({"user_id": 42})
    session = sessions.open(session_id)
    session.invalidate()
    session.flash("Bye!")

    new = sessions.commit(session)

    assert new not in {None, session_id}
    assert not sessions.exists(session_id)
    assert [flash.message for flash in sessions.open(new).flashes()] == ["Bye!"]


# Arguments


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"backend": "memcached"}, "must be 'memory', 'file', 'redis' or a store"),
        ({"directory": "x"}, "directory must come with backend='file'"),
        ({"redis_url": "redis://x"}, "redis_url must come with backend='redis'"),
        ({"idle_timeout": 0}, "0 < idle_timeout"),
        ({"idle_timeout": 10, "absolute_timeout": 9}, "idle_timeout <= absolute_timeout"),
        ({"absolute_timeout": float("inf")}, "absolute_timeout"),
        ({"idle_timeout": float("nan")}, "idle_timeout"),
    ],
)
def test_what_cannot_work_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        SessionManager(**arguments)


def test_a_manager_says_whether_its_store_may_take_long(tmp_path: Path) -> None:
    assert not SessionManager().blocking
    assert SessionManager("file", directory=tmp_path).blocking
    with SessionManager(MemoryStore()) as sessions:
        assert not sessions.blocking


class Machine(RuleBasedStateMachine):
    """Every call on a manager against the same call on a dict."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_700_000_000.0
        self.sessions = SessionManager(
            self.open_store(), idle_timeout=100, absolute_timeout=300, clock=lambda: self.now
        )
        self.model: dict[str, tuple[dict[str, Any], float, float]] = {}

    def open_store(self) -> SessionStore:
        """Return an empty store."""
        return MemoryStore()

    def teardown(self) -> None:
        """Let go of the store."""
        self.sessions.close()

    def alive(self, session_id: str) -> dict[str, Any] | None:
        values, used, ends = self.model.get(session_id, ({}, 0.0, 0.0))
        return values if self.now < ends and self.now < used + 100 else None

    def use(self, session_id: str, values: dict[str, Any]) -> None:
        self.model[session_id] = (values, self.now, self.model[session_id][2])

    @rule(seconds=st.sampled_from([1, 50, 99, 100, 150]))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @rule(target=ids, values=st.dictionaries(st.sampled_from("ab"), st.integers(0, 9)))
    def create(self, values: dict[str, Any]) -> str:
        session_id = self.sessions.create(values)
        self.model[session_id] = (dict(values), self.now, self.now + 300)
        return session_id

    @rule(session_id=ids, name=st.sampled_from("abc"), value=st.integers(0, 9))
    def set(self, session_id: str, name: str, value: int) -> None:
        values = self.alive(session_id)
        if values is None:
            with pytest.raises(UnknownSession):
                self.sessions.set(session_id, name, value)
        else:
            self.sessions.set(session_id, name, value)
            self.use(session_id, {**values, name: value})

    @rule(session_id=ids, name=st.sampled_from("abc"))
    def delete(self, session_id: str, name: str) -> None:
        values = self.alive(session_id)
        if values is None:
            with pytest.raises(UnknownSession):
                self.sessions.delete(session_id, name)
        else:
            self.sessions.delete(session_id, name)
            self.use(session_id, {key: value for key, value in values.items() if key != name})

    @rule(session_id=ids)
    def load(self, session_id: str) -> None:
        values = self.alive(session_id)
        assert self.sessions.load(session_id) == values
        if values is not None:
            self.use(session_id, values)

    @rule(target=ids, session_id=consumes(ids))
    def rotate(self, session_id: str) -> Any:
        values = self.alive(session_id)
        if values is None:
            with pytest.raises(UnknownSession):
                self.sessions.rotate(session_id)
            return cast("Any", multiple())
        new = self.sessions.rotate(session_id)
        self.model[new] = (values, self.now, self.model.pop(session_id)[2])
        assert not self.sessions.exists(session_id)
        return new

    @rule(session_id=ids)
    def expire(self, session_id: str) -> None:
        self.sessions.expire(session_id)
        self.model.pop(session_id, None)

    @rule()
    def purge(self) -> None:
        self.sessions.purge()

    @invariant()
    def those_that_should_be_alive_are(self) -> None:
        for session_id in self.model:
            assert self.sessions.exists(session_id) is (self.alive(session_id) is not None)


def test_every_order_of_calls_does_what_a_dict_would() -> None:
    run_state_machine_as_test(Machine, settings=settings(max_examples=60, deadline=None))


def test_files_do_what_a_dict_would(tmp_path: Path) -> None:
    class OnFiles(Machine):
        def open_store(self) -> SessionStore:
            return FileStore(tmp_path / uuid4().hex)

    run_state_machine_as_test(OnFiles, settings=settings(max_examples=25, deadline=None))


def test_redis_does_what_a_dict_would(redis_url: str, redis_prefix: str) -> None:
    redis: Any = pytest.importorskip("redis")
    client = redis.Redis.from_url(redis_url)

    class OnRedis(Machine):
        def open_store(self) -> SessionStore:
            return RedisStore(client, prefix=f"{redis_prefix}{uuid4().hex}:")

    run_state_machine_as_test(OnRedis, settings=settings(max_examples=25, deadline=None))
    client.close()
