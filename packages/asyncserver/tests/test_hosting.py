"""groundup_asyncserver.hosting: somebody else's application under our server."""

import asyncio
from typing import Any

import httpx
import pytest

from groundup_asyncserver import from_asgi
from groundup_messages import Request

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def start(status: int = 200, **headers: str) -> dict[str, Any]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": pairs}


def body(data: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": more}


async def echo(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise NotImplementedError
    await send(start(content_type="text/plain"))
    while True:
        message = await receive()
        await send(body(message.get("body", b""), more=message.get("more_body", False)))
        if not message.get("more_body", False):
            return


async def test_an_application_is_served(start: Any) -> None:
    server = await start(from_asgi(echo))

    async with httpx.AsyncClient(base_url=server.url) as client:
        for _ in range(2):
            response = await client.post("/", content=b"x" * 300_000)
            assert response.content == b"x" * 300_000
            assert response.headers["content-type"] == "text/plain"


async def test_the_scope_says_all_that_the_request_says() -> None:
    scopes: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)
        await send(start())
        await send(body(b""))

    await from_asgi(app)(
        Request("PUT", "/caf%C3%A9?a=1", {"X-A": "1"}, client=None, http_version="1.0")
    )

    (scope,) = scopes
    assert scope["type"] == "http"
    assert (scope["method"], scope["path"], scope["raw_path"]) == (
        "PUT",
        "/café",
        b"/caf%C3%A9",
    )
    assert (scope["query_string"], scope["headers"]) == (b"a=1", [(b"x-a", b"1")])
    assert (scope["http_version"], scope["client"]) == ("1.0", None)


async def test_an_answer_in_one_message_is_bytes() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start(201, x_a="1", connection="close"))
        await send(body(b"whole"))

    response = await from_asgi(app)(Request())

    assert (response.status, response.body) == (201, b"whole")
    assert response.headers.multi_items() == [("x-a", "1")]


async def test_an_announced_length_is_kept(exchange: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start(content_length="6"))
        await send(body(b"abc", more=True))
        await send(body(b"def"))

    answer = await exchange(
        from_asgi(app), b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )

    assert b"\r\nContent-Length: 6\r\n" in answer
    assert answer.endswith(b"\r\n\r\nabcdef")


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([], id="nothing"),
        pytest.param([start()], id="no-body"),
        pytest.param([body(b"x")], id="body-first"),
        pytest.param([{"type": "http.response.trailers"}], id="unknown"),
    ],
)
async def test_what_is_no_answer_is_an_error(messages: list[Any]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    with pytest.raises(RuntimeError, match="an ASGI application must"):
        await from_asgi(app)(Request())


async def test_an_error_before_the_answer_is_raised() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError("first")

    with pytest.raises(KeyError, match="first"):
        await from_asgi(app)(Request())


@pytest.mark.parametrize("raises", [True, False])
async def test_an_answer_that_breaks_off_resets_the_connection(
    connect: Any, raises: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"part", more=True))
        if raises:
            raise KeyError("in the middle")

    wire = await connect(from_asgi(app))
    await wire.send(GET)

    with pytest.raises(ConnectionResetError):
        await wire.read_all()
    assert "broke off" in caplog.text


async def test_an_application_hears_that_its_client_left(connect: Any) -> None:
    heard = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"first", more=True))
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        with pytest.raises(OSError, match="closed"):
            await send(body(b"late"))
        heard.set()

    wire = await connect(from_asgi(app), disconnect_grace=0.01)
    await wire.send(GET)
    await wire.read_until(b"first")
    await wire.close()

    await asyncio.wait_for(heard.wait(), 5)


async def test_an_application_may_go_on_after_its_answer(connect: Any) -> None:
    release, ended = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start(content_length="4"))
        await send(body(b"done"))
        await release.wait()
        ended.set()

    wire = await connect(from_asgi(app))
    await wire.send(GET)
    assert (await wire.read_response())[1] == b"done"
    release.set()

    await asyncio.wait_for(ended.wait(), 5)


async def test_what_goes_on_for_ever_is_cancelled_at_the_end(start: Any, connect: Any) -> None:
    cancelled = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    server = await start(from_asgi(app))
    wire = await connect(server)
    await wire.send(GET)
    await wire.read_response()
    await server.stop()

    assert cancelled.is_set()


async def test_lifespan_and_its_state_reach_the_application(start: Any) -> None:
    story: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            assert (await receive())["type"] == "lifespan.startup"
            scope["state"]["database"] = "connected"
            story.append("startup")
            await send({"type": "lifespan.startup.complete"})
            assert (await receive())["type"] == "lifespan.shutdown"
            story.append("shutdown")
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await send({"type": "http.response.start", "status": 200})
            data = scope["state"]["database"].encode()
            await send({"type": "http.response.body", "body": data})

    server = await start(from_asgi(app))
    async with httpx.AsyncClient() as client:
        assert (await client.get(server.url)).text == "connected"
    await server.stop()

    assert story == ["startup", "shutdown"]


async def test_an_application_that_cannot_start_says_why() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    handler = from_asgi(app)

    with pytest.raises(RuntimeError, match="failed to startup: no database"):
        await handler.startup()


async def test_an_application_without_a_lifespan_starts() -> None:
    handler = from_asgi(echo)

    await handler.startup()
    await handler.drain()
    await handler.shutdown()


async def test_an_error_after_the_answer_is_logged(
    connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    release, failed = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start(content_length="4"))
        await send(body(b"done"))
        await release.wait()
        failed.set()
        raise KeyError("late")

    wire = await connect(from_asgi(app))
    await wire.send(GET)
    await wire.read_response()
    release.set()
    await asyncio.wait_for(failed.wait(), 5)
    await asyncio.sleep(0)

    assert "failed after its answer" in caplog.text


async def test_a_client_that_leaves_in_its_body_is_heard_of() -> None:
    from collections.abc import AsyncIterator

    from groundup_asyncserver import Disconnected

    heard: list[str] = []

    async def pieces() -> AsyncIterator[bytes]:
        yield b"part"
        raise Disconnected("gone")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.extend([(await receive())["type"] for _ in range(2)])

    with pytest.raises(RuntimeError, match="must send a response"):
        await from_asgi(app)(Request("POST", "/", body=pieces()))

    assert heard == ["http.request", "http.disconnect"]
