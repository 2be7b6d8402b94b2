r"""Write server-sent events: the WHATWG HTML standard, section 9.2.

    event: comment\n        which kind, "message" when left out
    id: 42\n                where to go on after a broken connection (Last-Event-ID)
    data: {"by":"ann"}\n    one line for each line of the text
    \n                      the empty line sends it

Text goes out as it is, everything else as JSON.  A line break in a kind or an id would forge
another field, so it is refused; in the data it starts another ``data`` line, as the standard says.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Any

from groundup_messages.jsonport import encode_json

__all__ = ["Event", "encode_events", "format_event"]

LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Event:
    """One event with all that it may have; a plain value stands for ``Event(value)``.

    Raises:
        ValueError: A kind or an id has a line break or NUL in it, or ``retry`` is negative.
    """

    data: Any
    event: str | None = None
    id: str | None = None
    retry: int | None = None
    """Milliseconds after which the browser tries again."""

    def __post_init__(self) -> None:
        """Refuse what would forge another field."""
        for what, value in (("event", self.event), ("id", self.id)):
            if value is not None and any(character in value for character in "\r\n\0"):
                raise ValueError(f"{what} must not have CR, LF or NUL, got {value[:40]!r}")
        if self.retry is not None and self.retry < 0:
            raise ValueError(f"retry must be milliseconds, got {self.retry}")


def format_event(item: Any) -> bytes:
    r"""Return one event as it is sent.

    >>> format_event("two\nlines")
    b'data: two\ndata: lines\n\n'
    >>> format_event(Event({"by": "ann"}, event="comment", id="42"))
    b'event: comment\nid: 42\ndata: {"by":"ann"}\n\n'
    """
    event = item if isinstance(item, Event) else Event(item)
    lines = [
        f"{name}: {value}\n"
        for name, value in (("event", event.event), ("id", event.id), ("retry", event.retry))
        if value is not None
    ]
    text = event.data if isinstance(event.data, str) else encode_json(event.data).decode()
    lines += [f"data: {line}\n" for line in LINE_BREAK.split(text)]
    return ("".join(lines) + "\n").encode("utf-8", "replace")


async def encode_events(source: AsyncIterable[Any]) -> AsyncIterator[bytes]:
    """Yield each item of a source as an event; the source is closed on every path."""
    try:
        async for item in source:
            yield format_event(item)
    finally:
        if (close := getattr(source, "aclose", None)) is not None:
            await close()
