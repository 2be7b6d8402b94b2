"""What we send, the library `websockets` must read, and the other way round."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect as their_connect
from websockets.asyncio.server import serve as their_serve
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from groundup_websockets import HandshakeError, WebSocket, WebSocketConfig, connect

Serve = Callable[..., Awaitable[str]]

MESSAGES: list[str | bytes] = [
    "",
    b"",
    "Grüße 🌍",
    b"\x00\xff" * 100,
    "x" * 125,
    "x" * 126,
    "abc " * 20_000,
    bytes(range(256)) * 3000,
]
COMPRESSION = pytest.mark.parametrize("compression", ["deflate", None])


@COMPRESSION
async def test_their_client_at_our_server(serve: Serve, echo: Any, compression: Any) -> None:
    url = await serve(echo)

    async with their_connect(url, compression=compression) as ws:
        for message in MESSAGES * 2:
            await ws.send(message)
            assert await ws.recv() == message
        await ws.send(["fragments", " of ", "one"])
        assert await ws.recv() == "fragments of one"
        await (await ws.ping())

    assert (ws.close_code, ws.close_reason) == (1000, "")


@pytest.fixture
async def their_server() -> AsyncIterator[Callable[..., Awaitable[str]]]:
    servers: list[Any] = []

    async def start(**options: Any) -> str:
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)
            await ws.close(4000, "late")

        server = await their_serve(echo, "127.0.0.1", 0, max_size=None, **options)
        servers.append(server)
        return f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


@COMPRESSION
async def test_our_client_at_their_server(
    their_server: Callable[..., Awaitable[str]], compression: Any
) -> None:
    url = await their_server(compression=compression)

    async with connect(url) as ws:
        for message in MESSAGES * 2:
            await ws.send(message)
            assert await ws.receive() == message
        assert await ws.ping() >= 0

    assert (ws.close_code, ws.close_reason) == (1000, "")


async def test_many_messages_in_both_directions_at_once(serve: Serve, echo: Any) -> None:
    url = await serve(echo)

    async with their_connect(url) as ws:

        async def send_all() -> None:
            for number in range(1000):
                await ws.send(f"message {number} " + "x" * (number % 300))

        sender = asyncio.create_task(send_all())
        for number in range(1000):
            assert str(await ws.recv()).startswith(f"message {number} ")
        await sender


async def test_subprotocols(serve: Serve, their_server: Any, echo: Any) -> None:
    ours = await serve(echo, subprotocols=["chat"])
    theirs = await their_server(subprotocols=["chat"])

    async with their_connect(ours, subprotocols=["other", "chat"]) as their_ws:  # type: ignore[list-item]  # their own str
        assert their_ws.subprotocol == "chat"
    async with connect(theirs, subprotocols=["other", "chat"]) as our_ws:
        assert our_ws.subprotocol == "chat"


async def test_they_understand_why_we_close(serve: Serve, echo: Any) -> None:
    url = await serve(echo, WebSocketConfig(max_message=1000))

    async with their_connect(url, compression=None) as ws:
        await ws.send("x" * 1001)
        with pytest.raises(ConnectionClosedError) as caught:
            await ws.recv()

    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1009


async def test_refused_handshakes(serve: Serve, their_server: Any, echo: Any) -> None:
    ours = await serve(echo, origins=["https://good.org"])
    theirs = await their_server(origins=["https://good.org"])

    with pytest.raises(InvalidStatus) as caught:
        async with their_connect(ours, origin="https://evil.org"):  # type: ignore[arg-type]  # their own str
            pass
    assert caught.value.response.status_code == 403
    with pytest.raises(HandshakeError) as ours_caught:
        async with connect(theirs, origin="https://evil.org"):
            pass
    assert ours_caught.value.status == 403


async def test_our_rules_for_compression_are_theirs(serve: Serve, echo: Any) -> None:
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

    factory = ClientPerMessageDeflateFactory(
        server_no_context_takeover=True,
        client_no_context_takeover=True,
        server_max_window_bits=9,
        client_max_window_bits=10,
    )
    url = await serve(echo)

    async with their_connect(url, extensions=[factory], compression=None) as ws:
        for _ in range(3):
            await ws.send("compress me " * 100)
            assert await ws.recv() == "compress me " * 100


async def test_a_handler_hears_their_close(serve: Serve) -> None:
    ended: asyncio.Future[tuple[int | None, str]] = asyncio.get_running_loop().create_future()

    async def handler(ws: WebSocket) -> None:
        async for _ in ws:
            pass
        ended.set_result((ws.close_code, ws.close_reason))

    async with their_connect(await serve(handler)) as ws:
        await ws.close(4321, "because")

    assert await asyncio.wait_for(ended, 5) == (4321, "because")
