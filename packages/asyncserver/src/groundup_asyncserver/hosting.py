"""Run an ASGI 3 application as a handler: ``from_asgi``, the other direction.

    Request ─► scope ─► app(scope, receive, send) ─► start and body messages ─► Response

The application runs in a task of its own, because it goes on while its body is being sent, and may
go on after it.  What it sends waits until the client has taken what came before.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from groundup_asyncserver.errors import Disconnected
from groundup_asyncserver.scope import (
    VERSIONS,
    ASGIApp,
    Message,
    asks_for_websocket,
    http_scope,
    websocket_scope,
)
from groundup_asyncserver.sockets import SocketExchange, SocketOpener
from groundup_messages import Request
from groundup_response import Response

__all__ = ["ASGIHandler", "from_asgi"]

logger = logging.getLogger("groundup.server")

CONNECTION_FIELDS = frozenset({"connection", "transfer-encoding", "keep-alive"})
AHEAD = 2  # body messages that an application may be ahead of its client


def from_asgi(app: ASGIApp, *, websocket: SocketOpener | None = None) -> "ASGIHandler":
    """Return a handler that answers with an ASGI 3 application; HTTP, lifespan and WebSockets.

    >>> async def app(scope, receive, send):
    ...     await send({"type": "http.response.start", "status": 200, "headers": []})
    ...     await send({"type": "http.response.body", "body": b"Hello!"})
    >>> asyncio.run(from_asgi(app)(Request("GET", "/"))).text
    'Hello!'

    Args:
        app: The application.
        websocket: What opens a WebSocket; without it a handshake is a request like any other.
    """
    return ASGIHandler(app, websocket)


class ASGIHandler:
    """A handler made of an ASGI application.  Belongs to one event loop."""

    streams_body = True

    def __init__(self, app: ASGIApp, websocket: SocketOpener | None = None) -> None:
        self._app = app
        self._open_socket = websocket
        self._state: dict[str, Any] = {}
        self._lifespan: Lifespan | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, request: Request) -> Response:
        """Answer a request, or the handshake of a WebSocket."""
        if self._open_socket is not None and asks_for_websocket(request):
            meeting = SocketExchange(request, self._open_socket)
            self._keep(meeting.start(self._app, websocket_scope(request, self._state)))
            return await meeting.make_response()
        exchange = Exchange(request)
        scope = http_scope(request, self._state)
        self._keep(asyncio.ensure_future(exchange.run(self._app, scope)))
        try:
            return await exchange.make_response()
        except BaseException:
            exchange.disconnect()
            raise

    def _keep(self, task: "asyncio.Task[None]") -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def startup(self) -> None:
        """Start the application, if it has a lifespan.

        Raises:
            RuntimeError: It says that it cannot start.
        """
        self._lifespan = Lifespan(self._app, self._state)
        await self._lifespan.startup()

    async def drain(self) -> None:
        """Do nothing: ASGI has no word for it."""

    async def shutdown(self) -> None:
        """Stop the application: first what it still does for requests, then its lifespan."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._lifespan is not None:
            await self._lifespan.shutdown()


class Exchange:
    """One call of an application: what it receives, and what becomes of what it sends."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._pieces = request.stream()
        self._body_ended = False
        self._gone = asyncio.Event()
        self._start: Message | None = None
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue(AHEAD)
        self._error: BaseException | None = None

    async def run(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        """Run the application; its error is raised where its answer is waited for."""
        try:
            await app(scope, self.receive, self.send)
        except Exception as error:
            self._error = error
            if self._gone.is_set() and not isinstance(error, OSError):
                logger.exception("an ASGI application failed after its answer")
        finally:
            if not self._gone.is_set():
                with suppress(asyncio.CancelledError):
                    await self._messages.put(None)

    async def make_response(self) -> Response:
        """Wait for the head of the answer, and return it with its body, here or on the way."""
        first = await self._messages.get()
        if first is None or self._start is None:
            raise self._error or RuntimeError("an ASGI application must send a response")
        fields = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in self._start.get("headers", ())
            if name.lower().decode("latin-1") not in CONNECTION_FIELDS
        ]
        if first.get("more_body", False):
            response = Response(self._start["status"], self._stream(first), fields)
        else:
            response = Response(self._start["status"], first.get("body", b""), fields)
        response.call_on_close(self.disconnect)
        return response

    def disconnect(self) -> None:
        """Say that nobody takes what is sent any more."""
        self._gone.set()
        while not self._messages.empty():  # let a send that waits for room go on, into its error
            self._messages.get_nowait()

    async def receive(self) -> Message:
        """Give the application the next piece of the body, or the news that the client went."""
        if not self._body_ended:
            try:
                piece = await anext(self._pieces)
            except StopAsyncIteration:
                self._body_ended = True
                return {"type": "http.request", "body": b"", "more_body": False}
            except Disconnected:
                self._body_ended = True
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": piece, "more_body": True}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a message of the application.

        Raises:
            OSError: The client is gone.
            RuntimeError: It has no place here.
        """
        kind = message["type"]
        if self._gone.is_set():
            raise Disconnected("the client closed the connection, or has its answer")
        if kind == "http.response.start" and self._start is None:
            self._start = message
        elif kind == "http.response.body" and self._start is not None:
            await self._messages.put(message)
        else:
            raise RuntimeError(f"an ASGI application must not send {kind!r} here")

    async def _stream(self, message: Message | None) -> AsyncIterator[bytes]:
        while message is not None:
            if body := message.get("body", b""):
                yield body
            if not message.get("more_body", False):
                return
            message = await self._messages.get()
        raise self._error or RuntimeError("an ASGI application must end its response")


class Lifespan:
    """The part of an application that runs before, beside and after its requests."""

    def __init__(self, app: ASGIApp, state: dict[str, Any]) -> None:
        self._app = app
        self._scope = {"type": "lifespan", "asgi": VERSIONS, "state": state}
        self._events: asyncio.Queue[Message] = asyncio.Queue(2)
        self._answers: asyncio.Queue[Message | None] = asyncio.Queue(4)
        self._task: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        """Tell the application to start.  One without a lifespan raises, and that is fine.

        Raises:
            RuntimeError: It says that it cannot.
        """
        self._task = asyncio.ensure_future(self._run())
        if (await self._ask("startup")) is None:
            self._task = None

    async def shutdown(self) -> None:
        """Tell the application to stop."""
        if self._task is not None:
            await self._ask("shutdown")
            await self._task

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._events.get, self._answers.put)
        except Exception as error:  # noqa: BLE001 - so an application says that it has no lifespan
            logger.debug("no lifespan: %r", error)
        finally:
            self._answers.put_nowait(None)

    async def _ask(self, what: str) -> Message | None:
        await self._events.put({"type": f"lifespan.{what}"})
        answer = await self._answers.get()
        if answer is not None and answer["type"] == f"lifespan.{what}.failed":
            raise RuntimeError(f"the ASGI application failed to {what}: {answer.get('message')}")
        return answer
