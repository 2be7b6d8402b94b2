"""Give a handler to any ASGI 3 server: ``as_asgi`` makes an application of it.

    lifespan ──► startup, drain and shutdown of the handler, when it has them
    http     ──► Request ─► handler ─► Response ─► http.response.start, http.response.body ...

The server does the framing, so what a response says of its own is left out but for the length.
"""

import asyncio
from collections.abc import AsyncIterable, Iterator
from contextlib import suppress

from groundup_asyncserver.calls import (
    Call,
    SupportsLifespan,
    bind_handler,
    find_lifespan,
    wants_stream,
)
from groundup_asyncserver.config import ServerConfig
from groundup_asyncserver.errors import Disconnected
from groundup_asyncserver.outgoing import Pulled
from groundup_asyncserver.refusals import answer_error
from groundup_asyncserver.scope import (
    ASGIApp,
    Message,
    Receive,
    Scope,
    Send,
    may_have_body,
    request_from_scope,
)
from groundup_asyncserver.threads import run_in_thread
from groundup_messages import Handler
from groundup_response import LengthGuard, Response, encode_piece

__all__ = ["as_asgi"]

# What belongs to the connection, and the connection is the server's.
CONNECTION_FIELDS = frozenset({"connection", "transfer-encoding", "keep-alive", "upgrade"})
NO_CONTENT = frozenset({204, 205, 304})
FINAL = 200


def as_asgi(handler: Handler, *, max_body: int = ServerConfig().max_body) -> ASGIApp:
    """Return an ASGI 3 application that answers with a handler.

    A handler that blocks runs in a thread.  A body is loaded before the handler runs, unless the
    handler has ``streams_body``.

    Args:
        handler: What answers the requests.
        max_body: Bytes of a body that are loaded for a handler.
    """
    call, loads_body = bind_handler(handler, run_in_thread), not wants_stream(handler)
    lifespan = find_lifespan(handler)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await Exchange(scope, receive, send).run(call, max_body if loads_body else None)
        elif scope["type"] == "lifespan":
            await _run_lifespan(lifespan, receive, send)
        else:
            raise NotImplementedError(f"scope must be http or lifespan, got {scope['type']!r}")

    return app


class Exchange:
    """One request of another server, and our answer to it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._started = False
        self.request = request_from_scope(scope, self._receive_body)
        self._body_ended = not may_have_body(scope, self.request.headers)

    async def run(self, call: Call, limit: int | None) -> None:
        """Answer the request; an answer that breaks off raises, so that the server resets."""
        request = self.request
        response: Response | None = None
        try:
            if limit is not None:
                await request.load(limit=limit)
            response = await call(request)
            await self._answer(response)
        except Disconnected:
            return
        except Exception as error:
            if self._started:
                raise
            await self._answer(answer_error(error, request))
        finally:
            try:
                if response is not None and getattr(response, "closable", True):
                    await response.aclose()
            finally:
                request.close()

    async def _receive_body(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._body_ended = True
        return message

    async def _answer(self, response: Response) -> None:
        if not isinstance(response, Response):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without types
            raise TypeError(f"a handler must return a Response, got {response!r:.40}")
        if response.status < FINAL:
            raise TypeError(f"{response!r} cannot end a request")
        body, status = response.body, response.status
        start = {"type": "http.response.start", "status": status, "headers": _fields_of(response)}
        self._started = True
        await self._send(start)
        if self.request.method == "HEAD" or status in NO_CONTENT:
            body = b""
        if isinstance(body, bytes):
            await self._send({"type": "http.response.body", "body": body})
        elif self._body_ended:
            await self._stream_while_connected(response)
        else:  # the stream may read the request: nobody else may then
            await self._stream(response)

    async def _stream(self, response: Response) -> None:
        body, length = response.body, response.content_length
        guard = None if length is None else LengthGuard(length)
        if isinstance(body, bytes):
            body = [body]
        pieces = body if isinstance(body, AsyncIterable) else Pulled(run_in_thread, body)
        async for piece in pieces:
            data = encode_piece(piece) if guard is None else guard.add(encode_piece(piece))
            await self._send({"type": "http.response.body", "body": data, "more_body": True})
        if guard is not None:
            guard.finish()
        await self._send({"type": "http.response.body", "body": b""})

    async def _stream_while_connected(self, response: Response) -> None:
        """Stream until the end, or until the client has gone: an endless stream ends only so."""
        streaming = asyncio.ensure_future(self._stream(response))
        watching = asyncio.ensure_future(self._wait_for_disconnect())
        both = {streaming, watching}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if streaming.done():
                streaming.result()
        finally:
            for task in both:
                task.cancel()
            await asyncio.wait(both)
            for task in both:
                with suppress(asyncio.CancelledError):
                    task.exception()

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue


def _fields_of(response: Response) -> list[tuple[bytes, bytes]]:
    return list(_encode_fields(response))


def _encode_fields(response: Response) -> Iterator[tuple[bytes, bytes]]:
    announced: str | None = None
    for name, value in response.headers.multi_items():
        lower = name.lower()
        if lower == "content-length":
            announced = value
        elif lower not in CONNECTION_FIELDS:
            yield lower.encode("latin-1"), value.encode("latin-1")
    length = response.content_length
    if response.body == b"" and announced is not None:  # of HEAD: known without making the body
        length = int(announced) if announced.isdecimal() else None
    if length is not None and response.status not in {204, 304}:
        yield b"content-length", b"%d" % length


async def _run_lifespan(lifespan: SupportsLifespan | None, receive: Receive, send: Send) -> None:
    """Run the hooks when the server says so; what fails is reported, not raised."""
    await receive()
    try:
        if lifespan is not None:
            await lifespan.startup()
    except Exception as error:  # noqa: BLE001 - the server is told, whatever it was
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    try:
        if lifespan is not None:
            await lifespan.drain()
            await lifespan.shutdown()
    except Exception as error:  # noqa: BLE001 - the same
        await send({"type": "lifespan.shutdown.failed", "message": str(error)})
        return
    await send({"type": "lifespan.shutdown.complete"})
