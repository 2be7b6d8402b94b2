"""groundup_middleware.bridge: which thread and which loop, inside of a request and outside."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from groundup_middleware import (
    Pipeline,
    ThreadPool,
    call_in_thread,
    call_on_loop,
    current_hops,
    shared_pool,
)
from groundup_middleware.bridge import find_lease
from groundup_middleware.lease import Lease, current_lease
from groundup_response import Response


def test_a_thread_without_request_is_told_what_to_do() -> None:
    async def deep() -> None: ...

    with pytest.raises(RuntimeError, match="works for no request"):
        call_on_loop(deep)


async def test_outside_of_a_request_the_shared_pool_does_it() -> None:
    assert current_lease.get() is None

    assert await call_in_thread(threading.get_ident) != threading.get_ident()
    assert shared_pool.threads >= 1
    assert current_lease.get() is None


async def test_a_loop_inside_of_the_thread_gets_threads_of_its_own() -> None:
    lease = Lease(ThreadPool(1), asyncio.get_running_loop())

    def run_loop() -> int:
        return asyncio.run(call_in_thread(lambda: 7))

    assert await asyncio.wait_for(lease.run(run_loop), 5) == 7


async def test_inside_of_a_request_its_lease_is_found() -> None:
    pool = ThreadPool(1)
    lease = Lease(pool, asyncio.get_running_loop())

    async def deep() -> Lease:
        return find_lease(shared_pool)

    assert await lease.run(call_on_loop, deep) is lease
    assert find_lease(pool) is not lease
    pool.close()


async def test_the_ways_to_the_thread_are_counted() -> None:
    seen: list[int] = []

    async def count(_request: Any, next: Callable[[], Awaitable[Response]]) -> Response:
        response = await next()
        seen.append(current_hops())
        return response

    def pass_on(_request: Any, next: Callable[[], Response]) -> Response:
        return next()

    def handler(_request: Any) -> Response:
        return Response(200)

    async def async_handler(_request: Any) -> Response:
        return Response(200)

    for layers, last in (
        ([], async_handler),
        ([pass_on, pass_on], handler),
        ([pass_on, count, pass_on], handler),
    ):
        await Pipeline([count, *layers]).compile(last)(None)

    assert seen == [0, 1, 2, 2]
    assert current_hops() == 0
