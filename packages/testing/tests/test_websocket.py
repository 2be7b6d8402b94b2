"""groundup_testing.websocket: a handshake through the application, and messages after it."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from groundup_messages import Request, Response, Upgrade
from groundup_testing import AnswerError, AnswerTimeoutError, RefusedError, TestClient
from groundup_websockets import (
    ConnectionClosed,
    HandshakeError,
    WebSocket,
    WebSocketProtocol,
    accept,
)


class Site:
    """Upgrades whoever asks for it, and tells what it heard."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.requests: list[Request] = []

    async def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        if request.path == "/refuse":
            return Response(403, "members only", {"Set-Cookie": "seen=1"})
        if request.path == "/late":
            await asyncio.sleep(30)
        if request.path == "/wrong":
            fields = {"Upgrade": "websocket", "Connection": "Upgrade"}
            return Upgrade(asyncio.Protocol, {**fields, "Sec-WebSocket-Accept": "wrong"})
        try:
            acceptance = accept("GET", request.headers, subprotocols=["chat"])
        except HandshakeError as error:
            return Response(error.status, str(error))
        handler = getattr(self, request.path.strip("/"))
        return Upgrade(lambda: WebSocketProtocol(acceptance, handler), acceptance.headers)

    async def echo(self, ws: WebSocket) -> None:
        try:
            async for message in ws:
                await ws.send(message)
        finally:
            self.ended.set()

    async def greet(self, ws: WebSocket) -> None:
        await ws.send_json({"hello": "world"})
        await ws.send("no json")
        await ws.close(4001, "enough")

    async def silent(self, ws: WebSocket) -> None:
        await ws.receive()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def client(site: Site) -> Iterator[TestClient]:
    with TestClient(site) as client:
        yield client


def test_messages_go_both_ways(client: TestClient, site: Site) -> None:
    with client.websocket("/echo") as ws:
        ws.send("text")
        ws.send(b"bytes")
        ws.send_json({"a": [1]})
        assert ws.receive() == "text"
        assert ws.receive() == b"bytes"
        assert ws.receive_json() == {"a": [1]}
        assert ws.ping() >= 0
        assert not ws.closed

    assert ws.closed
    assert ws.close_code == 1000
    assert site.ended.wait(20)


def test_iteration_ends_with_the_connection(client: TestClient) -> None:
    with client.websocket("/greet") as ws:
        assert list(ws) == ['{"hello":"world"}', "no json"]
        assert (ws.close_code, ws.close_reason) == (4001, "enough")
        assert ws.receive() is None
        with pytest.raises(ConnectionClosed):
            ws.send("late")


def test_what_is_no_json_is_an_error_that_shows_it(client: TestClient) -> None:
    with client.websocket("/greet") as ws:
        assert ws.receive_json() == {"hello": "world"}
        with pytest.raises(AnswerError, match="got 'no json'"):
            ws.receive_json()
        with pytest.raises(AnswerError, match="got the end: 4001 enough"):
            ws.receive_json()


def test_the_handshake_is_a_request_like_any_other(client: TestClient, site: Site) -> None:
    client.cookies.set("sid", "1")
    options = {"Authorization": "Bearer x"}

    with client.websocket(
        "ws://testserver/echo",
        params={"room": "a"},
        headers=options,
        origin="http://testserver",
        subprotocols=["other", "chat"],
    ) as ws:
        assert ws.subprotocol == "chat"

    request = site.requests[-1]
    assert request.target == "/echo?room=a"
    assert request.cookies.get("sid") == "1"
    assert request.headers["Authorization"] == "Bearer x"
    assert request.headers["Origin"] == "http://testserver"
    assert "permessage-deflate" in request.headers["Sec-WebSocket-Extensions"]


def test_compression_may_be_left_out(client: TestClient, site: Site) -> None:
    with client.websocket("/echo", compression=False) as ws:
        ws.send("x" * 1000)
        assert ws.receive() == "x" * 1000

    assert "Sec-WebSocket-Extensions" not in site.requests[-1].headers


def test_a_refusal_is_an_error_with_the_answer(client: TestClient) -> None:
    with (
        pytest.raises(RefusedError, match="got 403: b'members only'") as caught,
        client.websocket("/refuse"),
    ):
        pass

    assert caught.value.status == 403
    assert caught.value.answer.text == "members only"
    assert client.cookies["seen"] == "1"


def test_a_handshake_in_time_or_an_error(client: TestClient) -> None:
    with (
        pytest.raises(AnswerTimeoutError, match=r"/late must be opened in 0\.05 seconds"),
        client.websocket("/late", timeout=0.05, cookies={"a": "1"}),
    ):
        pass


def test_a_wrong_answer_is_found(client: TestClient) -> None:
    with pytest.raises(HandshakeError, match="must fit the key"), client.websocket("/wrong"):
        pass


def test_a_message_in_time_or_an_error(client: TestClient) -> None:
    started = time.perf_counter()

    with client.websocket("/silent") as ws, pytest.raises(AnswerTimeoutError, match=r"0\.05"):
        ws.receive(timeout=0.05)

    assert time.perf_counter() - started < 10


def test_an_error_in_the_block_ends_the_connection(client: TestClient, site: Site) -> None:
    with pytest.raises(LookupError), client.websocket("/echo"):
        raise LookupError

    assert site.ended.wait(20)


def test_many_large_messages_wait_for_each_other(client: TestClient) -> None:
    with client.websocket("/echo", compression=False) as ws:

        def send() -> None:
            for _ in range(12):
                ws.send(bytes(50_000))

        sender = threading.Thread(target=send)
        sender.start()
        sizes = [len(ws.receive() or b"") for _ in range(12)]
        sender.join()

    assert sizes == [50_000] * 12


def test_a_client_that_is_closed_ends_its_connections(site: Site) -> None:
    client = TestClient(site)
    with pytest.raises(RuntimeError, match="must be open"), client.websocket("/echo"):
        client.close()

    assert site.ended.wait(20)
