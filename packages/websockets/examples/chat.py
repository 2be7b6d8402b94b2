"""A chat in one file: python examples/chat.py [port], then open the address in two windows.

The HTTP part is as small as it can be, to show the hand-over: read a request's head, answer it, and
give the transport to a `WebSocketProtocol`.  Use a real server for anything else; in an application
of groundup all of it is ``@app.websocket("/chat")``.
"""

import asyncio
import sys
from contextlib import suppress
from typing import cast

from groundup_websockets import HandshakeError, Rooms, WebSocket, WebSocketProtocol, accept

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Chat</title>
<h1>Chat</h1>
<form><input autofocus autocomplete="off"> <button>Send</button></form>
<ul></ul>
<script>
  const ws = new WebSocket(`ws://${location.host}/chat`);
  const input = document.querySelector("input");
  ws.onmessage = (event) => {
    const item = document.createElement("li");
    item.textContent = JSON.parse(event.data).text;
    document.querySelector("ul").prepend(item);
  };
  document.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    ws.send(input.value);
    input.value = "";
  };
</script>
"""
MAX_HEAD = 16 * 1024

rooms = Rooms()


async def chat(ws: WebSocket) -> None:
    room = rooms.get_or_create("lobby")
    room.subscribe(ws)
    async for message in ws:
        if isinstance(message, str):
            room.publish({"text": message})


class Fields(dict[str, str]):
    """Header fields by their names in lower case."""

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # simpler
        return super().get(name.lower(), default)


class HTTP(asyncio.Protocol):
    def __init__(self) -> None:
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if end:
            self.answer(head.decode("latin-1").split("\r\n"), rest)
        elif len(self.buffer) > MAX_HEAD:
            self.transport.abort()

    def answer(self, lines: list[str], rest: bytes) -> None:
        method, target, *_ = [*lines[0].split(), "", ""]
        fields = Fields(
            (name.lower(), value.strip())
            for name, _, value in (line.partition(":") for line in lines[1:])
        )
        if target != "/chat":
            self.write("200 OK", [("Content-Type", "text/html; charset=utf-8")], PAGE)
            return
        try:
            acceptance = accept(method, fields, origins=[f"http://{fields.get('Host')}"])
        except HandshakeError as error:
            self.write(f"{error.status} Refused", list(error.headers.items()), f"{error}\n")
            return
        self.write("101 Switching Protocols", acceptance.headers)
        protocol = WebSocketProtocol(acceptance, chat)
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
        if rest:
            protocol.data_received(rest)

    def write(self, status: str, headers: list[tuple[str, str]], body: str | None = None) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        if body is None:
            self.transport.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode())
        else:
            self.transport.write(
                f"HTTP/1.1 {status}\r\n{head}Connection: close\r\n\r\n{body}".encode()
            )
            self.transport.close()


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(HTTP, "127.0.0.1", port)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000))
