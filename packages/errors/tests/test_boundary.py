"""groundup_errors.boundary: every error becomes one response and one record."""

import asyncio
import logging
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from groundup_errors import (
    ApplicationError,
    ErrorHandlers,
    NotFoundError,
    answer_error,
    error_boundary,
    request_log,
)
from groundup_response import Response


@pytest.fixture(autouse=True)
def levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


async def run(
    handlers: Any, request: Any, error: BaseException | Response, *, debug: bool = False
) -> Response:
    async def next() -> Response:
        if isinstance(error, Response):
            return error
        raise error

    return await error_boundary(handlers, debug=debug)(request, next)


async def test_a_response_passes_untouched(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    response = Response(404)

    assert await run(ErrorHandlers(), make_request(), response) is response
    assert response.error is None
    assert caplog.records == []


async def test_an_error_becomes_a_response_that_knows_it(make_request: Callable[..., Any]) -> None:
    error = NotFoundError("User")

    response = await run(ErrorHandlers(), make_request(), error)

    assert response.status == 404
    assert response.error is error


async def test_a_mistake_of_ours_is_logged_once_with_its_traceback(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    response = await run(ErrorHandlers(), make_request("POST", "/pay"), KeyError("total"))

    (record,) = caplog.records
    assert response.status == 500
    assert (record.name, record.levelname) == ("groundup.errors", "ERROR")
    assert record.getMessage() == "POST /pay failed: KeyError"
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], KeyError)


