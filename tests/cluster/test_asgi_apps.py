"""Applications of other frameworks answer under our server as they do under uvicorn."""

import importlib.util
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

PROGRAM = Path(__file__).with_name("asgi_apps.py")
FRAMEWORKS = ["starlette", "fastapi", "django", "litestar"]
OURS, UVICORN = "ours", "uvicorn"

# What belongs to a server, and differs between any two.  The length too: of a body that comes in
# one message ours is known, where uvicorn sends a chunk.
OF_THE_SERVER = {"date", "server", "connection", "transfer-encoding", "content-length"}

REQUESTS: dict[str, dict[str, Any]] = {
    "home": {"method": "GET", "url": "/"},
    "params": {"method": "GET", "url": "/users/42?q=a%20b&q=c"},
    "encoded": {"method": "GET", "url": "/users/%C3%A4%2Fb"},
    "head": {"method": "HEAD", "url": "/"},
    "none": {"method": "GET", "url": "/none"},
    "method": {"method": "PATCH", "url": "/echo"},
    "echo": {"method": "POST", "url": "/echo", "content": b"\x00\xff" * 100_000},
    "empty": {"method": "POST", "url": "/echo", "content": b""},
    "form": {
        "method": "POST",
        "url": "/form",
        "data": {"name": "Älice"},
        "files": {"file": ("a.bin", b"x" * 300_000)},
    },
    "stream": {"method": "GET", "url": "/stream"},
    "file": {"method": "GET", "url": "/file"},
    "later": {"method": "GET", "url": "/later"},
    "fail": {"method": "GET", "url": "/fail"},
}


@pytest.fixture(params=FRAMEWORKS)
def ports(request: pytest.FixtureRequest) -> Iterator[dict[str, int]]:
    """The ports of the same application under both servers."""
    for name in (request.param, "uvicorn"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
    with ExitStack() as stack:
        found: dict[str, int] = {}
        for server in (OURS, UVICORN):
            command = [sys.executable, str(PROGRAM), request.param, server]
            process = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            )
            stack.callback(process.send_signal, signal.SIGTERM)
            assert process.stdout is not None
            found[server] = int(process.stdout.readline())
        yield found


def ask(port: int) -> dict[str, Any]:
    """Return what an application answers to all requests."""
    answers: dict[str, Any] = {}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        for name, request in REQUESTS.items():
            answer = client.request(**request)
            fields = [pair for pair in answer.headers.multi_items() if pair[0] not in OF_THE_SERVER]
            answers[name] = answer.status_code, sorted(fields), answer.content
    return answers


def test_answers_are_the_same(ports: dict[str, int]) -> None:
    ours, theirs = ask(ports[OURS]), ask(ports[UVICORN])

    assert ours == theirs
    assert ours["home"][0] == 200
    assert ours["stream"][2].startswith(b"one two three ")


def talk(port: int, path: str) -> Any:
    """Return what becomes of a WebSocket."""
    url = f"ws://127.0.0.1:{port}{path}"
    try:
        with connect(url, subprotocols=["one", "two"], open_timeout=30) as websocket:  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # of a NewType
            messages: list[Any] = []
            for message in ("hello", "x" * 100_000, ""):
                websocket.send(message)
                messages.append(websocket.recv(timeout=30))
            fields = websocket.response
            assert fields is not None
            return websocket.subprotocol, messages, fields.headers.get("x-a")
    except InvalidStatus as error:
        return error.response.status_code, error.response.body


@pytest.mark.parametrize("path", ["/chat", "/deny", "/none"])
def test_websockets_are_the_same(ports: dict[str, int], path: str) -> None:
    pytest.importorskip("websockets")

    ours, theirs = talk(ports[OURS], path), talk(ports[UVICORN], path)

    if isinstance(ours[0], int) and ours[0] == theirs[0]:  # uvicorn's words for 403 are its own
        return
    assert ours == theirs
