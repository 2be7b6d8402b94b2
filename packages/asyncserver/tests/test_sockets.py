"""groundup_asyncserver.sockets: WebSockets of ASGI applications, over any kind of message."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from groundup_asyncserver import ASGIHandler, from_asgi
from groundup_messages import Request, Response, Upgrade

HANDSHAKE = (
    b"GET /chat?room=1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Protocol: one, two\r\n\r\n"
)


class Refused(Exception):  # noqa: N818 - what an opener may raise
    status = 426


class Closed(Exception):  # noqa: N818 - the same
    pass


class Lines(asyncio.Protocol):
    """A WebSocket as far as an application can tell: each message is a line, ``!`` ends it."""

    def __init__(self, run: Callable[[Any], Awaitable[None]]) -> None:
        self._run = run
        self._lines: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.close_code: int | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._task = asyncio.ensure_future(self._serve())

    def data_received(self, data: bytes) -> None:
        for line in data.splitlines():
            if line == b"!":
                self.close_code = 1001
                self._lines.put_nowait(None)
            else:
                self._lines.put_nowait(line[1:] if line[:1] == b"#" else line.decode())

    def connection_lost(self, exc: Exception | None) -> None:
        self.close_code = self.close_code or 1006
        self._lines.put_nowait(None)

    async def _serve(self) -> None:
        try:
            await self._run(self)
            self._write(b"returned")
        except (RuntimeError, TypeError) as error:
            self._write(f"failed: {error}".encode())
        self._transport.close()

    def _write(self, line: bytes) -> None:
        self._transport.write(line + b"\n")

    async def receive(self) -> str | bytes | None:
        return await self._lines.get()

    async def send(self, message: str | bytes) -> None:
        if self.close_code is not None:
            raise Closed
        self._write(message.encode() if isinstance(message, str) else b"#" + message)

    async def close(self, code: int, reason: str) -> None:
        self.close_code = code
        self._write(f"closed {code} {reason}".encode())


def open_lines(
    request: Request,
    run: Callable[[Any], Awaitable[None]],
    *,
    subprotocol: str | None,
    headers: list[tuple[str, str]],
) -> Response:
    if "Refuse" in request.headers:
        raise Refused("no good handshake")
    fields = [("Upgrade", "websocket"), ("Connection", "Upgrade"), *headers]
    if subprotocol is not None:
        fields.append(("Sec-WebSocket-Protocol", subprotocol))
    return Upgrade(lambda: Lines(run), fields)


def host(app: Any) -> ASGIHandler:
    return from_asgi(app, websocket=open_lines)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    assert (await receive()) == {"type": "websocket.connect"}
    accept = {"type": "websocket.accept", "subprotocol": "two", "headers": [(b"x-a", b"b")]}
    await send(accept)
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})
    await send_or_say(send, message["code"])


async def send_or_say(send: Any, code: int) -> None:
    try:
        await send({"type": "websocket.send", "text": "late"})
    except OSError as error:
        raise RuntimeError(f"{code}: {error}") from None


async def test_messages_go_both_ways(connect: Any) -> None:
    wire = await connect(host(echo))
    await wire.send(HANDSHAKE)
    head = await wire.read_until(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"\r\nx-a: b\r\n" in head
    assert b"\r\nSec-WebSocket-Protocol: two\r\n" in head

    await wire.send(b"hello\n#\x00\xff\n")
    assert await wire.read(10) == b"hello\n#\x00\xff\n"
    await wire.send(b"!\n")

    assert await wire.read_all() == (b"failed: 1001: the connection is closed\n")


async def test_the_scope_tells_of_the_handshake(connect: Any) -> None:
    scopes: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)
        await send({"type": "websocket.accept"})

    wire = await connect(host(app))
    await wire.send(HANDSHAKE)
    assert (await wire.read_all()).endswith(b"\r\n\r\nreturned\n")

    scope = next(scope for scope in scopes if scope["type"] == "websocket")
    assert scope["path"] == "/chat"
    assert scope["query_string"] == b"room=1"
    assert scope["scheme"] == "ws"
    assert scope["subprotocols"] == ["one", "two"]
    assert "method" not in scope
    assert (b"upgrade", b"websocket") in scope["headers"]


REFUSALS: list[tuple[list[dict[str, Any]], bytes]] = [
    ([{"type": "websocket.close"}], b"HTTP/1.1 403 Forbidden\r\n"),
    (
        [
            {"type": "websocket.http.response.start", "status": 401, "headers": []},
            {"type": "websocket.http.response.body", "body": b"log ", "more_body": True},
            {"type": "websocket.http.response.body", "body": b"in"},
        ],
        b"HTTP/1.1 401 Unauthorized\r\n",
    ),
    ([], b"HTTP/1.1 500 Internal Server Error\r\n"),
    ([{"type": "http.response.start"}], b"HTTP/1.1 500 Internal Server Error\r\n"),
]


@pytest.mark.parametrize(("messages", "expected"), REFUSALS)
async def test_what_is_not_accepted_is_refused(
    exchange: Any, messages: Any, expected: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await receive()
        for message in messages:
            await send(message)

    answer = await exchange(host(app), HANDSHAKE.replace(b": Upgrade", b": Upgrade, close"))

    assert answer.startswith(expected)
    assert (b"log in" in answer) == (b"401" in expected)
    assert bool(caplog.records) == (b" 500 " in expected)


async def test_a_bad_handshake_is_refused_when_it_is_accepted(exchange: Any) -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await receive()
        try:
            await send({"type": "websocket.accept"})
        except OSError as error:
            seen.append(str(error))
            seen.append((await receive())["type"])

    bad = HANDSHAKE.replace(b": Upgrade", b": Upgrade, close\r\nRefuse: yes")
    answer = await exchange(host(app), bad)

    assert answer.startswith(b"HTTP/1.1 426 ")
    assert seen == ["the handshake is refused", "websocket.disconnect"]


async def test_an_application_may_close(connect: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4000, "reason": "enough"})

    wire = await connect(host(app))
    await wire.send(HANDSHAKE)

    assert (await wire.read_all()).endswith(b"closed 4000 enough\nreturned\n")


async def test_an_error_of_an_open_connection_is_its_protocols(connect: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.accept"})

    wire = await connect(host(app))
    await wire.send(HANDSHAKE)

    assert (await wire.read_all()).endswith(
        b"failed: an ASGI application must not send 'websocket.accept' here\n"
    )


async def test_a_mistake_in_a_message_is_not_taken_for_an_end(connect: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "bytes": 5})

    wire = await connect(host(app))
    await wire.send(HANDSHAKE)

    assert b"failed: can't concat int to bytes\n" in await wire.read_all()


async def test_a_client_that_leaves_in_the_handshake_is_an_end(
    start: Any, connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    ended = asyncio.Event()
    went_on = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await receive()
        went_on.set()
        if (await receive())["type"] == "websocket.disconnect":
            ended.set()

    wire = await connect(host(app), disconnect_grace=0.05)
    await wire.send(HANDSHAKE)
    async with asyncio.timeout(5):
        await went_on.wait()
        await wire.close()
        await ended.wait()

    assert not caplog.records


async def test_an_application_that_talks_on_to_nobody_is_no_error(connect: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await receive()
        assert (await receive())["type"] == "websocket.disconnect"
        await send({"type": "websocket.send", "text": "late"})

    wire = await connect(host(app))
    await wire.send(HANDSHAKE)
    await wire.read_until(b"\r\n\r\n")
    await wire.send(b"!\n")

    assert await wire.read_all() == b"returned\n"


async def test_a_stop_ends_the_application(start: Any, connect: Any) -> None:
    cancelled = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await send({"type": "websocket.accept"})
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    server = await start(host(app), grace=0.05)
    wire = await connect(server)
    await wire.send(HANDSHAKE)
    await wire.read_until(b"\r\n\r\n")

    await server.stop()

    assert cancelled.is_set()


async def test_without_an_opener_a_handshake_is_a_request(exchange: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": scope["type"].encode()})

    answer = await exchange(from_asgi(app), HANDSHAKE.replace(b"HTTP/1.1", b"HTTP/1.0"))

    assert answer.endswith(b"http")
