"""groundup.threads: the blocking way gives the same answers, and ends as well."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from groundup import Application, Request, Response
from groundup.config import Config
from groundup.threads import ThreadedServer
from groundup_forms import FormLimits
from groundup_middleware.background import background_loop

PATIENCE = 20


def sync(request: Request) -> Response:
    return Response(200, threading.current_thread().name)


async def later(request: Request) -> Response:
    return Response(200, "later")


def echo(request: Request) -> Response:
    return Response(200, request.body)


def stream(request: Request) -> Response:
    return Response.stream(f"{number}," for number in range(3))


async def stream_later(request: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        for number in range(3):
            yield f"{number};"

    return Response.stream(pieces())


def break_off(request: Request) -> Response:
    def pieces() -> Iterator[str]:
        yield "half"
        raise LookupError

    return Response.stream(pieces())


async def events(request: Request) -> Response:
    async def source() -> AsyncIterator[str]:
        yield "one"
        await asyncio.Event().wait()

    return Response.events(source())


async def talk(ws: Any, request: Request) -> None:
    async for message in ws:
        await ws.send(message)


def make() -> Application:
    app = Application()
    app.get("/sync")(sync)
    app.get("/async")(later)
    app.route("/echo", "POST", "PUT")(echo)
    app.get("/stream")(stream)
    app.get("/later")(stream_later)
    app.get("/breaks")(break_off)
    app.get("/events")(events)
    app.websocket("/ws")(talk)
    return app


@contextmanager
def serving(app: Application, **settings: Any) -> Generator[int, None, None]:
    """Serve in a thread; give the port."""
    server = ThreadedServer(app, Config(port=0, **settings))
    ports: Queue[int] = Queue()

    def announce(host: str, port: int) -> None:
        ports.put(port)

    thread = threading.Thread(target=server.serve, args=[announce])
    thread.start()
    try:
        yield ports.get(timeout=PATIENCE)
    finally:
        server.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture
def client() -> Generator[httpx.Client, None, None]:
    with (
        serving(make(), max_body=1000) as port,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False
        ) as client,
    ):
        yield client


def test_sync_and_async_handlers_answer_on_one_connection(client: httpx.Client) -> None:
    first, second, third = client.get("/sync"), client.get("/async"), client.get("/sync")

    assert second.text == "later"
    assert first.text == third.text  # the thread of the connection itself
    assert first.headers["Date"]


def test_head_and_errors_answer_as_they_should(client: httpx.Client) -> None:
    assert client.head("/async").headers["Content-Length"] == "5"
    assert client.head("/async").content == b""
    assert client.get("/nowhere").status_code == 404
    assert client.delete("/async").status_code == 405


def test_bodies_arrive_whole_or_in_chunks(client: httpx.Client) -> None:
    assert client.post("/echo", content=b"x" * 1000).content == b"x" * 1000
    assert client.post("/echo", content=iter([b"a" * 500, b"b" * 500])).content[498:502] == b"aabb"


def test_a_body_that_is_too_large_is_refused(client: httpx.Client) -> None:
    assert client.post("/echo", content=b"x" * 1001).status_code == 413
    assert client.post("/echo", content=iter([b"x" * 600] * 2)).status_code == 413


def test_streams_of_both_kinds_are_sent_in_chunks(client: httpx.Client) -> None:
    sync, later = client.get("/stream"), client.get("/later")

    assert (sync.text, later.text) == ("0,1,2,", "0;1;2;")
    assert sync.headers["Transfer-Encoding"] == "chunked"


def test_a_stream_that_breaks_off_closes_in_the_middle(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/breaks")

    assert "broke off" in caplog.text


def test_a_websocket_is_told_to_ask_another_server(client: httpx.Client) -> None:
    handshake = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
    }

    answer = client.get("/ws", headers=handshake)

    assert answer.status_code == 501
    assert "--server async" in answer.text


def name_thread(_request: Request, next: Any) -> Any:
    response = next()
    response.set_header("X-Layer", threading.current_thread().name)
    return response


async def pass_on(_request: Request, next: Any) -> Any:
    await asyncio.sleep(0)
    return await next()


@pytest.mark.parametrize("outer", [(), (name_thread,), (pass_on,), (name_thread, pass_on)])
@pytest.mark.parametrize("inner", [(), (name_thread,), (pass_on,), (pass_on, name_thread)])
def test_layers_of_both_kinds_mix_with_handlers_of_both_kinds(outer: Any, inner: Any) -> None:
    app = Application()
    for layer in outer:
        app.use(layer)
    group = app.group("/in", middleware=inner)
    group.get("/sync")(sync)
    group.get("/async")(later)

    with (
        serving(app) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        first, second = client.get("/in/sync"), client.get("/in/async")
        missing = client.get("/missing")

    assert second.text == "later"
    assert missing.status_code == 404
    if name_thread in (*outer, *inner):
        assert first.headers["X-Layer"] == second.headers["X-Layer"] == first.text
    if name_thread in outer:
        assert missing.headers["X-Layer"] == first.text


def test_a_request_of_sync_parts_needs_no_event_loop(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("a file")
    app = make()
    app.mount("/inner", make())
    app.static("/static", tmp_path)
    app.use(name_thread)

    @app.error_handler(404)
    def missing(error: Exception, request: Request) -> Response:
        return Response(404, "not here")

    held, release, in_time = threading.Event(), threading.Event(), list[bool]()

    def hold() -> None:
        held.set()
        in_time.append(release.wait(PATIENCE))

    with (
        serving(app) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):
        background_loop().call_soon_threadsafe(hold)
        try:
            assert held.wait(PATIENCE)
            assert client.get("/sync").headers["X-Layer"] == client.get("/sync").text
            assert client.post("/echo", content=b"x" * 2000).content == b"x" * 2000
            assert client.get("/inner/sync").text == client.get("/sync").text
            assert client.get("/static/file.txt").text == "a file"
        finally:
            release.set()
        assert client.get("/nowhere").text == "not here"
    assert in_time == [True]


def test_what_one_request_sets_in_the_context_the_next_does_not_see() -> None:
    user: ContextVar[str] = ContextVar("user", default="nobody")

    def log_in(request: Request, next: Any) -> Any:
        if "name" in request.query:
            user.set(request.query["name"])
        return next()

    app = Application()
    app.use(log_in)

    @app.get("/")
    def name(request: Request) -> Response:
        return Response.stream(iter([user.get()]))

    with (
        serving(app) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert client.get("/?name=Ada").text == "Ada"
        assert client.get("/").text == "nobody"


@pytest.mark.parametrize("where", ["handler", "layer"])
@pytest.mark.parametrize("wait", [True, False])
def test_errors_of_sync_parts_are_answered_by_handlers_of_both_kinds(
    where: str, wait: bool, caplog: pytest.LogCaptureFixture
) -> None:
    app = Application()

    async def answer_later(error: Exception, _request: Request) -> Response:
        await asyncio.sleep(0)
        return Response(418, f"later: {error}")

    def answer(error: Exception, _request: Request) -> Response:
        return Response(418, f"now: {error}")

    def fail(request: Request, *_: Any) -> Response:
        raise LookupError("nothing")

    app.error_handler(LookupError)(answer_later if wait else answer)
    if where == "layer":
        app.use(fail)
    app.use(name_thread)
    app.get("/")(fail)

    @app.get("/odd")
    def give_text(request: Request) -> str:
        return "no response"

    with (
        serving(app) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        failed = client.get("/")
        odd = client.get("/odd")

    assert (failed.status_code, failed.text) == (418, f"{'later' if wait else 'now'}: nothing")
    assert ("X-Layer" in failed.headers) is (where == "handler")
    if where == "handler":
        assert odd.status_code == 500
        assert "must return a response" in caplog.text


def test_mounted_applications_and_files_answer_below_their_prefix(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("a file")
    app, inner = Application(), Application()

    @inner.get("/sync/:id")
    def tell(request: Request) -> Response:
        return Response(200, f"{request.params} {request.root_path}")

    app.mount("/inner", inner)
    app.static("/static", tmp_path)

    with (
        serving(app) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert client.get("/inner/sync/7").text == "{'id': '7'} /inner"
        assert client.get("/inner/nowhere").status_code == 404
        assert client.get("/static/file.txt").text == "a file"
        assert client.get("/static/none.txt").status_code == 404
        assert client.request("OPTIONS", "/inner/sync/7").status_code == 204


def test_a_form_has_no_more_fields_than_the_application_allows() -> None:
    app = Application(form_limits=FormLimits(max_fields=2))

    @app.post("/")
    def count(request: Request) -> Response:
        return Response(200, str(len(request.form)))

    with (
        serving(app) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert client.post("/", data={"a": "1", "b": "2"}).text == "2"
        assert client.post("/", data={"a": "1", "b": "2", "c": "3"}).status_code == 413


class Site(Application):
    """An application whose handlers are its own methods, and that looks at every request."""

    def __init__(self) -> None:
        super().__init__()
        self.get("/")(self.home)
        self.seen: list[str] = []

    async def handle(self, request: Request) -> Any:
        self.seen.append(request.path)
        return await super().handle(request)

    def home(self, request: Request) -> Response:
        return Response(200, "home")


@pytest.mark.parametrize("prefix", ["", "/inner"])
def test_an_application_may_have_its_own_way_to_handle(prefix: str) -> None:
    site, outer = Site(), Application()
    outer.mount("/inner", site)
    app = outer if prefix else site

    with (
        serving(app) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert client.get(f"{prefix}/").text == "home"
    assert site.seen == ["/"]


class PlainPipeline:
    """As little as the slot asks for."""

    def use(self, layer: Any) -> None:
        raise AssertionError(layer)

    def compile(self, handler: Any) -> Any:
        async def run(request: Request) -> Any:
            found = handler(request)
            return await found if asyncio.iscoroutine(found) else found

        return run


def test_a_pipeline_of_ones_own_runs_on_the_loop() -> None:
    app = Application(pipeline=PlainPipeline)
    app.get("/sync")(sync)
    app.get("/async")(later)

    with (
        serving(app) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert client.get("/sync").text == "groundup-loop"
        assert client.get("/async").text == "later"


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\tfolded\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/3.0\r\n\r\n", b"HTTP/1.1 505 "),
        (b"GET /async HTTP/1.0\r\n\r\n", b"HTTP/1.1 200 "),
        (b"GET /async HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"HTTP/1.1 200 "),
    ],
    ids=["folded", "version", "old", "close"],
)
def test_raw_requests_end_their_connection(data: bytes, answer: bytes) -> None:
    with serving(make()) as port, socket.create_connection(("127.0.0.1", port), PATIENCE) as raw:
        raw.sendall(data)
        received = b"".join(iter(lambda: raw.recv(4096), b""))

    assert received.startswith(answer)


def test_pipelined_requests_are_answered_in_order() -> None:
    with serving(make()) as port, socket.create_connection(("127.0.0.1", port), PATIENCE) as raw:
        raw.sendall(
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo"
        )
        received = b"".join(iter(lambda: raw.recv(4096), b""))

    assert received.index(b"one") < received.index(b"two")


def test_a_client_that_waits_is_told_to_go_on() -> None:
    with serving(make()) as port, socket.create_connection(("127.0.0.1", port), PATIENCE) as raw:
        raw.sendall(
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
            b"Expect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        assert raw.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"abc")
        received = b"".join(iter(lambda: raw.recv(4096), b""))

    assert received.endswith(b"abc")


def test_event_streams_end_when_the_server_stops() -> None:
    app = make()
    with serving(app, grace=60) as port:
        raw = socket.create_connection(("127.0.0.1", port), PATIENCE)
        raw.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b""
        while b"data: one" not in received:
            received += raw.recv(4096)
        begun = time.monotonic()
    assert time.monotonic() - begun < 10
    assert raw.recv(4096).endswith(b"0\r\n\r\n")
    raw.close()
    assert app.draining


PROGRAM = """
from groundup import Application, Response
app = Application()
@app.get("/")
def home(request):
    return Response(200, "home")
