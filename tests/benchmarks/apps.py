"""The contenders: each module-level function serves the same three paths on a port, until killed.

    /          Hello, World!
    /json      {"message": "Hello, World!"}
    /users/42?q=x   {"id": "42", "q": "x"}

Run as ``python apps.py CONTENDER PORT``; prints a line when it is ready.
"""

import asyncio
import importlib
import json
import socket
import sys
from collections.abc import Callable
from typing import Any

from groundup import Application, Request, Response
from groundup.config import Config
from groundup.serving import serve_threads
from groundup_asyncserver import serve

CANNED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Date: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: 13\r\n\r\nHello, World!"
)


def make_app() -> Application:
    """Return the application of the framework."""
    app = Application()

    @app.get("/")
    async def plaintext(request: Request) -> Response:
        return Response(200, "Hello, World!")

    @app.get("/json")
    async def as_json(request: Request) -> Response:
        return Response.json({"message": "Hello, World!"})

    @app.get("/users/:id")
    async def user(request: Request) -> Response:
        return Response.json({"id": request.params["id"], "q": request.query.get("q")})

    return app


def ready(*_: Any) -> None:
    """Say that requests are answered."""
    print("ready", flush=True)


def groundup(port: int) -> None:
    """Serve with the fastest loop that is installed."""
    serve(make_app(), port=port, announce=ready)


def server(port: int) -> None:
    """Serve one handler without the framework: what the server itself costs."""

    async def plaintext(request: Request) -> Response:
        if request.path == "/":
            return Response(200, "Hello, World!")
        if request.path == "/json":
            return Response.json({"message": "Hello, World!"})
        return Response.json({"id": request.path[7:], "q": request.query.get("q")})

    serve(plaintext, port=port, announce=ready)


def groundup_asyncio(port: int) -> None:
    """Serve on the standard library's loop."""
    serve(make_app(), port=port, announce=ready, loop="asyncio")


def groundup_threads(port: int) -> None:
    """Serve with a thread for each connection."""
    serve_threads(make_app(), Config(port=port), ready)


class Canned(asyncio.Protocol):
    """Answers whatever comes with the same bytes: what no server can be faster than."""

    def connection_made(self, transport: Any) -> None:
        """Keep the way back."""
        self._write = transport.write

    def data_received(self, data: bytes) -> None:
        """Answer each end of a head."""
        self._write(CANNED * data.count(b"\r\n\r\n"))


def canned(port: int) -> None:
    """Serve the limit."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", port)
        ready()
        await server.serve_forever()

    try:
        import uvloop
    except ImportError:
        asyncio.run(run())
    else:
        uvloop.run(run())


def starlette(port: int) -> None:
    """Serve with Starlette and uvicorn, if they are installed."""
    # Peers are installed by whoever wants to compare, so no type checker knows them.
    uvicorn: Any = importlib.import_module("uvicorn")
    applications: Any = importlib.import_module("starlette.applications")
    responses: Any = importlib.import_module("starlette.responses")
    routing: Any = importlib.import_module("starlette.routing")

    async def plaintext(_: Any) -> Any:
        return responses.PlainTextResponse("Hello, World!")

    async def as_json(_: Any) -> Any:
        return responses.JSONResponse({"message": "Hello, World!"})

    async def user(request: Any) -> Any:
        found = {"id": request.path_params["id"], "q": request.query_params.get("q")}
        return responses.Response(json.dumps(found), media_type="application/json")

    routes = [
        routing.Route("/", plaintext),
        routing.Route("/json", as_json),
        routing.Route("/users/{id}", user),
    ]
    config = uvicorn.Config(
        applications.Starlette(routes=routes), log_level="error", access_log=False
    )
    with socket.create_server(("127.0.0.1", port)) as listening:
        ready()  # whoever comes now waits in its queue
        uvicorn.Server(config).run(sockets=[listening])


CONTENDERS: dict[str, Callable[[int], None]] = {
    "canned": canned,
    "server": server,
    "groundup": groundup,
    "groundup_asyncio": groundup_asyncio,
    "groundup_threads": groundup_threads,
    "starlette": starlette,
}

if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](int(sys.argv[2]))
