"""groundup.asgi: the same application on the servers of others, by raw calls as they make them."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from groundup import Application, Request, Response
from groundup.asgi import ASGIWebSocket
from groundup_asyncserver import from_asgi
from groundup_websockets import ConnectionClosed

HANDSHAKE = [
    (b"host", b"site.example"),
    (b"upgrade", b"websocket"),
    (b"connection", b"Upgrade"),
    (b"sec-websocket-version", b"13"),
    (b"sec-websocket-key", b"x3JJHMbDL1EzLkh9GBhXDw=="),
]


class Wire:
    """A server's end of one scope: gives its messages, keeps what is sent."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self._messages = list(messages)
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if self._messages:
            return self._messages.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for message in self.sent]


def scope(kind: str, path: str = "/", headers: Iterable[Any] = (), **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers),
        "client": ("192.0.2.7", 5000),
        "server": ("site.example", 80),
        **more,
    }


def make() -> Application:
    app = Application()

    @app.post("/echo")
    def echo(request: Request) -> Response:
        return Response(200, request.text + (request.ip or ""))

    @app.websocket("/ws", subprotocols=["chat"])
    async def ws(ws: Any, request: Request) -> None:
        async for message in ws:
            if message == "fail":
                raise LookupError
            await ws.send_json({"got": len(message)})

    return app


async def test_a_request_is_answered() -> None:
    wire = Wire(
        {"type": "http.request", "body": b"one ", "more_body": True},
        {"type": "http.request", "body": b"two ", "more_body": False},
    )
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"8")]

    await make()(scope("http", "/echo", headers, method="POST"), wire.receive, wire.send)

    assert wire.kinds == ["http.response.start", "http.response.body"]
    assert wire.sent[0]["status"] == 200
    assert wire.sent[1]["body"] == b"one two 192.0.2.7"


async def test_errors_become_responses_there_too() -> None:
    wire = Wire({"type": "http.request", "body": b"", "more_body": False})

    await make()(scope("http", "/nowhere"), wire.receive, wire.send)

    assert wire.sent[0]["status"] == 404


async def test_it_runs_under_our_own_bridge() -> None:
    response = await from_asgi(make())(Request("POST", "/echo", {"Host": "x"}, b"bytes"))

    assert response.status == 200


async def test_lifespan_runs_the_hooks() -> None:
    app = make()
    ran: list[str] = []
    app.on_startup(lambda: ran.append("start"))
    app.on_shutdown(lambda: ran.append("stop"))
    wire = Wire({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    await app({"type": "lifespan"}, wire.receive, wire.send)

    assert wire.kinds == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert ran == ["start", "stop"]
    assert app.draining


async def test_a_start_that_fails_is_reported() -> None:
    app = make()

    @app.on_startup
    def fail() -> None:
        raise OSError("no database")

    wire = Wire({"type": "lifespan.startup"})
    await app({"type": "lifespan"}, wire.receive, wire.send)

    assert wire.sent == [{"type": "lifespan.startup.failed", "message": "no database"}]


async def test_a_scope_that_nobody_knows_is_refused() -> None:
    wire = Wire()
    with pytest.raises(NotImplementedError, match="got 'smtp'"):
        await make()({"type": "smtp"}, wire.receive, wire.send)


# -- WebSockets ------------------------------------------------------------------------------


async def test_a_socket_is_accepted_and_talks() -> None:
    app = make()
    wire = Wire(
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": "abc"},
        {"type": "websocket.receive", "bytes": b"defgh", "text": None},
        {"type": "websocket.disconnect", "code": 1000},
    )
    headers = [*HANDSHAKE, (b"sec-websocket-protocol", b"chat")]

    await app(scope("websocket", "/ws", headers), wire.receive, wire.send)

    assert wire.sent == [
        {"type": "websocket.accept", "subprotocol": "chat"},
        {"type": "websocket.send", "text": '{"got": 3}'},
        {"type": "websocket.send", "text": '{"got": 5}'},
    ]
    assert len(app.sockets) == 0


@pytest.mark.parametrize("extension", [False, True])
async def test_a_refusal_is_the_response_where_the_server_can_send_one(extension: bool) -> None:
    wire = Wire({"type": "websocket.connect"})
    headers = [*HANDSHAKE, (b"origin", b"http://evil.example")]
    more: dict[str, Any] = {"extensions": {"websocket.http.response": {}}} if extension else {}

    await make()(scope("websocket", "/ws", headers, **more), wire.receive, wire.send)

    if extension:
        assert wire.kinds == ["websocket.http.response.start", "websocket.http.response.body"]
        assert wire.sent[0]["status"] == 403
        assert b"evil.example" in wire.sent[1]["body"]
    else:
        assert wire.sent == [{"type": "websocket.close"}]


async def test_an_error_closes_with_1011_and_reaches_the_server() -> None:
    wire = Wire({"type": "websocket.connect"}, {"type": "websocket.receive", "text": "fail"})

    with pytest.raises(LookupError):
        await make()(scope("websocket", "/ws", HANDSHAKE), wire.receive, wire.send)

    assert wire.sent[-1] == {"type": "websocket.close", "code": 1011, "reason": ""}


async def test_draining_closes_with_1001() -> None:
    app, wire = make(), Wire({"type": "websocket.connect"})
    running = asyncio.ensure_future(
        app(scope("websocket", "/ws", HANDSHAKE), wire.receive, wire.send)
    )
    while not len(app.sockets):  # noqa: ASYNC110 - the handler has no event to wait for
        await asyncio.sleep(0)

    await app.drain()
    running.cancel()
    await asyncio.wait([running])

    assert wire.sent[-1] == {"type": "websocket.close", "code": 1001, "reason": ""}


async def test_a_client_that_left_is_no_error_of_the_handler() -> None:
    class Gone(Wire):
        async def send(self, message: Any) -> None:
            await super().send(message)
            if message["type"] == "websocket.send":
                raise OSError("client disconnected")

    wire = Gone({"type": "websocket.connect"}, {"type": "websocket.receive", "text": "abc"})

    await make()(scope("websocket", "/ws", HANDSHAKE), wire.receive, wire.send)

    assert wire.kinds == ["websocket.accept", "websocket.send"]


async def test_nothing_can_be_sent_after_the_close() -> None:
    wire = Wire()
    ws = ASGIWebSocket(wire.receive, wire.send, None)

    await ws.close(4000, "enough")
    await ws.close()

    assert wire.sent == [{"type": "websocket.close", "code": 4000, "reason": "enough"}]
    assert await ws.receive() is None
    with pytest.raises(ConnectionClosed, match="4000"):
        await ws.send("more")
