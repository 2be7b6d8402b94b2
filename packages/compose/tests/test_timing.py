"""groundup_compose.timing: each link pays for itself alone."""

import asyncio
import time
from typing import Any

import pytest

from groundup_compose import timed
from groundup_middleware import Pipeline, nonblocking
from groundup_response import Response


def slow_sync(request: Any, next: Any) -> Any:
    time.sleep(0.02)
    return next()


async def slow_async(request: Any, next: Any) -> Any:
    response = await next()
    await asyncio.sleep(0.02)
    return response


@nonblocking
def quick(request: Any, next: Any) -> Any:
    return next()


def lazy(request: Any, next: Any) -> Any:
    return next()


async def slow_handler(request: Any) -> Response:
    await asyncio.sleep(0.04)
    return Response(200, "hello")


def sync_handler(request: Any) -> Response:
    time.sleep(0.04)
    return Response(200, "hello")


@pytest.mark.parametrize("handler", [slow_handler, sync_handler])
async def test_each_link_pays_for_itself(handler: Any) -> None:
    pipeline = timed(Pipeline([quick, slow_sync, lazy, slow_async, quick]))

    response = await pipeline.handle(None, handler)
    await asyncio.to_thread(pipeline.run_sync, None, handler)

    assert response.text == "hello"
    milliseconds = [cost.seconds / cost.calls * 1000 for cost in pipeline.costs]
    assert [cost.calls for cost in pipeline.costs] == [2] * 6
    quick_one, sync_one, lazy_one, async_one, _, last = milliseconds
    assert sync_one > 19 < async_one
    assert last > 39
    assert max(quick_one, lazy_one) < min(sync_one, async_one)


async def test_errors_are_paid_for_and_go_on() -> None:
    def broken(request: Any) -> Response:
        raise KeyError

    pipeline = timed(Pipeline([slow_sync, slow_async, quick]))

    for _ in range(2):
        with pytest.raises(KeyError):
            await pipeline.compile(broken)(None)

    assert [cost.calls for cost in pipeline.costs] == [2, 2, 2, 2]


def test_a_report_has_a_line_for_each_link() -> None:
    pipeline = timed(Pipeline([quick]))
    assert "0.0" in pipeline.report()

    pipeline.run_sync(None, nonblocking(lambda request: Response(200)))
    lines = pipeline.report().splitlines()

    assert lines[0].split() == ["calls", "µs", "each", "share"]
    assert lines[1].split()[:2] == ["quick", "1"]
    assert lines[1].split()[-1].startswith("tests/test_timing.py:") or "test_timing.py:" in lines[1]
    assert lines[2].split()[:2] == ["handler", "1"]
