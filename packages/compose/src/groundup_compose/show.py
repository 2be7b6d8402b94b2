"""Show a chain as it will run.

    async   request_id   requestid.py:40
    sync    count        app.py:12         hop 1: to a worker thread
    async   cors         cors.py:92        back to the loop, the thread waits
    sync    handler      app.py:30         hop 2: the waiting thread does it
    2 thread hops a request

Nothing is run to show a chain: everything that the picture tells is known when it is compiled.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from groundup_compose.factories import find_note
from groundup_middleware import Colour, Handler, Layer, Pipeline, colour_of, locate, name_of

__all__ = ["Row", "find_name", "format_chain", "format_place", "list_chain", "show"]


class Row(NamedTuple):
    """One link of a chain, as `show` prints it."""

    depth: int
    colour: Colour
    name: str
    place: str
    remark: str


def show(
    pipeline: Pipeline, handler: Handler[Any] | None = None, file: TextIO | None = None
) -> None:
    """Print a chain, outermost first: colour, name, place, and where it changes the thread."""
    (file or sys.stdout).write(format_chain(pipeline, handler))


def format_chain(pipeline: Pipeline, handler: Handler[Any] | None = None) -> str:
    """Return what `show` prints."""
    rows = list_chain(pipeline, handler)
    names = ["  " * row.depth + row.name for row in rows]
    wide = max(map(len, names), default=0)
    places = max((len(row.place) for row in rows), default=0)
    lines = [
        f"{row.colour.value:6}  {name:{wide}}  {row.place:{places}}  {row.remark}".rstrip()
        for row, name in zip(rows, names, strict=True)
    ]
    hops = sum(row.remark.startswith("hop") for row in rows)
    lines.append(f"{hops} thread hop{'' if hops == 1 else 's'} a request")
    return "".join(f"{line}\n" for line in lines)


def list_chain(pipeline: Pipeline, handler: Handler[Any] | None = None) -> list[Row]:
    """Return the rows of a chain.  Layers inside of a layer follow it, deeper by one."""
    functions: list[Callable[..., Any]] = [*pipeline.layers]
    if handler is not None:
        functions.append(handler)
    rows: list[Row] = []
    place, hops = Colour.ASYNC, 0
    for function in functions:
        colour = colour_of(function)
        remark = ""
        if colour is Colour.SYNC and place is Colour.ASYNC:
            hops += 1
            by = "to a worker thread" if hops == 1 else "the waiting thread does it"
            remark = f"hop {hops}: {by}"
        elif colour is Colour.ASYNC and place is Colour.SYNC:
            remark = "back to the loop, the thread waits"
        if colour is not Colour.INLINE:
            place = colour
        rows.append(Row(0, colour, find_name(function), format_place(function), remark))
        rows.extend(list_inner(function, 1))
    return rows


def list_inner(layer: Layer, depth: int) -> Iterator[Row]:
    """Yield the rows of the layers that a layer was made of."""
    note = find_note(layer)
    for inner in note.layers if note else ():
        colour = colour_of(inner)
        remark = "in the worker thread, if it runs" if colour is Colour.SYNC else ""
        yield Row(depth, colour, find_name(inner), format_place(inner), remark)
        yield from list_inner(inner, depth + 1)


def find_name(function: Callable[..., Any]) -> str:
    """Return the label that a factory left on a layer, or its name.

    A closure that nobody named is shown with the function that made it: ``add_header.layer``.
    """
    note = find_note(function)
    return name_of(function).replace(".<locals>.", ".") if note is None else note.label


def format_place(function: Callable[..., Any]) -> str:
    """Return ``file:line``, the file as seen from the working directory if it is below."""
    place = locate(function)
    if place is None:
        return ""
    path = Path(place[0])
    if path.is_relative_to(Path.cwd()):
        return f"{os.path.relpath(path)}:{place[1]}"
    return f"{path.parent.name}/{path.name}:{place[1]}"
