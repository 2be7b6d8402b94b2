"""groundup_compose.timeout: an answer in time, and an end to what is below."""

import asyncio
import threading
from typing import Any

import pytest

from groundup_compose import timeout
from groundup_middleware import Pipeline
from groundup_response import Response


async def test_what_is_done_in_time_passes(hello: Any) -> None:
    assert (await Pipeline([timeout(5)]).handle(None, hello)).text == "hello"


async def test_what_takes_too_long_is_cancelled_and_answered() -> None:
    cancelled: list[str] = []

    async def forever(request: Any) -> Response:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append("handler")
            raise
        return Response(200)

    response = await Pipeline([timeout(0.01, status=504)]).handle(None, forever)

    assert response.status == 504
    assert cancelled == ["handler"]


async def test_a_thread_does_not_hold_the_answer_up() -> None:
    gate = threading.Event()

    def blocked(request: Any) -> Response:
        gate.wait(5)
        return Response(200)

    response = await asyncio.wait_for(Pipeline([timeout(0.01)]).handle(None, blocked), 3)
    gate.set()

    assert response.status == 503


async def test_a_timeout_of_the_handler_s_own_is_passed_on() -> None:
    async def own(request: Any) -> Response:
        raise TimeoutError("database")

    with pytest.raises(TimeoutError, match="database"):
        await Pipeline([timeout(5)]).handle(None, own)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_no_time_at_all_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="more than zero"):
        timeout(seconds)
