"""groundup_errors.handlers: the nearest class, then the status, then whoever takes everything."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from groundup_errors import ApplicationError, ErrorHandlers, NotFoundError, ValidationError
from groundup_response import Response


class Mixin:
    pass


class SpecialError(Mixin, NotFoundError):
    pass


class TeapotError(Exception):
    status = 418


def answer(text: str) -> Callable[[Any, Any], Response]:
    return lambda error, request: Response(200, text)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(SpecialError("x"), "special", id="its-class"),
        pytest.param(NotFoundError("x"), "application", id="a-class-above"),
        pytest.param(ValidationError("x"), "application", id="a-class-further-up"),
        pytest.param(TeapotError(), "418", id="status"),
        pytest.param(KeyError("x"), "lookup", id="builtin"),
        pytest.param(ZeroDivisionError(), "exception", id="everything-else"),
    ],
)
def test_the_nearest_handler_answers(error: Exception, text: str) -> None:
    handlers = ErrorHandlers()
    for key, name in [
        (Exception, "exception"),
        (LookupError, "lookup"),
        (ApplicationError, "application"),
        (SpecialError, "special"),
    ]:
        handlers.register(key, answer(name))
    handlers.register(418, answer("418"))

    response = handlers.dispatch(error, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - these handlers read no request

    assert isinstance(response, Response)
    assert response.text == text


def test_500_is_the_status_of_whatever_has_none() -> None:
    handlers = ErrorHandlers()
    handlers.register(500, answer("sorry"))

    assert handlers.find(KeyError()) is not None
    assert handlers.find(NotFoundError()) is None


def test_without_a_handler_there_is_a_default(make_request: Callable[..., Any]) -> None:
    response = ErrorHandlers().dispatch(NotFoundError("User"), make_request())

    assert isinstance(response, Response)
    assert (response.status, json.loads(response.text)["detail"]) == (404, "User not found")


def test_a_later_registration_takes_the_place() -> None:
    handlers, first, second = ErrorHandlers(), answer("1"), answer("2")
    handlers.register(404, first)
    handlers.register(404, second)

    assert handlers.find(NotFoundError()) is second


def test_a_decorated_handler_stays_what_it_was() -> None:
    handlers = ErrorHandlers()

    @handlers.on(KeyError)
    def missing(error: KeyError, request: Any) -> Response:
        return Response(404)

    assert handlers.find(KeyError()) is missing


async def test_an_async_handler_gives_an_awaitable(make_request: Callable[..., Any]) -> None:
    handlers = ErrorHandlers()

    @handlers.on(KeyError)
    async def missing(error: KeyError, request: Any) -> Response:
        return Response(404)

    response = handlers.dispatch(KeyError(), make_request())

    assert not isinstance(response, Response)
    assert (await response).status == 404


@pytest.mark.parametrize("catch_all", [False, True])
def test_a_group_of_one_counts_as_that_one(
    make_request: Callable[..., Any], catch_all: bool
) -> None:
    handlers = ErrorHandlers()
    handlers.register(NotFoundError, answer("nothing"))
    if catch_all:
        handlers.register(Exception, answer("something"))
    group = ExceptionGroup("tasks", [NotFoundError("x")])

    response = handlers.dispatch(group, make_request())

    assert isinstance(response, Response)
    assert response.text == "nothing"


def test_groups_may_have_a_handler(make_request: Callable[..., Any]) -> None:
    handlers = ErrorHandlers()
    handlers.register(ExceptionGroup, answer("group"))
    handlers.register(NotFoundError, answer("nothing"))

    response = handlers.dispatch(ExceptionGroup("x", [NotFoundError()]), make_request())

    assert isinstance(response, Response)
    assert response.text == "group"


@pytest.mark.parametrize("debug", [False, True])
def test_source_is_shown_in_debug_mode_only(make_request: Callable[..., Any], debug: bool) -> None:
    handlers = ErrorHandlers(debug=debug)
    request = make_request(Accept="text/html")

    broken = handlers.dispatch(KeyError("x"), request)
    missing = handlers.dispatch(NotFoundError("x"), request)

    assert isinstance(broken, Response)
    assert isinstance(missing, Response)
    assert ("KeyError" in broken.text) == debug
    assert "x not found" in missing.text


@pytest.mark.parametrize(
    ("key", "kind", "message"),
    [
        pytest.param(200, ValueError, "must be 400 to 599, got 200", id="no-error"),
        pytest.param(True, ValueError, "must be 400 to 599", id="bool"),
        pytest.param("404", TypeError, "class of Exception or a status", id="text"),
        pytest.param(int, TypeError, "class of Exception or a status", id="other-class"),
        pytest.param(KeyboardInterrupt, TypeError, "class of Exception", id="base-exception"),
    ],
)
def test_keys_are_checked_when_they_are_registered(
    key: Any, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        ErrorHandlers().register(key, answer("x"))


def test_handlers_are_checked_when_they_are_registered() -> None:
    with pytest.raises(TypeError, match="must be callable"):
        ErrorHandlers().register(404, "page")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - what the test is about
