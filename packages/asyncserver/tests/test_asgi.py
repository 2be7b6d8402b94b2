"""groundup_asyncserver.asgi: a handler under somebody else's server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from groundup_asyncserver import as_asgi
from groundup_messages import Request, Response


def scope(**more: Any) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/", "headers": [], **more}


class Peer:
    """An ASGI server that does what its test says."""

    def __init__(self, *messages: dict[str, Any], stays: bool = True) -> None:
        self.waiting = list(messages)
        self.sent: list[dict[str, Any]] = []
        self.left = asyncio.Event()
        if not stays:
            self.left.set()

    async def receive(self) -> dict[str, Any]:
        if self.waiting:
            return self.waiting.pop(0)
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


async def run(handler: Any, *messages: dict[str, Any], **more: Any) -> Peer:
    peer = Peer(*messages)
    await as_asgi(handler)(scope(**more), peer.receive, peer.send)
    return peer


async def test_httpx_gets_the_answers_of_a_handler() -> None:
    def handler(request: Request) -> Response:
        return Response.json({"path": request.path, "body": request.text})

    transport = httpx.ASGITransport(app=as_asgi(handler))
    async with httpx.AsyncClient(transport=transport, base_url="http://a") as client:
        response = await client.post("/here?a=1", content="body")

    assert response.json() == {"path": "/here", "body": "body"}


async def test_bytes_are_one_message_with_their_length() -> None:
    async def handler(request: Request) -> Response:
        return Response(201, "made", {"X-A": "1", "Connection": "close"})

    peer = await run(handler)

    assert peer.sent == [
        {
            "type": "http.response.start",
            "status": 201,
            "headers": [
                (b"x-a", b"1"),
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"4"),
            ],
        },
        {"type": "http.response.body", "body": b"made"},
    ]


def sync_pieces() -> Iterator[str]:
    yield "a"
    yield "b"


async def async_pieces() -> AsyncIterator[str]:
    yield "a"
    yield "b"


@pytest.mark.parametrize("make", [sync_pieces, async_pieces])
async def test_streams_are_sent_piece_by_piece(make: Any) -> None:
    async def handler(request: Request) -> Response:
        return Response.stream(make())

    peer = await run(handler)

    assert [message.get("body") for message in peer.sent[1:]] == [b"a", b"b", b""]
    assert b"content-length" not in peer.headers
    assert b"transfer-encoding" not in peer.headers


async def test_files_have_a_length(tmp_path: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 200_000)

    async def handler(request: Request) -> Response:
        return Response.file(path)

    peer = await run(handler)

    assert peer.body == b"x" * 200_000
    assert peer.headers[b"content-length"] == b"200000"


@pytest.mark.parametrize("status", [204, 304])
async def test_no_content_where_there_is_none(status: int) -> None:
    async def handler(request: Request) -> Response:
        return Response(status, b"never")

    peer = await run(handler)

    assert peer.body == b""
    assert b"content-length" not in peer.headers


async def test_head_has_the_length_and_no_body() -> None:
    async def handler(request: Request) -> Response:
        return Response(200, "body")

    peer = await run(handler, method="HEAD")

    assert peer.body == b""
    assert peer.headers[b"content-length"] == b"4"


async def test_a_handler_of_head_may_know_the_length_without_a_body() -> None:
    async def handler(request: Request) -> Response:
        return Response(200, b"", {"Content-Length": "1234"})

    peer = await run(handler, method="HEAD")

    assert peer.headers[b"content-length"] == b"1234"


async def test_errors_are_answered() -> None:
    async def handler(request: Request) -> Response:
        raise KeyError

    assert (await run(handler)).sent[0]["status"] == 500


async def test_what_is_no_response_is_500(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> Any:
        return None

    assert (await run(handler)).sent[0]["status"] == 500
    assert "must return a Response" in caplog.text


async def test_a_body_over_the_limit_is_413() -> None:
    async def handler(request: Request) -> Response:
        return Response()

    peer = Peer({"type": "http.request", "body": b"x" * 11})
    app = as_asgi(handler, max_body=10)
    await app(scope(method="POST"), peer.receive, peer.send)

    assert peer.sent[0]["status"] == 413


async def test_a_method_of_an_application_that_streams_gets_the_stream() -> None:
    class Application:
        streams_body = True

        async def handle(self, request: Request) -> Response:
            return Response.stream(request.stream())

    peer = await run(
        Application().handle,
        {"type": "http.request", "body": b"abc", "more_body": True},
        {"type": "http.request", "body": b"def"},
        method="POST",
    )

    assert peer.body == b"abcdef"


async def test_an_endless_stream_ends_with_its_client() -> None:
    ended = asyncio.Event()
    peer = Peer()

    async def pieces() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"tick"
                peer.left.set()
                await asyncio.sleep(0)
        finally:
            ended.set()

    async def handler(request: Request) -> Response:
        return Response.stream(pieces())

    async with asyncio.timeout(5):
        await as_asgi(handler)(scope(), peer.receive, peer.send)

    assert ended.is_set()


async def test_a_stream_that_breaks_off_raises_so_that_the_server_resets() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"part"
        raise KeyError("broken")

    async def handler(request: Request) -> Response:
        return Response.stream(pieces())

    with pytest.raises(KeyError, match="broken"):
        await run(handler)


async def test_a_client_that_leaves_in_its_body_is_no_error() -> None:
    async def handler(request: Request) -> Response:
        return Response()

    peer = Peer(stays=False)
    await as_asgi(handler)(scope(method="POST"), peer.receive, peer.send)

    assert peer.sent == []


STARTED = {"type": "lifespan.startup.complete"}
STOPPED = {"type": "lifespan.shutdown.complete"}


@pytest.mark.parametrize(
    ("fails_in", "steps", "sent"),
    [
        ("", ["startup", "drain", "shutdown"], [STARTED, STOPPED]),
        ("startup", ["startup"], [{"type": "lifespan.startup.failed", "message": "no startup"}]),
        (
            "drain",
            ["startup", "drain"],
            [STARTED, {"type": "lifespan.shutdown.failed", "message": "no drain"}],
        ),
    ],
)
async def test_lifespan_runs_the_hooks(fails_in: str, steps: list[str], sent: list[Any]) -> None:
    story: list[str] = []

    class Application:
        async def __call__(self, request: Request) -> Response:
            return Response()

        async def startup(self) -> None:
            self.tell("startup")

        async def drain(self) -> None:
            self.tell("drain")

        async def shutdown(self) -> None:
            self.tell("shutdown")

        def tell(self, what: str) -> None:
            story.append(what)
            if what == fails_in:
                raise RuntimeError("no " + what)

    peer = Peer({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    await as_asgi(Application())({"type": "lifespan"}, peer.receive, peer.send)

    assert story == steps
    assert peer.sent == sent


async def test_a_handler_without_hooks_has_a_lifespan_all_the_same() -> None:
    peer = Peer({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    await as_asgi(lambda request: Response())({"type": "lifespan"}, peer.receive, peer.send)

    assert [message["type"] for message in peer.sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


async def test_other_scopes_are_refused() -> None:
    peer = Peer()

    with pytest.raises(NotImplementedError, match="got 'websocket'"):
        await as_asgi(lambda request: Response())({"type": "websocket"}, peer.receive, peer.send)


async def test_an_interim_status_cannot_be_the_answer() -> None:
    async def handler(request: Request) -> Response:
        return Response(103)

    assert (await run(handler)).sent[0]["status"] == 500
