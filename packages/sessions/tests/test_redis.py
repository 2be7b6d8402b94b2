"""groundup_sessions.redis: what is its own; the contract it shares is in test_store."""

import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from groundup_sessions import RedisStore, SessionBackendError, SessionManager
from groundup_sessions.ids import find_key

WRITER = """
import sys
from groundup_sessions import RedisStore, SessionManager
sessions = SessionManager(RedisStore(sys.argv[1], prefix=sys.argv[2]))
for number in range(25):
    sessions.set(sys.argv[3], f"{sys.argv[4]} {number}", number)
sessions.close()
"""


@pytest.fixture
def client(redis_url: str) -> Any:
    redis: Any = pytest.importorskip("redis")
    client = redis.Redis.from_url(redis_url)
    yield client
    client.close()


def test_processes_that_change_different_values_all_keep_them(
    client: Any, redis_url: str, redis_prefix: str
) -> None:
    sessions = SessionManager(RedisStore(client, prefix=redis_prefix))
    session_id = sessions.create()
    command = [sys.executable, "-c", WRITER, redis_url, redis_prefix, session_id]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(3)]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    found = sessions.load(session_id)
    assert found is not None
    assert len(found) == 75


def test_the_server_sees_no_id_and_forgets_by_itself(client: Any, redis_prefix: str) -> None:
    sessions = SessionManager(RedisStore(client, prefix=redis_prefix))
    session_id = sessions.create({"user_id": 42})

    (name,) = client.keys(redis_prefix + "*")

    assert name.decode() == f"{redis_prefix}{find_key(session_id)}"
    assert session_id.encode() not in name + b"".join(client.hgetall(name).values())
    assert 1_800_000 < client.pttl(name) <= 1_860_000
    sessions.expire(session_id)
    assert not client.exists(name)


def test_the_end_of_a_session_bounds_how_long_the_server_keeps_it(
    client: Any, redis_prefix: str, clock: Callable[[], float], wait: Callable[[float], None]
) -> None:
    sessions = SessionManager(
        RedisStore(client, prefix=redis_prefix), clock=clock, absolute_timeout=3600
    )
    session_id = sessions.create({"user_id": 42})
    wait(1799)
    sessions.load(session_id)
    wait(1700)
    sessions.load(session_id)

    (name,) = client.keys(redis_prefix + "*")

    assert client.pttl(name) <= 161_000


def test_a_client_of_the_application_stays_open(client: Any, redis_prefix: str) -> None:
    SessionManager(RedisStore(client, prefix=redis_prefix)).close()

    assert client.ping()


@pytest.mark.parametrize("decode", [False, True])
def test_clients_may_decode_or_not(redis_url: str, redis_prefix: str, *, decode: bool) -> None:
    redis: Any = pytest.importorskip("redis")
    client = redis.Redis.from_url(redis_url, decode_responses=decode)
    sessions = SessionManager(RedisStore(client, prefix=redis_prefix))

    session_id = sessions.create({"näme": "wört"})

    assert sessions.load(session_id) == {"näme": "wört"}
    client.close()


def test_a_server_that_is_down_is_an_error_and_nobody_is_logged_out() -> None:
    pytest.importorskip("redis")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    sessions = SessionManager("redis", redis_url=f"redis://127.0.0.1:{port}/0")

    for ask in (
        sessions.create,
        lambda: sessions.get("x" * 43, "user_id"),
        lambda: sessions.exists("x" * 43),
        lambda: sessions.set("x" * 43, "user_id", 42),
        lambda: sessions.rotate("x" * 43),
        lambda: sessions.expire("x" * 43),
    ):
        with pytest.raises(SessionBackendError, match="redis must answer") as caught:
            ask()
        assert caught.value.status == 503
    sessions.close()


def test_the_url_comes_from_the_environment(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("redis")
    monkeypatch.setenv("REDIS_URL", redis_url)

    with SessionManager("redis") as sessions:
        session_id = sessions.create({"user_id": 42})
        assert sessions.get(session_id, "user_id") == 42
        sessions.expire(session_id)


def test_other_errors_are_not_redis_ones() -> None:
    store = RedisStore.__new__(RedisStore)

    with pytest.raises(AttributeError):
        store.delete("key")


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)

    with pytest.raises(ImportError, match=r"groundup-sessions\[redis\]"):
        SessionManager("redis")
