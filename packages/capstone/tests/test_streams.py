"""groundup.streams: event streams end with the server, and other streams when they are done."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from groundup import Application, Request, Response
from groundup_asyncserver import Server, ServerConfig
from groundup_middleware import compression


class Source:
    """Gives one event and then waits for ever, and knows whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    async def events(self) -> AsyncIterator[str]:
        try:
            yield "first"
            await asyncio.Event().wait()
        finally:
            self.closed = True


def make(source: Source) -> Application:
    app = Application()

    @app.get("/events")
    async def events(request: Request) -> Response:
        return Response.events(source.events())

    return app


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
async def test_a_stopping_server_ends_event_streams_at_once_and_regularly(
    compressed: bool,
) -> None:
    source = Source()
    app = make(source)
    app.use(compression())
    async with asyncio.timeout(10):
        async with Server(app, ServerConfig(port=0, grace=60)) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            coding = b"Accept-Encoding: gzip\r\n" if compressed else b""
            writer.write(b"GET /events HTTP/1.1\r\nHost: x\r\n" + coding + b"\r\n")
            await reader.readuntil(b"\r\n\r\n")
            await reader.readline()
            assert len(app.streams) == 1
        rest = await reader.read()
        writer.close()

    assert rest.endswith(b"0\r\n\r\n")
    assert source.closed
    assert len(app.streams) == 0


async def test_what_the_source_gives_arrives_and_its_end_is_the_end() -> None:
    async def three() -> AsyncIterator[Any]:
        for number in range(3):
            yield {"n": number}

    app = Application()

    @app.get("/")
    async def events(request: Request) -> Response:
        return Response.events(three())

    response: Any = await app.handle(Request("GET", "/"))
    pieces = [piece async for piece in response.body]

    assert b"".join(pieces) == b'data: {"n":0}\n\ndata: {"n":1}\n\ndata: {"n":2}\n\n'
    assert len(app.streams) == 0


async def test_an_error_of_the_source_comes_out() -> None:
    async def broken() -> AsyncIterator[str]:
        yield "one"
        raise LookupError("gone")

    app = Application()

    @app.get("/")
    async def events(request: Request) -> Response:
        return Response.events(broken())

    response: Any = await app.handle(Request("GET", "/"))
    with pytest.raises(LookupError, match="gone"):
        async for _ in response.body:
            pass
    assert len(app.streams) == 0


async def test_a_client_that_leaves_closes_the_source() -> None:
    source = Source()
    app = make(source)
    response: Any = await app.handle(Request("GET", "/events"))

    assert await anext(response.body) == b"data: first\n\n"
    await response.aclose()

    assert source.closed
    assert len(app.streams) == 0


async def test_other_streams_are_left_alone() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"x"

    app, stream = Application(), pieces()

    @app.get("/")
    async def download(request: Request) -> Response:
        return Response.stream(stream)

    response = await app.handle(Request("GET", "/"))

    assert response.body is stream
    await stream.aclose()  # type: ignore[attr-defined]  # of a generator


async def test_an_application_that_is_draining_begins_no_stream() -> None:
    source = Source()
    app = make(source)
    await app.startup()
    await app.drain()

    response: Any = await app.handle(Request("GET", "/events"))

    assert [piece async for piece in response.body] == []
    await app.startup()
    response = await app.handle(Request("GET", "/events"))
    assert await anext(response.body) == b"data: first\n\n"
    await response.aclose()
