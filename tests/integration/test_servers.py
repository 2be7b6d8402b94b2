"""One application, three ways to be served: the same answers, byte for byte but for the time."""

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SITE = """
from groundup import Application, Response
from groundup_asyncserver import as_asgi, from_asgi
app = Application(max_body=1000)

@app.use
def plain(request, next):
    response = next()
    response.headers["X-Plain"] = "yes"
    return response

@app.get("/")
async def home(request):
    return Response(200, "home", {"Vary": "Accept"})

@app.route("/echo", "POST")
def echo(request):
    return Response.json({"form": request.form.to_dict(), "size": len(request.body)})

@app.get("/stream")
def stream(request):
    return Response.stream([b"one ", b"two"], content_type="text/plain")

@app.get("/fails")
def fails(request):
    raise LookupError

@app.get("/empty")
async def empty(request):
    return Response(204)
"""
ASGI = """
from groundup import Application
from groundup_asyncserver import from_asgi
from served import app as inner
bridge = from_asgi(lambda scope, receive, send: inner(scope, receive, send))
app = Application()
app.mount("", bridge)
"""
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
REQUESTS = {
    "home": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "head": b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
    "missing": b"GET /missing HTTP/1.1\r\nHost: x\r\n\r\n",
    "method": b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "options": b"OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n",
    "slash": b"GET /stream/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "form": b"POST /echo HTTP/1.1\r\nHost: x\r\n" + FORM + b"Content-Length: 7\r\n\r\na=1&b=2",
    "chunks": b"POST /echo HTTP/1.1\r\nHost: x\r\n"
    + FORM
    + b"Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n4\r\n&b=2\r\n0\r\n\r\n",
    "stream": b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n",
    "fails": b"GET /fails HTTP/1.1\r\nHost: x\r\n\r\n",
    "empty": b"GET /empty HTTP/1.1\r\nHost: x\r\n\r\n",
    "unknown": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
}


def ask(port: int, request: bytes) -> bytes:
    """Send a request and return the answer, without what a server may say in its own words."""
    request = request.replace(b"Host: x\r\n", b"Host: x\r\nConnection: close\r\n")
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not re.match(rb"(?i)date|connection:", line)]
    fields = sorted(line.partition(b":")[0].lower() + line.partition(b":")[2] for line in lines[1:])
    return b"\r\n".join([lines[0], *fields]) + b"\r\n\r\n" + body


@pytest.fixture
def ports(start: Callable[..., Any], tmp_path: Path) -> dict[str, int]:
    (tmp_path / "served.py").write_text(SITE)
    (tmp_path / "bridged.py").write_text(ASGI)
    return {
        "async": start("served").port,
        "threads": start("served", "--server", "threads").port,
        "asgi": start("bridged").port,
    }


def test_all_servers_give_the_same_answers(ports: dict[str, int]) -> None:
    for name, request in REQUESTS.items():
        answers = {server: ask(port, request) for server, port in ports.items()}
        assert answers["threads"] == answers["async"], name
        assert answers["asgi"] == answers["async"], name
        assert answers["async"].startswith(b"HTTP/1.1 "), name
