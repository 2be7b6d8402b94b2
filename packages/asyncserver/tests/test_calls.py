"""groundup_asyncserver.calls: which handlers run where."""

import asyncio
import functools
import threading
from typing import Any

import pytest

from groundup_asyncserver.calls import SupportsLifespan, bind_handler, find_lifespan, wants_stream
from groundup_asyncserver.threads import run_in_thread
from groundup_messages import Request, Response

LOOP, THREAD = "loop", "thread"


def where() -> Response:
    return Response(200, LOOP if threading.current_thread() is threading.main_thread() else THREAD)


async def async_function(request: Request) -> Response:
    return where()


def function(request: Request) -> Response:
    return where()


def forwarding(request: Request) -> Any:
    return async_function(request)


class AsyncObject:
    async def __call__(self, request: Request) -> Response:
        return where()

    async def method(self, request: Request) -> Response:
        return where()


class SyncObject:
    def __call__(self, request: Request) -> Response:
        return where()


class Application:
    streams_body = True

    def __call__(self, request: Request) -> Any:
        return self.handle(request)

    async def handle(self, request: Request) -> Response:
        return where()

    async def startup(self) -> None: ...
    async def drain(self) -> None: ...
    async def shutdown(self) -> None: ...


@pytest.mark.parametrize(
    ("handler", "place"),
    [
        pytest.param(async_function, LOOP, id="async"),
        pytest.param(function, THREAD, id="plain"),
        pytest.param(forwarding, LOOP, id="plain-that-returns-an-awaitable"),
        pytest.param(AsyncObject(), LOOP, id="async-call"),
        pytest.param(AsyncObject().method, LOOP, id="async-method"),
        pytest.param(SyncObject(), THREAD, id="plain-call"),
        pytest.param(Application(), LOOP, id="streams-body"),
        pytest.param(functools.partial(async_function), LOOP, id="async-partial"),
        pytest.param(functools.partial(function), THREAD, id="plain-partial"),
    ],
)
async def test_handlers_run_where_they_belong(handler: Any, place: str) -> None:
    call = bind_handler(handler, run_in_thread)

    assert (await call(Request())).text == place


def test_what_cannot_be_called_is_refused() -> None:
    handler: Any = 42

    with pytest.raises(TypeError, match="must be callable with a request, got 42"):
        bind_handler(handler, run_in_thread)


def test_a_method_speaks_for_its_object() -> None:
    application = Application()

    assert wants_stream(application)
    assert wants_stream(application.handle)
    assert not wants_stream(function)
    assert find_lifespan(application.handle) is application
    assert find_lifespan(application) is application
    assert find_lifespan(function) is None


def test_lifespan_is_known_by_its_methods() -> None:
    assert isinstance(Application(), SupportsLifespan)
    assert not isinstance(AsyncObject(), SupportsLifespan)


def test_an_async_handler_is_not_wrapped() -> None:
    async def handler(request: Request) -> Response:
        return Response()

    assert bind_handler(handler, asyncio.to_thread) is handler


async def test_of_an_object_with_two_faces_the_one_of_a_handler_is_called() -> None:
    class App:
        streams_body = True

        def __call__(self, *call: Any) -> Any:
            raise AssertionError(call)

        async def handle(self, request: Request) -> Response:
            return Response(200, request.path)

    call = bind_handler(App(), run_in_thread)

    assert (await call(Request("GET", "/a"))).text == "/a"
