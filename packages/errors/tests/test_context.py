"""groundup_errors.context: what is bound follows tasks and threads, and stays with its request."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import pytest

from groundup_errors import (
    ContextFilter,
    bind,
    carry,
    count,
    counting,
    current_context,
    log_context,
)
from groundup_errors.context import RequestScope


def test_blocks_nest_and_end() -> None:
    with log_context(request_id="a", user_id=1):
        with log_context(user_id=2, step="pay"):
            assert dict(current_context()) == {"request_id": "a", "user_id": 2, "step": "pay"}
        assert dict(current_context()) == {"request_id": "a", "user_id": 1}
    assert dict(current_context()) == {}


def test_a_block_ends_also_when_something_is_raised() -> None:
    with pytest.raises(KeyError), log_context(request_id="a"):
        raise KeyError

    assert dict(current_context()) == {}


def test_none_takes_a_value_away() -> None:
    with log_context(user_id=1):
        bind(user_id=None)

        assert dict(current_context()) == {}


def test_what_is_bound_cannot_be_changed_from_outside() -> None:
    with log_context(user_id=1), pytest.raises(TypeError):
        current_context()["user_id"] = 2  # type: ignore[index]  # pyright: ignore[reportIndexIssue] - what the test is about


async def test_each_task_keeps_its_own() -> None:
    async def work(number: int) -> Any:
        with log_context(request_id=number):
            await asyncio.sleep(0)
            inner = asyncio.create_task(read())
            await asyncio.sleep(0)
            return current_context()["request_id"], await inner

    async def read() -> Any:
        return current_context()["request_id"]

    results = await asyncio.gather(*(work(number) for number in range(50)))

    assert results == [(number, number) for number in range(50)]


def test_a_thread_starts_empty_and_carry_takes_the_context_along() -> None:
    found: list[dict[str, Any]] = []

    def look() -> None:
        found.append(dict(current_context()))

    with log_context(request_id="a"):
        for target in (look, carry(look)):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()

    assert found == [{}, {"request_id": "a"}]


def test_one_carried_function_runs_in_several_threads_at_once() -> None:
    barrier = threading.Barrier(4, timeout=10)

    def work(number: int) -> Any:
        bind(number=number)
        barrier.wait()
        return current_context()["number"], current_context()["request_id"]

    with log_context(request_id="a"):
        carried = carry(work)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(carried, range(4)))

    assert results == [(number, "a") for number in range(4)]


def test_the_filter_completes_a_record(make_record: Callable[..., logging.LogRecord]) -> None:
    variable: ContextVar[str] = ContextVar("trace")
    unset: ContextVar[str] = ContextVar("unset")
    variable.set("t1")
    context = ContextFilter({"trace_id": variable, "other": unset})
    record = make_record(user_id=9)

    with log_context(request_id="a", user_id=1):
        assert context.filter(record)

    names = vars(record)
    assert (names["request_id"], names["trace_id"]) == ("a", "t1")
    assert names["user_id"] == 9, "what the program said itself counts more"
    assert "other" not in names


def test_the_filter_cannot_overwrite_a_record(
    make_record: Callable[..., logging.LogRecord],
) -> None:
    record = make_record("hello")

    with log_context(msg="forged", levelname="forged", name="forged"):
        ContextFilter().filter(record)

    assert (record.msg, record.levelname, record.name) == ("hello", "INFO", "app")


def test_counts_are_those_of_the_innermost_block() -> None:
    count("queries")  # nobody counts
    with counting() as outer:
        count("queries")
        with counting() as inner:
            count("queries", 2)
        count("mails")

    assert (outer, inner) == ({"queries": 1, "mails": 1}, {"queries": 2})


def test_threads_that_count_at_once_lose_nothing() -> None:
    def work() -> None:
        for _ in range(1000):
            count("queries")

    with counting() as counts, ThreadPoolExecutor(8) as pool:
        run = carry(work)
        for _ in range(8):
            pool.submit(run)

    assert counts == {"queries": 8000}


def test_a_scope_of_a_request_ends_with_it() -> None:
    with log_context(service="blog"), counting() as outside:
        with RequestScope("r1") as counts:
            bind(user_id=7)
            count("queries")
            assert dict(current_context()) == {"service": "blog", "request_id": "r1", "user_id": 7}
        with pytest.raises(KeyError), RequestScope("r2"):
            raise KeyError
        with RequestScope(None):
            assert dict(current_context()) == {"service": "blog"}
        count("mails")

    assert (counts, outside) == ({"queries": 1}, {"mails": 1})
    assert dict(current_context()) == {}
