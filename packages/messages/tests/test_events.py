"""groundup_messages.events: the WHATWG HTML standard, section 9.2."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_messages import Event, Response
from groundup_messages.events import format_event


def parse_events(text: str) -> list[dict[str, str]]:
    """Read as a browser does, in the words of the standard."""
    events: list[dict[str, str]] = []
    current: dict[str, str] = {}
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line:
            if current:
                events.append(current)
            current = {}
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        current[name] = f"{current[name]}\n{value}" if name in current else value
    return events


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_browser_reads_what_was_meant(texts: list[str]) -> None:
    wire = b"".join(map(format_event, texts)).decode()

    expected = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    assert [event["data"] for event in parse_events(wire)] == expected


def test_all_fields_are_written() -> None:
    event = Event([1], event="tick", id="7", retry=500)

    assert format_event(event) == b"event: tick\nid: 7\nretry: 500\ndata: [1]\n\n"
    assert format_event({"a": None}) == b'data: {"a":null}\n\n'
    assert format_event("") == b"data: \n\n"


@pytest.mark.parametrize("bad", ["a\ndata: forged", "a\rb", "a\0"])
def test_no_field_can_be_forged(bad: str) -> None:
    with pytest.raises(ValueError, match="event must not have"):
        Event("x", event=bad)
    with pytest.raises(ValueError, match="id must not have"):
        Event("x", id=bad)
    with pytest.raises(ValueError, match="milliseconds"):
        Event("x", retry=-1)


async def test_source_is_closed_when_the_client_leaves() -> None:
    log: list[str] = []

    async def source() -> AsyncIterator[Any]:
        try:
            yield "one"
            yield "two"
        finally:
            log.append("closed")

    response = Response.events(source())
    body: Any = response.body
    assert await anext(aiter(body)) == b"data: one\n\n"
    await response.aclose()

    assert log == ["closed"]
    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"


async def test_any_async_iterable_is_a_source() -> None:
    class Numbers:
        def __init__(self) -> None:
            self.left = 2

        def __aiter__(self) -> "Numbers":
            return self

        async def __anext__(self) -> int:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return self.left

    body: Any = Response.events(Numbers()).body

    assert [piece async for piece in body] == [b"data: 1\n\n", b"data: 0\n\n"]
