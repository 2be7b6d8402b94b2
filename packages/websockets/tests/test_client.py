"""groundup_websockets.client: connecting, and servers that do not do their part."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from groundup_websockets import (
    HandshakeError,
    WebSocket,
    WebSocketConfig,
    accept_token,
    connect,
)
from groundup_websockets.client import MAX_HEAD

CERTIFICATE = Path(__file__).with_name("localhost.pem")  # of nobody, for tests, with its key

Serve = Callable[..., Awaitable[str]]
Answer = Callable[..., Awaitable[str]]


@pytest.fixture
async def answer() -> AsyncIterator[Answer]:
    """A server that reads a request, writes bytes, and hangs up at once or when the client does."""
    servers: list[asyncio.Server] = []
    open_connections: set[asyncio.Task[Any] | None] = set()

    async def start(data: bytes | Callable[[bytes], bytes], *, stay: bool = False) -> str:
        async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            open_connections.add(asyncio.current_task())
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(data if isinstance(data, bytes) else data(head))
            with suppress(ConnectionError):
                await writer.drain()
                if stay:
                    await reader.read()
                writer.close()
                await writer.wait_closed()
            open_connections.discard(asyncio.current_task())

        server = await asyncio.start_server(respond, "127.0.0.1", 0)
        servers.append(server)
        return f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    yield start
    async with asyncio.timeout(5):
        while open_connections:  # noqa: ASYNC110 - tasks of the server have no Event
            await asyncio.sleep(0.001)
    for server in servers:
        server.close()
        await server.wait_closed()


async def test_a_subprotocol_is_agreed_upon(serve: Serve) -> None:
    async def handler(ws: WebSocket) -> None:
        await ws.send(str(ws.subprotocol))

    url = await serve(handler, subprotocols=["chat.v2", "chat.v1"])

    async with connect(url, subprotocols=["chat.v1", "chat.v2"]) as ws:
        assert await ws.receive() == ws.subprotocol == "chat.v2"


async def test_an_origin_is_sent(serve: Serve, echo: Any) -> None:
    url = await serve(echo, origins=["https://good.org"])

    async with connect(url, origin="https://good.org"):
        pass
    with pytest.raises(HandshakeError) as caught:
        async with connect(url, origin="https://evil.org"):
            pass

    assert caught.value.status == 403


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "closed the connection", id="nothing"),
        pytest.param(b"HTTP/1.1 101", "closed the connection", id="cut-off"),
        pytest.param(b"HTTP/1.1 404 Not Found\r\n\r\n", "must answer 101, got 404", id="404"),
        pytest.param(b"SSH-2.0\r\n\r\n", "must start with HTTP/1.1", id="not-http"),
        pytest.param(b"HTTP/1.1 101 x\r\nbad line\r\n\r\n", "a name and a value", id="no-field"),
        pytest.param(b"HTTP/1.1 101 x\r\nA: b\r\n\r\n", "Upgrade", id="no-upgrade"),
        pytest.param(b"x" * (MAX_HEAD + 1), "at most 16384", id="endless"),
    ],
)
async def test_wrong_answers_are_refused(answer: Answer, data: bytes, message: str) -> None:
    url = await answer(data)

    with pytest.raises(HandshakeError, match=message):
        async with connect(url):
            pass


async def test_a_silent_server_times_out(answer: Answer) -> None:
    url = await answer(b"", stay=True)

    with pytest.raises(TimeoutError):
        async with connect(url, open_timeout=0.05):
            pass


@pytest.mark.parametrize(
    "url",
    ["http://x/", "ws:///x", "ws://x/#part", "x", "ws://x/a b", "ws://x/\r\nA: b", "ws://x/é"],
)
async def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a URL must be"):
        async with connect(url):
            pass


@pytest.mark.parametrize("headers", [{"A": "b\r\nC: d"}, {"A b": "c"}, {"": "x"}])
async def test_fields_cannot_smuggle_others_in(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="a field must have a token"):
        async with connect("ws://127.0.0.1:1/", headers=headers):
            pass


async def test_nobody_there_is_an_oserror() -> None:
    with pytest.raises(OSError, match="Connect"):
        async with connect("ws://127.0.0.1:1/"):
            pass


async def test_an_error_in_the_block_ends_the_connection(serve: Serve) -> None:
    codes: list[int | None] = []
    ended = asyncio.Event()

    async def handler(ws: WebSocket) -> None:
        assert await ws.receive() is None
        codes.append(ws.close_code)
        ended.set()

    url = await serve(handler)

    with pytest.raises(KeyError):
        async with connect(url):
            raise KeyError
    await asyncio.wait_for(ended.wait(), 5)
    assert codes == [1011]


async def test_a_server_that_never_ends_tcp_is_left_after_a_while(answer: Answer) -> None:
    def accept_and_close(head: bytes) -> bytes:
        key = head.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0].decode()
        fields = f"Sec-WebSocket-Accept: {accept_token(key)}\r\n\r\n".encode()
        head = b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + fields
        return head + b"\x81\x05first\x88\x02\x03\xe8"

    url = await answer(accept_and_close, stay=True)

    async with connect(url, config=WebSocketConfig(close_timeout=0.1)) as ws:
        assert await ws.receive() == "first"
        assert await ws.receive() is None
    assert ws.close_code == 1000


async def test_wss_is_the_same_over_tls(serve: Serve, echo: Any) -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(CERTIFICATE)
    url = await serve(echo, WebSocketConfig(max_message=1000), ssl=server)
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))

    async with connect(url, ssl=trusting) as ws:
        await ws.send("secret")
        assert await ws.receive() == "secret"
    assert ws.close_code == 1000
    async with connect(url, ssl=trusting) as ws:
        await ws.send(bytes(range(250)) * 5)
        assert await ws.receive() is None
    assert ws.close_code == 1009
    with pytest.raises(ssl.SSLCertVerificationError):
        async with connect(url):
            pass


async def test_repeated_fields_of_an_answer_are_one_list(answer: Answer) -> None:
    def accept_twice(head: bytes) -> bytes:
        key = head.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0].decode()
        token = accept_token(key).encode()
        return (
            b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: keep-alive\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + token + b"\r\n\r\n\x88\x00"
        )

    async with connect(await answer(accept_twice)) as ws:
        assert await ws.receive() is None
    assert ws.close_code == 1005