@app.on_shutdown
def stop():
    print("stopped", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("server", ["threads", "async"])
def test_ctrl_c_ends_it_within_a_second_though_a_client_is_idle(
    tmp_path: Path, server: str
) -> None:
    (tmp_path / "my_site.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "groundup", "start", "my_site", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--server", server],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    with process.stdout as output:
        port = int(output.readline().rpartition(":")[2])
        with httpx.Client(trust_env=False) as client:
            assert client.get(f"http://127.0.0.1:{port}/").text == "home"
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
            took = time.monotonic() - begun
        assert output.read() == "stopped\n"
    assert took < 5  # a second on a quiet machine; never the grace of ten


def test_everybody_is_told_when_the_start_fails() -> None:
    app = make()
    ran: list[str] = []

    @app.on_startup
    def fail() -> None:
        raise OSError("no database")

    app.on_shutdown(lambda: ran.append("stopped"))

    with pytest.raises(OSError, match="no database"):
        ThreadedServer(app, Config(port=0)).serve(print)
    assert ran == ["stopped"]


class PlainConnection:
    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self.read = client.recv
        self.send = client.sendall


class PlainServer:
    """A server as somebody writes it in an afternoon: a thread for each client."""

    def __init__(self, host: str, port: int, handler: Any) -> None:
        self._listener = socket.create_server((host, port))
        self._handler = handler
        self._stopping = False
        self.address = self._listener.getsockname()

    def serve_forever(self) -> None:
        while not self._stopping:
            client, _ = self._listener.accept()
            threading.Thread(target=self._talk, args=[client], daemon=True).start()
        self._listener.close()

    def _talk(self, client: socket.socket) -> None:
        with client:
            self._handler(PlainConnection(client))

    def stop(self) -> None:
        if not self._stopping:
            self._stopping = True
            socket.create_connection(self.address).close()  # wakes accept()


class PlainParser:
    """One head at a time, no bodies."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes, /) -> list[Any]:
        *heads, self._buffer = (self._buffer + data).split(b"\r\n\r\n")
        return [self._parse(head.decode()) for head in heads]

    def _parse(self, head: str) -> Any:
        line, *fields = head.split("\r\n")
        method, target, version = line.split(" ")
        headers = dict(field.split(": ", 1) for field in fields)
        return SimpleNamespace(
            method=method, target=target, version=version, headers=headers, body=b""
        )


@pytest.mark.parametrize("parser", [PlainParser, None])
def test_a_server_and_a_parser_of_ones_own_run_the_application(parser: Any) -> None:
    app = Application(server=PlainServer, parser=parser)
    app.get("/sync")(sync)
    app.get("/stream")(stream)

    with (
        serving(app) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert client.get("/sync").status_code == 200
        assert client.get("/stream").text == "0,1,2,"
        assert client.get("/nowhere").status_code == 404


def test_what_a_parser_of_ones_own_cannot_read_is_refused() -> None:
    app = Application(parser=PlainParser)

    with serving(app) as port, socket.create_connection(("127.0.0.1", port), PATIENCE) as raw:
        raw.sendall(b"GET / and more HTTP/1.1\r\n\r\n")
        received = b"".join(iter(lambda: raw.recv(4096), b""))

    assert received.startswith(b"HTTP/1.1 400 ")
