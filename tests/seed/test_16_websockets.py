"""Project 16: the chat route, verbatim, with clients of another library."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.asyncio.client import connect

from groundup import Application
from groundup_testing import live_server

BLOCK = """\
# WebSocket route
@app.websocket("/chat/:room_id")
async def chat_handler(ws, request):
    room_id = request.params["room_id"]

    # Join room
    broadcast = app.rooms.get_or_create(room_id)
    broadcast.subscribe(ws)

    try:
        # Listen for messages from this client
        async for message in ws:
            # Broadcast to all clients in the room
            broadcast.publish({
                "type": "message",
                "user": request.user.id,
                "text": message,
                "timestamp": datetime.now().isoformat()
            })
    finally:
        # Client disconnected
        broadcast.unsubscribe(ws)
"""

HANDSHAKE = (
    "GET /chat/room-42 HTTP/1.1\r\n"
    "Host: localhost\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.fixture
def server(run_block: Callable[..., tuple[dict[str, Any], str]]) -> Iterator[Any]:
    app = Application()

    @app.use
    async def log_in(request: Any, next: Any) -> Any:
        request.user = SimpleNamespace(id=request.headers.get("X-User", "nobody"))
        return await next()

    run_block(BLOCK, app=app, datetime=datetime)
    with live_server(app) as server:
        yield server


async def test_everybody_in_the_room_hears_a_message(server: Any) -> None:
    url = f"ws://127.0.0.1:{server.port}/chat"
    async with (
        connect(f"{url}/room-42", additional_headers={"X-User": "alice"}, proxy=None) as alice,
        connect(f"{url}/room-42", additional_headers={"X-User": "bob"}, proxy=None) as bob,
        connect(f"{url}/room-7", proxy=None) as elsewhere,
    ):
        await alice.send("Hello!")
        heard = [json.loads(await asyncio.wait_for(one.recv(), 10)) for one in (alice, bob)]
        await bob.send('{"type": "message", "text": "Hi"}')
        answer = json.loads(await asyncio.wait_for(alice.recv(), 10))
        await elsewhere.send("to nobody")
        alone = json.loads(await asyncio.wait_for(elsewhere.recv(), 10))

    assert heard[0] == heard[1]
    assert (heard[0]["type"], heard[0]["user"], heard[0]["text"]) == ("message", "alice", "Hello!")
    assert datetime.fromisoformat(heard[0]["timestamp"])
    assert answer["user"] == "bob"
    assert alone["text"] == "to nobody"


def test_the_handshake_is_the_printed_one(server: Any) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(HANDSHAKE.encode())
        with client.makefile("rb") as stream:
            lines = [line.decode().rstrip("\r\n") for line in iter(stream.readline, b"\r\n")]

    assert lines[0] == "HTTP/1.1 101 Switching Protocols"
    fields = dict(line.split(": ", 1) for line in lines[1:])
    assert fields["Upgrade"] == "websocket"
    assert fields["Connection"] == "Upgrade"
    assert fields["Sec-WebSocket-Accept"] == "HSmrc0sMlYUkAGmm5OPpG2HaGWk="
