"""groundup_compose.show: what runs, where it is written, and where it changes the thread."""

import functools
import inspect
import io
from pathlib import Path
from typing import Any

import pytest

from groundup_compose import cors, format_chain, if_method, list_chain, parallel, show, stack
from groundup_middleware import Colour, Pipeline, compression, log_requests, nonblocking
from groundup_response import Response


def sync_layer(request: Any, next: Any) -> Any:
    return next()


async def async_layer(request: Any, next: Any) -> Any:
    return await next()


@nonblocking
def inline_layer(request: Any, next: Any) -> Any:
    return next()


def handler(request: Any) -> Response:
    return Response(200)


def line_of(function: Any) -> int:
    return inspect.getsourcelines(function)[1]


def test_every_link_has_its_colour_and_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)

    text = format_chain(Pipeline([async_layer, sync_layer, inline_layer]), handler)

    lines = [line.split() for line in text.splitlines()]
    assert lines[0] == ["async", "async_layer", f"test_show.py:{line_of(async_layer)}"]
    assert lines[1][:3] == ["sync", "sync_layer", f"test_show.py:{line_of(sync_layer)}"]
    assert lines[2] == ["inline", "inline_layer", f"test_show.py:{line_of(inline_layer)}"]
    assert lines[3] == ["sync", "handler", f"test_show.py:{line_of(handler)}"]
    assert text.endswith("1 thread hop a request\n")


@pytest.mark.parametrize(
    ("layers", "hops"),
    [
        ([], "1 thread hop"),
        ([sync_layer, sync_layer], "1 thread hop"),
        ([sync_layer, async_layer, sync_layer], "2 thread hops"),
        ([inline_layer, async_layer], "1 thread hop"),
        ([sync_layer, async_layer], "2 thread hops"),
    ],
)
def test_hops_are_those_of_a_request(layers: list[Any], hops: str) -> None:
    assert format_chain(Pipeline(layers), handler).splitlines()[-1] == f"{hops} a request"


def test_an_all_async_chain_has_none() -> None:
    assert format_chain(Pipeline([async_layer, inline_layer])).endswith("0 thread hops a request\n")


def test_remarks_tell_where_the_thread_changes() -> None:
    remarks = [row.remark for row in list_chain(Pipeline([sync_layer, async_layer]), handler)]

    assert remarks == [
        "hop 1: to a worker thread",
        "back to the loop, the thread waits",
        "hop 2: the waiting thread does it",
    ]


def test_layers_of_layers_are_shown_below_them() -> None:
    layer = stack(cors("*"), if_method(["POST", "PUT"], parallel(sync_layer, async_layer)))

    rows = list_chain(Pipeline([layer]))

    assert [(row.depth, row.name) for row in rows] == [
        (0, "stack"),
        (1, "cors"),
        (1, "if_method(POST, PUT)"),
        (2, "parallel"),
        (3, "sync_layer"),
        (3, "async_layer"),
    ]
    assert rows[4].colour is Colour.SYNC
    assert rows[4].remark == "in the worker thread, if it runs"


def test_partials_and_objects_have_names_too() -> None:
    class Guard:
        def __call__(self, request: Any, next: Any) -> Any: ...

    def with_option(option: int, request: Any, next: Any) -> Any: ...

    rows = list_chain(Pipeline([functools.partial(with_option, 1), Guard(), max]))

    assert [row.name.rpartition(".")[2] for row in rows] == ["with_option", "Guard", "max"]
    assert rows[2].place == ""


def test_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = Pipeline([sync_layer])
    file = io.StringIO()

    show(pipeline)
    show(pipeline, file=file)

    assert capsys.readouterr().out == file.getvalue() == format_chain(pipeline)


def test_an_empty_chain_is_one_line() -> None:
    assert format_chain(Pipeline()) == "0 thread hops a request\n"


def test_closures_are_shown_with_what_made_them() -> None:
    def add_header() -> Any:
        def layer(request: Any, next: Any) -> Any: ...

        return layer

    def guard(request: Any, next: Any) -> Any: ...

    setattr(guard, "__groundup_order__", {"name": "csrf"})  # noqa: B010 - as the sessions do
    rows = list_chain(Pipeline([add_header(), guard, compression(), log_requests()]))

    assert [
        row.name.removeprefix("test_closures_are_shown_with_what_made_them.") for row in rows
    ] == [
        "add_header.layer",
        "csrf",
        "compression",
        "log_requests",
    ]
