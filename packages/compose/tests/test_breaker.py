"""groundup_compose.breaker: when it opens, who may try, and what counts as a failure."""

import asyncio
import threading
from typing import Any

import pytest

from groundup_compose import Circuit, CircuitBreaker, circuit_breaker
from groundup_middleware import Pipeline
from groundup_response import Response


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class NotFoundError(LookupError):
    status = 404


async def answer(request: Any) -> Response:
    """Do what the request says: a status to answer with, or an error to raise."""
    if isinstance(request, BaseException):
        raise request
    return Response(request)


def state_of(breaker: CircuitBreaker) -> Circuit:
    return breaker.state


async def send(breaker: CircuitBreaker, *requests: Any) -> list[Any]:
    pipeline, results = Pipeline([breaker]), list[Any]()
    for request in requests:
        try:
            results.append((await pipeline.handle(request, answer)).status)
        except Exception as error:  # noqa: BLE001 - to compare whatever came
            results.append(error)
    return results


async def test_it_opens_when_the_share_is_reached_and_not_before() -> None:
    breaker = circuit_breaker(0.5, window=4)

    assert await send(breaker, 500, 200, 200, 200) == [500, 200, 200, 200]
    assert await send(breaker, 500, 200, 500) == [500, 200, 500]
    assert state_of(breaker) is Circuit.OPEN
    assert await send(breaker, 200, 500) == [503, 503]


async def test_few_requests_say_nothing() -> None:
    breaker = circuit_breaker(0.1, window=10)

    assert await send(breaker, *[500] * 9) == [500] * 9
    assert state_of(breaker) is Circuit.CLOSED
    await send(breaker, 500)
    assert state_of(breaker) is Circuit.OPEN


async def test_nothing_below_runs_while_it_is_open() -> None:
    clock, calls = Clock(), list[int]()
    breaker = circuit_breaker(window=1, pause=30, clock=clock)
    await send(breaker, 500)

    async def handler(request: Any) -> Response:
        calls.append(1)
        return Response(200)

    clock.now += 12.5
    response = await Pipeline([breaker]).handle(None, handler)

    assert (response.status, response.headers["Retry-After"]) == (503, "18")
    assert calls == []


@pytest.mark.parametrize(("result", "state"), [(200, Circuit.CLOSED), (500, Circuit.OPEN)])
async def test_after_the_pause_one_request_finds_out(result: int, state: Circuit) -> None:
    clock, release = Clock(), asyncio.Event()
    breaker = circuit_breaker(window=1, pause=30, clock=clock)
    await send(breaker, 500)
    assert await send(breaker, 200) == [503]

    async def slow(request: Any) -> Response:
        await release.wait()
        return Response(result)

    clock.now += 30
    assert state_of(breaker) is Circuit.HALF_OPEN
    trial = asyncio.create_task(Pipeline([breaker]).handle(None, slow))
    await asyncio.sleep(0)
    assert await send(breaker, 200, 200) == [503, 503]
    release.set()

    assert (await trial).status == result
    assert state_of(breaker) is state
    assert await send(breaker, 200) == ([200] if state is Circuit.CLOSED else [503])


async def test_a_trial_that_is_cancelled_lets_the_next_one_try() -> None:
    clock = Clock()
    breaker = circuit_breaker(window=1, pause=30, clock=clock)
    await send(breaker, 500)

    async def forever(request: Any) -> Response:
        await asyncio.Event().wait()
        return Response(200)

    clock.now += 30
    trial = asyncio.create_task(Pipeline([breaker]).handle(None, forever))
    await asyncio.sleep(0)
    trial.cancel()
    await asyncio.wait([trial])

    assert state_of(breaker) is Circuit.HALF_OPEN
    assert await send(breaker, 200) == [200]
    assert state_of(breaker) is Circuit.CLOSED


async def test_those_on_their_way_when_it_opened_do_not_close_it() -> None:
    release = asyncio.Event()
    breaker = circuit_breaker(window=1)

    async def slow(request: Any) -> Response:
        await release.wait()
        return Response(200)

    early = asyncio.create_task(Pipeline([breaker]).handle(None, slow))
    await asyncio.sleep(0)
    await send(breaker, 500)
    release.set()

    assert (await early).status == 200
    assert state_of(breaker) is Circuit.OPEN


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (404, Circuit.CLOSED),
        (499, Circuit.CLOSED),
        (500, Circuit.OPEN),
        (599, Circuit.OPEN),
        (ConnectionError("down"), Circuit.OPEN),
        (NotFoundError("no such post"), Circuit.CLOSED),
    ],
)
async def test_what_the_client_did_wrong_is_no_failure(result: Any, state: Circuit) -> None:
    breaker = circuit_breaker(window=1)

    assert await send(breaker, result) == [result]
    assert state_of(breaker) is state


async def test_the_operator_may_close_it() -> None:
    breaker = circuit_breaker(window=1)
    await send(breaker, 500)

    breaker.reset()

    assert await send(breaker, 200) == [200]


def test_threads_share_one_circuit() -> None:
    breaker = circuit_breaker(1, window=200)
    pipeline = Pipeline([breaker])

    def fail() -> None:
        for _ in range(50):
            pipeline.run_sync(500, answer)

    threads = [threading.Thread(target=fail) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert state_of(breaker) is Circuit.OPEN


@pytest.mark.parametrize(
    "options",
    [{"share": 0}, {"share": 1.1}, {"window": 0}, {"pause": 0}, {"pause": float("nan")}],
)
def test_settings_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="share must be above 0"):
        circuit_breaker(**options)
