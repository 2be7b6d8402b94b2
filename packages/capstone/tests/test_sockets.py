"""groundup.sockets: a handshake passes every layer, and the server says when it goes away."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from groundup import Application, Request, Response
from groundup_asyncserver import Server, ServerConfig
from groundup_websockets import HandshakeError, connect

HANDSHAKE = {
    "Host": "site.example",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
}


def echo_app(**options: Any) -> Application:
    app = Application(**options)

    @app.websocket("/echo/:room", subprotocols=["b", "a"])
    async def echo(ws: Any, request: Request) -> None:
        async for message in ws:
            await ws.send(f"{request.params['room']}: {message}")

    return app


@asynccontextmanager
async def served(app: Application) -> AsyncGenerator[str, None]:
    async with asyncio.timeout(20), Server(app, ServerConfig(port=0, grace=5)) as server:
        yield f"ws://127.0.0.1:{server.port}"


async def test_a_socket_talks_to_its_handler() -> None:
    app = echo_app()
    async with served(app) as url, connect(f"{url}/echo/tea", subprotocols=["a"]) as ws:
        await ws.send("hello")
        assert await ws.receive() == "tea: hello"
        assert ws.subprotocol == "a"
        assert len(app.sockets) == 1
    assert len(app.sockets) == 0


async def test_a_layer_refuses_by_answering() -> None:
    app = echo_app()
    seen: list[str] = []

    @app.use
    async def members_only(request: Request, next: Any) -> Response:
        seen.append(request.path)
        return Response(403, "members only")

    async with served(app) as url:
        with pytest.raises(HandshakeError) as caught:
            async with connect(f"{url}/echo/tea"):
                pass

    assert caught.value.status == 403
    assert seen == ["/echo/tea"]


@pytest.mark.parametrize(
    ("origin", "origins", "status"),
    [
        (None, None, 101),
        ("http://site.example", None, 101),
        ("https://site.example", None, 101),
        ("http://evil.example", None, 403),
        ("http://site.example.evil.example", None, 403),
        ("http://site.example:81", None, 403),
        ("null", None, 403),
        ("https://friend.example", ["https://friend.example"], 101),
        ("http://site.example", ["https://friend.example"], 403),
    ],
)
async def test_pages_of_other_sites_are_refused(
    origin: str | None, origins: list[str] | None, status: int
) -> None:
    headers = HANDSHAKE if origin is None else {**HANDSHAKE, "Origin": origin}

    response = await echo_app(origins=origins).handle(Request("GET", "/echo/x", headers))

    assert response.status == status


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Upgrade": "h2c"}, 400),
        ({"Sec-WebSocket-Version": "8"}, 426),
        ({"Sec-WebSocket-Key": "x"}, 400),
    ],
)
async def test_what_is_no_handshake_is_told_so(change: dict[str, str], status: int) -> None:
    response = await echo_app().handle(Request("GET", "/echo/x", {**HANDSHAKE, **change}))

    assert response.status == status


async def test_an_error_in_a_handler_closes_with_1011_and_hurts_nobody_else() -> None:
    app = echo_app()

    @app.websocket("/broken")
    async def broken(ws: Any, request: Request) -> None:
        raise LookupError

    async with served(app) as url:
        async with connect(f"{url}/broken") as ws:
            assert await ws.receive() is None
            assert ws.close_code == 1011
        async with connect(f"{url}/echo/x") as ws:
            await ws.send("still there")
            assert await ws.receive() == "x: still there"


async def test_draining_closes_every_socket_with_1001_also_of_mounted_applications() -> None:
    outer, inner = echo_app(), echo_app()
    outer.mount("/in", inner)
    async with (
        served(outer) as url,
        connect(f"{url}/echo/x") as one,
        connect(f"{url}/in/echo/x") as two,
    ):
        _, *heard = await asyncio.gather(outer.drain(), one.receive(), two.receive())
        assert heard == [None, None]

    assert (one.close_code, two.close_code) == (1001, 1001)


async def test_no_handshake_is_accepted_while_draining() -> None:
    app = echo_app()
    await app.startup()
    await app.drain()

    assert (await app.handle(Request("GET", "/echo/x", HANDSHAKE))).status == 503

    await app.startup()
    assert (await app.handle(Request("GET", "/echo/x", HANDSHAKE))).status == 101