async def test_a_mistake_of_the_client_is_logged_in_a_line(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    request = make_request(path="/a\nERROR forged?token=abc")

    await run(ErrorHandlers(), request, NotFoundError("\x1b[2JUser"))

    (record,) = caplog.records
    assert (record.levelname, record.exc_info) == ("INFO", None)
    assert record.getMessage() == (
        "GET /a\\nERROR forged?token=*** 404 NotFoundError: \\x1b[2JUser not found"
    )


async def test_two_boundaries_log_once(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    boundary, request = error_boundary(ErrorHandlers()), make_request()

    async def broken() -> Response:
        raise KeyError

    response = await boundary(request, lambda: boundary(request, broken))

    assert response.status == 500
    assert len(caplog.records) == 1


async def test_async_handlers_are_awaited(make_request: Callable[..., Any]) -> None:
    handlers = ErrorHandlers()

    @handlers.on(KeyError)
    async def missing(error: KeyError, request: Any) -> Response:
        await asyncio.sleep(0)
        return Response(404, f"{error} at {request.path}")

    response = await run(handlers, make_request(path="/x"), KeyError("tea"))

    assert response.text == "'tea' at /x"


@pytest.mark.parametrize("answer", ["raises", "none", "text", "awaits-and-raises"])
async def test_a_handler_that_fails_is_answered_with_500_and_both_are_logged(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    handlers = ErrorHandlers()

    def fail(error: Exception, request: Any) -> Any:
        if answer == "raises":
            raise ZeroDivisionError("in the handler")
        if answer == "awaits-and-raises":
            return later()
        return None if answer == "none" else "sorry"

    async def later() -> Response:
        raise ZeroDivisionError("in the handler")

    handlers.register(NotFoundError, fail)
    error = NotFoundError("secret")

    response = await run(handlers, make_request(), error)

    assert (response.status, response.text) == (500, "500 Internal Server Error\n")
    assert response.error is error
    first, second = caplog.records
    assert first.exc_info is not None
    assert first.exc_info[1] is error
    assert second.getMessage() == "answering NotFoundError failed"
    assert second.exc_info is not None
    assert isinstance(second.exc_info[1], ZeroDivisionError | TypeError)


async def test_fields_that_cannot_be_sent_are_a_failed_answer(
    make_request: Callable[..., Any],
) -> None:
    error = ApplicationError("A", "b", 400, headers={"X-A": "1\r\nSet-Cookie: a=b"})

    response = await run(ErrorHandlers(), make_request(), error)

    assert response.status == 500
    assert "Set-Cookie" not in response.headers


class UnprintableError(Exception):
    status = 404

    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize("error", [UnprintableError(), ExceptionGroup("x", [UnprintableError()])])
async def test_an_error_without_a_text_is_answered(
    make_request: Callable[..., Any], error: Exception
) -> None:
    assert (await run(ErrorHandlers(), make_request(), error)).status == 404


async def test_a_request_that_is_none_is_answered() -> None:
    assert (await run(ErrorHandlers(), object(), KeyError())).status == 500


@pytest.mark.parametrize("kind", [asyncio.CancelledError, KeyboardInterrupt, SystemExit])
async def test_what_is_no_error_passes(
    make_request: Callable[..., Any], kind: type[BaseException]
) -> None:
    boundary = error_boundary(ErrorHandlers())

    async def next() -> Response:
        raise kind

    coroutine = boundary(make_request(), next)
    with pytest.raises(kind):
        coroutine.send(None)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue] - a loop would stop at these


async def test_a_response_with_slots_is_good_enough(make_request: Callable[..., Any]) -> None:
    class Slim:
        __slots__ = ()
        status = 404
        headers = MappingProxyType({"A": "b"})

    handlers = ErrorHandlers()
    handlers.register(404, lambda error, request: Slim())  # type: ignore[arg-type,return-value]  # pyright: ignore[reportArgumentType] - any class with status and headers will do

    assert isinstance(await run(handlers, make_request(), NotFoundError()), Slim)


async def test_debug_shows_what_nobody_handles(make_request: Callable[..., Any]) -> None:
    handlers = ErrorHandlers()
    handlers.register(ValueError, lambda error, request: Response(500, "handled"))
    request = make_request(Accept="text/html")

    unhandled = await run(handlers, request, KeyError("x"), debug=True)
    handled = await run(handlers, request, ValueError("x"), debug=True)
    production = await run(handlers, request, KeyError("x"))

    assert "KeyError" in unhandled.text
    assert handled.text == "handled"
    assert "KeyError" not in production.text


async def test_handlers_of_another_class_are_asked_also_in_debug_mode(
    make_request: Callable[..., Any],
) -> None:
    class Mine:
        def dispatch(self, error: Exception, request: Any) -> Response:
            return Response(503, "mine")

    assert (await run(Mine(), make_request(), KeyError(), debug=True)).text == "mine"


async def test_the_log_may_go_elsewhere(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> Response:
        raise KeyError

    boundary = error_boundary(ErrorHandlers(), logger=logging.getLogger("mine"))

    await boundary(make_request(), broken)

    assert caplog.records[0].name == "mine"


async def test_a_page_for_developers_may_be_a_function_of_one_s_own(
    make_request: Callable[..., Any],
) -> None:
    def show(error: Exception, request: Any) -> Response:
        return Response(500, f"{error!r} at {request.path}")

    async def next() -> Response:
        raise KeyError("total")

    request = make_request(path="/pay")
    boundary = error_boundary(ErrorHandlers(), debug=show)
    alone = ErrorHandlers(debug=show).dispatch(KeyError("total"), request)

    assert (await boundary(request, next)).text == "KeyError('total') at /pay"
    assert isinstance(alone, Response)
    assert alone.text == "KeyError('total') at /pay"


async def test_who_has_caught_an_error_may_have_it_answered(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    error = NotFoundError("User")

    response = await answer_error(error, make_request(), ErrorHandlers())

    assert (response.status, response.error) == (404, error)
    assert caplog.records[0].name == "groundup.errors"


def test_those_who_show_a_chain_read_the_names_of_our_layers() -> None:
    layers: list[Any] = [error_boundary(ErrorHandlers()), request_log()]

    assert [layer.__groundup_order__["name"] for layer in layers] == [
        "error_boundary",
        "request_log",
    ]
