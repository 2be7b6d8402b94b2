"""groundup_middleware.colour: what is sync, what is async, and where it was defined."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from groundup_middleware import (
    Colour,
    authentication,
    blocking,
    colour_of,
    compression,
    describe,
    error_handling,
    is_async,
    locate,
    log_requests,
    name_layer,
    name_of,
    nonblocking,
)
from groundup_response import Response


def sync_function(request: Any) -> None: ...


async def async_function(request: Any) -> None: ...


@functools.wraps(async_function)
def hidden(request: Any) -> Any:
    return async_function(request)


class SyncObject:
    def __call__(self, request: Any) -> None: ...

    def method(self, request: Any) -> None: ...


class Dispatcher:
    def dispatch(self, error: Exception, request: Any, /) -> Response:
        return Response(500)


class AsyncObject:
    async def __call__(self, request: Any) -> None: ...

    async def method(self, request: Any) -> None: ...


class InlineObject:
    @nonblocking
    def __call__(self, request: Any) -> None: ...


@pytest.mark.parametrize(
    ("function", "colour"),
    [
        pytest.param(sync_function, Colour.SYNC, id="def"),
        pytest.param(async_function, Colour.ASYNC, id="async-def"),
        pytest.param(functools.partial(async_function, 1), Colour.ASYNC, id="partial"),
        pytest.param(
            functools.partial(functools.partial(async_function), 1), Colour.ASYNC, id="partials"
        ),
        pytest.param(SyncObject(), Colour.SYNC, id="sync-object"),
        pytest.param(AsyncObject(), Colour.ASYNC, id="async-object"),
        pytest.param(functools.partial(AsyncObject()), Colour.ASYNC, id="partial-of-object"),
        pytest.param(InlineObject(), Colour.INLINE, id="marked-object"),
        pytest.param(SyncObject().method, Colour.SYNC, id="sync-method"),
        pytest.param(AsyncObject().method, Colour.ASYNC, id="async-method"),
        pytest.param(AsyncObject, Colour.SYNC, id="class-with-async-call"),
        pytest.param(hidden, Colour.SYNC, id="async-behind-def"),
        pytest.param(lambda: None, Colour.SYNC, id="lambda"),
        pytest.param(print, Colour.SYNC, id="builtin"),
    ],
)
def test_colour_says_where_a_function_runs(function: Callable[..., Any], colour: Colour) -> None:
    assert colour_of(function) is colour
    assert is_async(function) is (colour is Colour.ASYNC)


def test_marks_can_be_set_and_taken_back() -> None:
    def layer(request: Any, next: Any) -> Any: ...

    assert colour_of(nonblocking(layer)) is Colour.INLINE
    assert colour_of(functools.partial(layer, 1)) is Colour.INLINE
    assert colour_of(blocking(layer)) is Colour.SYNC


def test_a_partial_may_carry_a_mark_of_its_own() -> None:
    partial = nonblocking(functools.partial(sync_function, 1))

    assert colour_of(partial) is Colour.INLINE
    assert colour_of(sync_function) is Colour.SYNC


@pytest.mark.parametrize("mark", [blocking, nonblocking])
def test_async_functions_take_no_mark(mark: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"async_function \(test_colour\.py:\d+\) is async"):
        mark(async_function)


def test_location_is_that_of_the_definition() -> None:
    lines, start = inspect.getsourcelines(sync_function)

    assert lines
    assert locate(sync_function) == (__file__, start)
    assert locate(functools.partial(sync_function)) == (__file__, start)
    assert locate(SyncObject()) == locate(SyncObject.__call__)
    assert locate(SyncObject().method) == locate(SyncObject.method)


def test_a_decorated_function_is_located_where_it_was_written() -> None:
    assert locate(hidden) == locate(async_function)


def test_builtins_have_a_name_and_no_place() -> None:
    assert locate(print) is None
    assert describe(print) == "print"


def test_description_names_function_file_and_line() -> None:
    _, start = inspect.getsourcelines(sync_function)

    assert describe(sync_function) == f"sync_function (test_colour.py:{start})"
    assert describe(SyncObject()).startswith("SyncObject (test_colour.py:")


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (authentication(lambda _: None), "authentication"),
        (compression(), "compression"),
        (error_handling(Dispatcher()), "error_handling"),
        (log_requests(), "log_requests"),
    ],
)
def test_ready_made_layers_are_called_by_their_factory(layer: Any, name: str) -> None:
    assert name_of(layer) == name


def test_a_name_is_plain_data_that_others_may_set() -> None:
    def closure(request: Any, next: Any) -> Any: ...

    assert name_layer(closure, "first") is closure
    assert name_of(closure) == "first"
    for order, name in (
        ({"name": "csrf", "requires": ["sessions"]}, "csrf"),
        ({}, None),
        (7, None),
    ):
        setattr(closure, "__groundup_order__", order)  # noqa: B010 - as other packages do
        assert name_of(closure) == (name or closure.__qualname__)
