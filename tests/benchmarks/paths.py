"""The hot paths whose cost is guarded: each a call that does one thing once, again and again.

``bytes in, bytes out`` is all that happens to a request between two system calls, in the order of
the pipeline; the others are its stations alone.
"""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from tests.benchmarks import content
from tests.benchmarks.cases import (
    AGENT,
    CASES,
    FIVE,
    PLAIN,
    STATIC,
    Case,
    add_validators,
    write,
)

from groundup import Application, Request, Response
from groundup_asyncserver import make_protocol
from groundup_forms import parse_form
from groundup_httpparse import RequestParser
from groundup_response import Response as PlainResponse
from groundup_router import Router
from groundup_templating import Template

T = TypeVar("T")
Call = Callable[[], object]
BROWSER = {
    **FIVE,
    "User-Agent": AGENT,
    "Accept-Encoding": "gzip, deflate, br",
    "Connection": "keep-alive",
    "Cookie": "session=abcdefghijklmnopqrstuvwxyz; theme=dark",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Cache-Control": "no-cache",
}


class Wire(asyncio.Transport):
    """A transport that takes everything and does nothing."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 40000), "sockname": ("127.0.0.1", 8000)})
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take the latest bytes."""
        self.written = bytes(data)

    def get_write_buffer_size(self) -> int:
        """Say that nothing waits."""
        return 0

    def is_closing(self) -> bool:
        """Say that all is well."""
        return False

    def can_write_eof(self) -> bool:
        """Say that one end can be closed."""
        return True

    def pause_reading(self) -> None:
        """Do nothing."""

    def resume_reading(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def abort(self) -> None:
        """Do nothing."""


def make_application(folder: Path, layers: int = 0) -> Application:
    """Return an application with the handlers of the first cases, and the files of a folder."""
    app = Application()
    app.static("/static", folder)

    async def pass_on(request: Request, next: Any) -> Response:
        response: Response = await next()
        return response

    for _ in range(layers):
        app.use(pass_on)

    @app.get("/")
    async def plaintext(request: Request) -> Response:
        return Response(200, content.HELLO)

    @app.get("/json")
    async def as_json(request: Request) -> Response:
        return Response.json(content.MESSAGE)

    @app.get("/users/:id")
    async def user(request: Request) -> Response:
        found = {name: request.headers.get(name) for name in content.ECHOED}
        return Response.json({"id": request.params["id"], "q": request.query.get("q"), **found})

    @app.post("/form")
    async def form(request: Request) -> Response:
        sent = request.form
        return Response.json({name: sent[name] for name in content.FIELDS})

    return app


def answered(receive: Callable[[bytes], None], wire: Wire, case: Case) -> Call:
    """Return a call that has a case answered."""
    start = b"HTTP/1.1 %d " % case.status

    def call() -> None:
        wire.written = b""
        receive(case.request)
        if not wire.written.startswith(start):
            msg = f"expected an answer to {case.name} at once, got {wire.written[:60]!r}"
            raise RuntimeError(msg)

    return call


def read_fields(head: bytes) -> dict[str, str]:
    """Return the fields of a response, by lower-case name."""
    lines = head.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def through_the_server(folder: Path, protocols: list[asyncio.Protocol]) -> dict[str, Call]:
    """Return the calls that take a request from its bytes to those of its answer."""
    calls: dict[str, Call] = {}
    fields: dict[str, str] = {}
    for name in ("plaintext", "json", "params", "form", "layers", "static", "notmodified"):
        case = CASES[name]
        if case.conditional:
            case = add_validators(case, fields)
        wire, protocol = Wire(), make_protocol(make_application(folder, case.layers))
        protocols.append(protocol)
        protocol.connection_made(wire)
        calls[f"bytes in, bytes out: {name}"] = call = answered(protocol.data_received, wire, case)
        call()
        fields = read_fields(wire.written)
    return calls


def with_hot_paths(use: Callable[[dict[str, Call]], T]) -> T:
    """Return what ``use`` makes of the calls, by name, in one turn of a loop of its own.

    In a turn, and not in a task, since that is where a server's protocol is called.
    """
    with TemporaryDirectory() as folder:
        (Path(folder) / "file.txt").write_bytes(STATIC)
        return in_one_turn(lambda protocols: use(every_call(Path(folder), protocols)))


def every_call(folder: Path, protocols: list[asyncio.Protocol]) -> dict[str, Call]:
    """Return all calls; the connections that they use are put into a list, to be closed."""
    return {**through_the_server(folder, protocols), **stations()}


def in_one_turn(use: Callable[[list[asyncio.Protocol]], T]) -> T:
    """Return what a function returns that is called by a loop; then close its connections."""
    loop = asyncio.new_event_loop()
    done: asyncio.Future[T] = loop.create_future()
    protocols: list[asyncio.Protocol] = []

    def turn() -> None:
        try:
            done.set_result(use(protocols))
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            done.set_exception(error)

    async def end() -> None:
        for protocol in protocols:
            protocol.connection_lost(None)
        await asyncio.sleep(0)

    loop.call_soon(turn)
    try:
        return loop.run_until_complete(done)
    finally:
        loop.run_until_complete(end())
        loop.close()


def stations() -> dict[str, Call]:
    """Return the calls of single packages."""
    few, browser = write("/posts/hello?page=2"), write("/posts/hello?page=2", BROWSER)
    parser = RequestParser()
    # More than are asked for, and no two alike, as from clients that a memo knows nothing of.
    new = itertools.cycle(
        write(f"/posts/{at}", {name: f"{value}{at}" for name, value in PLAIN.items()})
        for at in range(1000)
    )
    router = Router()
    for name in ("users", "posts", "tags", "files"):
        for pattern in (
            f"/{name}",
            f"/{name}/:id",
            f"/{name}/:id/edit",
            f"/{name}/:id/parts/:part",
        ):
            router.add(pattern, pattern, methods=["GET"])
    template = Template(content.TEMPLATE)
    page = {"title": content.TITLE, "rows": content.ROWS}
    form = CASES["form"].request.partition(b"\r\n\r\n")[2]
    return {
        "httpparse: a head with 3 fields": lambda: parser.feed(few),
        "httpparse: a head with 3 new fields": lambda: parser.feed(next(new)),
        "httpparse: a head with 14 fields": lambda: parser.feed(browser),
        "router: a static path": lambda: router.match("/posts", "GET"),
        "router: two parameters": lambda: router.match("/posts/7/parts/3", "GET"),
        "response: a whole response": PlainResponse(200, b"Hello, World!").serialize,
        "templating: 20 rows": lambda: template.render(page),
        "forms: five fields": lambda: parse_form("application/x-www-form-urlencoded", form),
    }
