"""End the event streams when the server stops: they have no end of their own.

    handler ─► Response.events(source) ─► followed(source) ─► layers ─► client
                                              ▲
                              drain ──────────┘  "no more": a regular end, the client comes again

Without this, one open page would hold a stopping server for its whole grace period, and see its
connection reset after it.  Other streams have an end, and get the grace period to reach it.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from groundup_response import Response

__all__ = ["OpenStreams"]

EVENTS = "text/event-stream"


class OpenStreams:
    """The application's open event streams.  Belongs to one event loop while any is open."""

    def __init__(self) -> None:
        self._ends: set[asyncio.Future[None]] = set()
        self._closing = False

    def __len__(self) -> int:
        return len(self._ends)

    def watch(self, response: Response) -> Response:
        """Return a response with its stream bound to the life of the application."""
        body = response.body
        if isinstance(body, AsyncIterable):
            kind = response.headers.get("Content-Type") or ""
            if kind.startswith(EVENTS):
                response.body = self._follow(body)
        return response

    def reopen(self) -> None:
        """Let streams go on, also after a close."""
        self._closing = False

    def close(self) -> None:
        """End every stream where it stands."""
        self._closing = True
        for end in self._ends:
            if not end.done():
                end.set_result(None)

    async def _follow(self, pieces: AsyncIterable[Any]) -> AsyncIterator[Any]:
        end = asyncio.get_running_loop().create_future()
        self._ends.add(end)
        source = aiter(pieces)
        try:
            while not self._closing:
                piece = asyncio.ensure_future(take(source))
                try:
                    await asyncio.wait({piece, end}, return_when=asyncio.FIRST_COMPLETED)
                    if not piece.done():
                        return
                finally:
                    if not piece.done():
                        piece.cancel()
                        await asyncio.wait({piece})
                found = piece.result()
                if found is None:
                    return
                yield found
        finally:
            self._ends.discard(end)
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()


async def take(source: AsyncIterator[Any]) -> Any:
    """Return the next piece, or None at the end."""
    return await anext(source, None)
