"""groundup_auth.redis: what is its own; the contract it shares is in test_attempts."""

import socket
import sys

import pytest

from groundup_auth import BackendUnavailable, Charge, RedisAttempts, Rule

RULE = Rule(2, 1, 900, 3600)


def test_two_processes_count_together(redis_url: str, redis_prefix: str) -> None:
    pytest.importorskip("redis")
    first = RedisAttempts(redis_url, prefix=redis_prefix)
    second = RedisAttempts(redis_url, prefix=redis_prefix)

    waits = [store.begin([Charge("alice", RULE)]) for store in (first, second, first, second)]

    assert waits[:3] == [0, 0, 0]
    assert waits[3] > 0
    first.close()
    second.close()


def test_waits_double_and_stop_at_the_cap(redis_url: str, redis_prefix: str) -> None:
    pytest.importorskip("redis")
    attempts = RedisAttempts(redis_url, prefix=redis_prefix)
    charge = Charge("alice", Rule(1, 2, 16, 3600))
    attempts.begin([charge])
    waits: list[int] = []

    for _ in range(5):
        attempts._client.hset(redis_prefix + "alice", "until", 0)
        assert attempts.begin([charge]) == 0
        waits.append(round(attempts.begin([charge])))

    assert waits == [2, 4, 8, 16, 16]
    attempts.close()


def test_a_client_that_was_given_stays_open(redis_url: str, redis_prefix: str) -> None:
    redis = pytest.importorskip("redis")
    client = redis.Redis.from_url(redis_url)

    RedisAttempts(client, prefix=redis_prefix).close()

    assert client.ping()
    client.close()


def test_a_server_that_is_down_lets_nobody_in_uncounted() -> None:
    pytest.importorskip("redis")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    attempts = RedisAttempts(f"redis://127.0.0.1:{port}/0")

    for ask in (
        lambda: attempts.begin([Charge("alice", RULE)]),
        lambda: attempts.refund(["alice"]),
        lambda: attempts.forget("alice"),
        lambda: attempts.trust("home", 60),
        lambda: attempts.is_trusted("home"),
    ):
        with pytest.raises(BackendUnavailable, match="redis must answer") as caught:
            ask()
        assert caught.value.status == 503
    attempts.close()


def test_other_errors_are_not_redis_ones() -> None:
    attempts = RedisAttempts.__new__(RedisAttempts)

    with pytest.raises(AttributeError):
        attempts.is_trusted("home")


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)

    with pytest.raises(ImportError, match=r"groundup-auth\[redis\]"):
        RedisAttempts("redis://localhost")
