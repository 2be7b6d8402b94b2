"""groundup_compose.retry: what is tried again, how often, and when it must not be."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_compose import retry
from groundup_compose.retry import can_repeat, draw_pause, read_retry_after
from groundup_middleware import Pipeline
from groundup_response import Response, http_date


class Flaky:
    """A handler that gives one outcome after the other: a status, a response or an error."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.calls = 0

    async def __call__(self, request: Any) -> Response:
        outcome = self.outcomes[self.calls]
        self.calls += 1
        if isinstance(outcome, Exception):
            raise outcome
        return outcome if isinstance(outcome, Response) else Response(outcome)


def quick(attempts: int = 3, **options: Any) -> Any:
    return retry(attempts, pause=0.001, max_pause=0.01, **options)


@pytest.mark.parametrize(
    ("outcomes", "status", "calls"),
    [
        pytest.param([200], 200, 1, id="good"),
        pytest.param([503, 200], 200, 2, id="status"),
        pytest.param([ConnectionResetError(), TimeoutError(), 200], 200, 3, id="errors"),
        pytest.param([502, 503, 504, 200], 504, 3, id="as-often-as-was-said"),
        pytest.param([500, 200], 500, 1, id="a-fault-that-stays"),
        pytest.param([429, 200], 429, 1, id="the-client-s-doing"),
    ],
)
async def test_what_failed_by_chance_is_tried_again(
    outcomes: list[Any], status: int, calls: int, make_request: Callable[..., Any]
) -> None:
    handler = Flaky(*outcomes)

    response = await Pipeline([quick()]).handle(make_request(), handler)

    assert (response.status, handler.calls) == (status, calls)


async def test_the_last_error_is_raised(make_request: Callable[..., Any]) -> None:
    handler = Flaky(TimeoutError("first"), TimeoutError("second"))

    with pytest.raises(TimeoutError, match="second"):
        await Pipeline([quick(2)]).handle(make_request(), handler)


async def test_other_errors_are_raised_at_once(make_request: Callable[..., Any]) -> None:
    handler = Flaky(KeyError("x"), 200)

    with pytest.raises(KeyError):
        await Pipeline([quick()]).handle(make_request(), handler)
    assert handler.calls == 1


async def test_errors_that_a_boundary_has_answered_are_understood(
    make_request: Callable[..., Any],
) -> None:
    failed = Response(500)
    failed.error = ConnectionResetError()
    handler = Flaky(failed, 200)

    assert (await Pipeline([quick()]).handle(make_request(), handler)).status == 200


@pytest.mark.parametrize(
    ("method", "calls"),
    [("GET", 2), ("HEAD", 2), ("PUT", 2), ("DELETE", 2), ("POST", 1), ("PATCH", 1), ("get", 1)],
)
async def test_only_methods_that_may_be_repeated_are(
    method: str, calls: int, make_request: Callable[..., Any]
) -> None:
    handler = Flaky(503, 200)

    await Pipeline([quick()]).handle(make_request(method), handler)

    assert handler.calls == calls


async def test_a_method_may_be_added_where_it_does_no_harm(
    make_request: Callable[..., Any],
) -> None:
    handler = Flaky(503, 200)

    await Pipeline([quick(methods=["POST"])]).handle(make_request("POST"), handler)

    assert handler.calls == 2


class Body:
    """A request whose body arrives in pieces, and what became of it."""

    method = "PUT"
    loaded = False

    def __init__(self, then: str) -> None:
        self.then = then

    @property
    def body(self) -> bytes:
        if self.then == "streamed":
            raise RuntimeError("the body was given away")
        return b"kept"


@pytest.mark.parametrize("outcome", [503, ConnectionResetError()])
@pytest.mark.parametrize(("then", "calls"), [("streamed", 1), ("kept", 2), ("untouched", 2)])
async def test_a_body_that_was_given_away_cannot_be_sent_again(
    then: str, calls: int, outcome: Any
) -> None:
    handler = Flaky(outcome, 200)

    async def read_body(request: Any, next: Any) -> Any:
        request.loaded = request.then != "untouched"
        return await next()

    try:
        await Pipeline([quick(), read_body]).handle(Body(then), handler)
    except ConnectionResetError:
        assert then == "streamed"

    assert handler.calls == calls


def test_a_request_without_a_body_of_any_kind_can_be_repeated() -> None:
    assert can_repeat(object())


async def test_a_response_that_is_thrown_away_is_closed(make_request: Callable[..., Any]) -> None:
    closed: list[str] = []

    async def pages() -> AsyncIterator[bytes]:
        yield b"never read"

    failed = Response(503, pages())
    failed.call_on_close(lambda: closed.append("first"))

    await Pipeline([quick()]).handle(make_request(), Flaky(failed, 200))

    assert closed == ["first"]


async def test_a_pause_that_was_asked_for_is_kept(
    make_request: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    handler = Flaky(Response(503, headers={"Retry-After": "3"}), 200)

    response = await Pipeline([retry(pause=0.5)]).handle(make_request(), handler)

    assert response.status == 200
    assert len(slept) == 1
    assert 3 <= slept[0] <= 4


async def test_a_pause_that_is_too_long_is_left_to_the_client(
    make_request: Callable[..., Any],
) -> None:
    handler = Flaky(Response(503, headers={"Retry-After": "6"}), 200)

    response = await Pipeline([retry()]).handle(make_request(), handler)

    assert (response.status, response.headers["Retry-After"], handler.calls) == (503, "6", 1)


def test_retry_after_is_seconds_or_a_date() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=30)

    def read(value: str) -> float:
        return read_retry_after(Response(503, headers={"Retry-After": value}))

    assert read("7") == 7.0
    assert 25 < read(http_date(soon)) <= 30
    assert read("Sun, 06 Nov 1994 08:49:37 GMT") == 0.0
    assert read("9" * 400) == float("inf")
    assert [read(value) for value in ("", "soon", "-1", "1.5")] == [0.0] * 4


@given(st.integers(1, 10), st.floats(0, 10), st.floats(10, 100))
def test_pauses_grow_to_a_limit(attempt: int, pause: float, max_pause: float) -> None:
    assert 0 <= draw_pause(attempt, pause, max_pause) <= min(max_pause, pause * 2**attempt)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"attempts": 0}, "from 1 to 10, got 0"),
        ({"attempts": 11}, "from 1 to 10, got 11"),
        ({"pause": -1}, "0 <= pause"),
        ({"pause": 6}, "0 <= pause"),
    ],
)
def test_settings_that_make_no_sense_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        retry(**options)
