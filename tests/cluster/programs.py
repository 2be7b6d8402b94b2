"""A server in a process of its own, to be measured and maltreated: ``python programs.py OPTIONS``.

OPTIONS is JSON: which handler, which loop, what the system allows the process, and settings of
``ServerConfig``.  The process prints its port when it serves, and ends by SIGTERM.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

from groundup_asyncserver import Server, serve
from groundup_messages import Request, Response

PIECE = b"0123456789abcdef" * 1024


async def answer(request: Request) -> Response:
    """Answer what tests ask for."""
    size = int(request.query.get("size", "0"))
    match request.path:
        case "/":
            return Response(200, "Hello, World!")
        case "/bytes":
            return Response(200, (PIECE * (size // len(PIECE) + 1))[:size])
        case "/stream":
            return Response.stream(pieces(size))
        case "/echo":
            return Response(200, request.body)
        case "/form":
            files = {name: len(file.read()) for name, file in request.files.items()}
            return Response.json({"fields": dict(request.form.items()), "files": files})
        case "/sleep":
            await asyncio.sleep(float(request.query["seconds"]))
            return Response(200, "slept")
        case "/forever":
            await asyncio.Event().wait()
        case _:
            pass
    return Response(404, "no such page")


async def pieces(size: int) -> AsyncIterator[bytes]:
    """Yield so many bytes, and other tasks their turn."""
    while size > 0:
        yield PIECE[:size]
        size -= len(PIECE)
        await asyncio.sleep(0)


async def count(request: Request) -> Response:
    """Count the bytes of a body that has been loaded, as every handler's is."""
    return Response(200, str(sum([len(piece) async for piece in request.stream()])))


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


HANDLERS: dict[str, Any] = {
    "answer": answer,
    "streaming": Streaming(),
    "counting": count,
    "block": block,
}


def say_port(server: Server) -> None:
    """Tell the test where to go."""
    print(server.port, flush=True)


def main() -> None:
    """Serve as told."""
    options = json.loads(sys.argv[1])
    for name, limit in options.pop("limits", {}).items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    handler = HANDLERS[options.pop("handler", "answer")]
    serve(handler, port=0, announce=say_port, **options)


if __name__ == "__main__":
    main()
