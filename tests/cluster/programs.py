"""A server in a process of its own, to be measured and maltreated: ``python programs.py OPTIONS``.

OPTIONS is JSON: which handler, which loop ("threads" for the server without one), what the system
allows the process, and settings of ``ServerConfig``.  The process prints its port when it serves,
and ends by SIGTERM.
"""

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import groundup_response
from groundup_asyncserver import Server, serve
from groundup_compose import proxy_headers
from groundup_messages import ETag, Request, Response
from groundup_middleware import Pipeline
from groundup_staticfiles import StaticFiles

PIECE = b"0123456789abcdef" * 1024
VERSION = ETag("second")
FILES = StaticFiles(tempfile.gettempdir(), cache_control="no-cache")  # TMPDIR is the test's own
PAGE = """<!doctype html><title>Page</title><link rel="icon" href="data:,">
<form id="plain" action="/form" method="post"><input name="name"></form>
<form id="files" action="/form" method="post" enctype="multipart/form-data">
<input name="name"><input name="one" type="file"><input name="many" type="file" multiple></form>
"""
heard: deque[dict[str, Any]] = deque(maxlen=1000)
"""What the last requests for versions and files said, and over which connections."""


async def send_bytes(request: Request) -> Response:
    """Answer with so many bytes at once."""
    size = int(request.query["size"])
    return Response(200, (PIECE * (size // len(PIECE) + 1))[:size])


async def send_stream(request: Request) -> Response:
    """Answer with so many bytes in pieces."""
    return Response.stream(pieces(int(request.query["size"])))


async def take_form(request: Request) -> Response:
    """Answer with fields, and the sizes of the files of each name."""
    files: dict[str, list[int]] = {}
    for name, file in request.files.multi_items():
        files.setdefault(name, []).append(sum(map(len, file.chunks())))
    return Response.json({"fields": dict(request.form.items()), "files": files})


async def sleep(request: Request) -> Response:
    """Answer later."""
    await asyncio.sleep(float(request.query["seconds"]))
    return Response(200, "slept")


async def count_tasks(_: Request) -> Response:
    """Say how many tasks the loop has, this one among them."""
    return Response(200, str(len(asyncio.all_tasks())))


async def wait_forever(_: Request) -> Response:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


async def say(make: Callable[[Request], Response], request: Request) -> Response:
    """Answer with what takes one line."""
    return make(request)


PAGES: dict[str, Callable[[Request], Awaitable[Response]]] = {
    "/": partial(say, lambda _: Response(200, "Hello, World!")),
    "/page": partial(say, lambda _: Response.html(PAGE)),
    "/echo": partial(say, lambda request: Response(200, request.body)),
    "/heard": partial(say, lambda _: Response.json(list(heard))),
    "/bytes": send_bytes,
    "/stream": send_stream,
    "/form": take_form,
    "/sleep": sleep,
    "/forever": wait_forever,
    "/tasks": count_tasks,
}


async def answer(request: Request) -> groundup_response.Response:
    """Answer what tests ask for."""
    if request.path.startswith(("/files/", "/version")):
        return await answer_conditions(request)
    page = PAGES.get(request.path)
    return Response(404, "no such page") if page is None else await page(request)


async def answer_conditions(request: Request) -> groundup_response.Response:
    """Answer with something that clients keep, or take in parts."""
    path = request.path
    response: groundup_response.Response
    if path == "/version":
        status = request.check_conditions(VERSION)
        fields = {"Cache-Control": "no-cache", "ETag": str(VERSION)}
        response = Response(status or 200, "" if status else "content", fields)
    else:
        request.path = path.removeprefix("/files")
        response = await FILES(request)
    names = ("Range", "If-Range", "If-None-Match")
    said = {name: request.headers[name] for name in names if name in request.headers}
    port = None if request.client is None else request.client.port
    heard.append({"path": path, "status": response.status, "from": port, **said})
    return response


async def pieces(size: int) -> AsyncIterator[bytes]:
    """Yield so many bytes, and other tasks their turn."""
    while size > 0:
        yield PIECE[:size]
        size -= len(PIECE)
        await asyncio.sleep(0)


async def count(request: Request) -> Response:
    """Count the bytes of a body that has been loaded, as every handler's is."""
    return Response(200, str(sum([len(piece) async for piece in request.stream()])))


def count_now(request: Request) -> Response:
    """Count the bytes of a body that has been loaded; a plain handler, so in a thread."""
    return Response(200, str(sum(map(len, request.pieces()))))


class Streaming:
    """Counts the bytes of a body while it arrives, and keeps nothing of it."""

    streams_body = True

    async def __call__(self, request: Request) -> Response:
        """Answer with the number."""
        return await count(request)


def block(request: Request) -> Response:
    """Never return, on one path; a plain handler, so in a thread."""
    while request.path == "/forever":
        time.sleep(0.1)
    return Response(200, "Hello, World!")


async def tell(request: Request) -> Response:
    """Answer with what the server believes of its client."""
    return Response(200, f"{request.ip} {request.url} {request.is_secure}")


def behind(layer: Any) -> Any:
    """Return a handler that tells what it believes behind a layer."""
    pipeline = Pipeline([layer])

    async def handle(request: Request) -> Any:
        return await pipeline.handle(request, tell)

    return handle


HANDLERS: dict[str, Any] = {
    "told": behind(proxy_headers("127.0.0.1", host=True)),
    "told-by-forwarded": behind(proxy_headers("127.0.0.1", host=True, forwarded=True)),
    "not-told": behind(proxy_headers("192.0.2.0/24", host=True)),
    "answer": answer,
    "streaming": Streaming(),
    "counting": count,
    "counting-in-a-thread": count_now,
    "block": block,
}


def say_port(server: Server) -> None:
    """Tell the test where to go."""
    print(server.port, flush=True)


def serve_in_threads(handler: Any, *, grace: float, max_body: int = 16 * 1024 * 1024) -> None:
    """Serve with the thread-per-connection server, which is a way of the framework to be served."""
    from groundup import Application  # here, because it brings along what the others do without
    from groundup.config import Config
    from groundup.threads import ThreadedServer

    app = Application(max_body=max_body)
    app.route("/*path", "GET", "POST")(handler)
    config = Config(port=0, grace=grace, max_body=max_body)
    ThreadedServer(app, config).serve(lambda _, port: print(port, flush=True))


def main() -> None:
    """Serve as told."""
    options = json.loads(sys.argv[1])
    for name, limit in options.pop("limits", {}).items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    handler = HANDLERS[options.pop("handler", "answer")]
    if options.get("loop") == "threads":
        del options["loop"]
        serve_in_threads(handler, **options)
    else:
        serve(handler, port=0, announce=say_port, **options)


if __name__ == "__main__":
    main()
