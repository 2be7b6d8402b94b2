"""groundup_compose.factories: one side of next() at a time."""

from typing import Any

import pytest

from groundup_compose import after, before
from groundup_compose.factories import annotate, find_note
from groundup_middleware import Pipeline
from groundup_response import Response


async def handler(request: Any) -> Response:
    return Response(200, "hello")


async def test_before_runs_before_and_passes_on() -> None:
    request: list[str] = []

    def note(request: list[str]) -> None:
        request.append("before")

    response = await Pipeline([before(note)]).handle(request, handler)

    assert (response.text, request) == ("hello", ["before"])


async def test_before_may_answer() -> None:
    async def closed(request: Any) -> Response:
        return Response(503)

    assert (await Pipeline([before(closed)]).handle(None, handler)).status == 503


async def test_after_changes_the_response_or_gives_another() -> None:
    async def sign(request: Any, response: Response) -> None:
        response.headers["X-Signed"] = "yes"

    def replace(request: Any, response: Response) -> Response:
        return Response(203, response.text + response.headers["X-Signed"])

    response = await Pipeline([after(replace), after(sign)]).handle(None, handler)

    assert (response.status, response.text) == (203, "helloyes")


async def test_anything_else_is_named() -> None:
    def odd(*arguments: Any) -> str:
        return "text"

    for layer in (before(odd), after(odd)):
        with pytest.raises(TypeError, match=r"odd \(test_factories.py:\d+\) must .* got 'text'"):
            await Pipeline([layer]).handle(None, handler)


def test_a_note_is_found_again() -> None:
    inner = before(print)
    layer = annotate(before(print), "label", inner)

    note = find_note(layer)

    assert note is not None
    assert note.label == "label"
    assert note.layers == (inner,)
    assert find_note(print) is None
