"""groundup_auth.attempts: waits that grow and end, in memory and in Redis alike."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_auth import (
    AttemptStore,
    Charge,
    ConfigurationError,
    MemoryAttempts,
    RedisAttempts,
    Rule,
)

RULE = Rule(free=2, first=10, cap=40, window=100)


@pytest.fixture(params=["memory", "redis"])
def attempts(request: pytest.FixtureRequest) -> Iterator[AttemptStore]:
    if request.param == "memory":
        yield MemoryAttempts()
        return
    pytest.importorskip("redis")
    prefix = request.getfixturevalue("redis_prefix")
    store = RedisAttempts(request.getfixturevalue("redis_url"), prefix=prefix)
    yield store
    store.close()


def test_waits_double_up_to_the_cap() -> None:
    assert [RULE.wait(count) for count in range(8)] == [0, 0, 0, 10, 20, 40, 40, 40]
    assert Rule(1, 1, 10**9, 10**9).wait(10**9) == 10**9 or Rule(1, 1, 900, 900).wait(10**9) == 900


@settings(max_examples=50)
@given(st.integers(1, 50), st.integers(1, 100), st.integers(1, 10_000), st.integers(0, 10**9))
def test_no_wait_is_above_the_cap_or_below_the_one_before(
    free: int, first: int, cap: int, count: int
) -> None:
    rule = Rule(free, min(first, cap), cap, cap)

    assert 0 <= rule.wait(count) <= rule.wait(count + 1) <= cap


@pytest.mark.parametrize(
    "numbers", [(0, 1, 1, 1), (1, 0, 1, 1), (1, 2, 1, 3), (1, 1, 3, 2), (1, -1, 1, 1)]
)
def test_refuses_a_rule_that_makes_no_sense(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(ConfigurationError, match="rule must"):
        Rule(*numbers)


def test_the_free_attempts_are_free_and_the_next_waits(attempts: AttemptStore) -> None:
    charge = Charge("alice", RULE)

    waits = [attempts.begin([charge]) for _ in range(5)]

    assert waits[:3] == [0, 0, 0]
    assert all(9 < wait <= 10 for wait in waits[3:]), "a refused attempt does not count"


def test_other_keys_do_not_wait(attempts: AttemptStore) -> None:
    for _ in range(4):
        attempts.begin([Charge("alice", RULE)])

    assert attempts.begin([Charge("bob", RULE)]) == 0


def test_an_attempt_counts_under_all_keys_or_none(attempts: AttemptStore) -> None:
    narrow, shared = Charge("narrow", Rule(1, 10, 40, 100)), Charge("shared", RULE)

    assert attempts.begin([narrow, shared]) == 0
    assert attempts.begin([narrow, shared]) == 0
    assert attempts.begin([narrow, shared]) > 0
    assert attempts.begin([shared]) == 0, "the refused one did not count here"
    assert attempts.begin([shared]) > 0


def test_a_refund_takes_back_the_attempt_and_its_wait(attempts: AttemptStore) -> None:
    charge = Charge("alice", RULE)
    for _ in range(3):
        attempts.begin([charge])

    attempts.refund(["alice", "nobody"])

    assert attempts.begin([charge]) == 0
    assert attempts.begin([charge]) > 0


def test_refunds_do_not_buy_attempts_in_advance(attempts: AttemptStore) -> None:
    charge = Charge("alice", RULE)
    attempts.begin([charge])

    for _ in range(5):
        attempts.refund(["alice"])

    assert [attempts.begin([charge]) > 0 for _ in range(4)] == [False, False, False, True]


def test_forgetting_is_a_clean_slate(attempts: AttemptStore) -> None:
    charge = Charge("alice", RULE)
    for _ in range(4):
        attempts.begin([charge])

    attempts.forget("alice")
    attempts.forget("nobody")

    assert [attempts.begin([charge]) for _ in range(3)] == [0, 0, 0]


def test_trust_is_remembered_for_its_key(attempts: AttemptStore) -> None:
    attempts.trust("home", 60)

    assert attempts.is_trusted("home")
    assert not attempts.is_trusted("elsewhere")


def test_a_crowd_gets_exactly_the_free_attempts(attempts: AttemptStore) -> None:
    charge, gate, let_in = Charge("alice", RULE), threading.Barrier(16), list[float]()

    def knock() -> None:
        gate.wait()
        let_in.append(attempts.begin([charge]))

    crowd = [threading.Thread(target=knock) for _ in range(16)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()

    assert let_in.count(0) == RULE.free + 1


def test_a_wait_ends_and_the_next_is_longer(
    clock: Callable[[], float], wait: Callable[[float], None]
) -> None:
    attempts, charge = MemoryAttempts(clock=clock), Charge("alice", RULE)
    for _ in range(3):
        attempts.begin([charge])

    waits: list[float] = []
    for _ in range(4):
        waits.append(attempts.begin([charge]))
        wait(waits[-1])
        assert attempts.begin([charge]) == 0

    assert waits == [10, 20, 40, 40]


def test_attempts_are_forgotten_after_the_window(
    clock: Callable[[], float], wait: Callable[[float], None]
) -> None:
    attempts, charge = MemoryAttempts(clock=clock), Charge("alice", RULE)
    for _ in range(3):
        attempts.begin([charge])

    wait(RULE.window)

    assert [attempts.begin([charge]) for _ in range(3)] == [0, 0, 0]


def test_trust_ends(clock: Callable[[], float], wait: Callable[[float], None]) -> None:
    attempts = MemoryAttempts(clock=clock)
    attempts.trust("home", 60)

    wait(60)

    assert not attempts.is_trusted("home")


def test_memory_is_bounded() -> None:
    attempts = MemoryAttempts(max_keys=10)

    for number in range(100):
        attempts.begin([Charge(f"key {number}", RULE)])
        attempts.trust(f"place {number}", 60)

    assert len(attempts) == 20
    assert attempts.is_trusted("place 99")
    assert not attempts.is_trusted("place 0")


def test_refuses_to_remember_nothing() -> None:
    with pytest.raises(ConfigurationError, match="at least 1"):
        MemoryAttempts(max_keys=0)


def test_redis_forgets_what_is_over(redis_url: str, redis_prefix: str) -> None:
    redis: Any = pytest.importorskip("redis")
    client = redis.Redis.from_url(redis_url)
    attempts = RedisAttempts(client, prefix=redis_prefix)

    attempts.begin([Charge("alice", RULE)])
    attempts.trust("home", 60)

    assert 99_000 < client.pttl(redis_prefix + "alice") <= 100_000
    assert 59_000 < client.pttl(redis_prefix + "home") <= 60_000
    client.close()
