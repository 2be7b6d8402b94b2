"""Serve a handler, or a greeting: ``python -m groundup_asyncserver [MODULE:HANDLER]``."""

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

from groundup_asyncserver.errors import ListenError, WorkerError
from groundup_asyncserver.server import Server
from groundup_asyncserver.serving import serve
from groundup_messages import Handler, Request, Response

EPILOG = """\
A handler is a function of a request that returns a response, plain or async:

    # hello.py
    from groundup_messages import Response

    async def handler(request):
        return Response(200, f"You asked for {request.path}")

    $ python -m groundup_asyncserver hello:handler --port 8000

Ctrl-C stops: open requests end first; a second Ctrl-C does not wait for them.
"""


async def greet(request: Request) -> Response:
    """Answer the handler that is there when none is named."""
    return Response(200, f"Hello from server! You asked for {request.method} {request.path}\n")


def load_handler(name: str) -> Handler:
    """Return the handler that ``module:attribute`` names.

    Raises:
        ValueError: There is none; the message is one line.
    """
    module_name, colon, attributes = name.partition(":")
    if not (module_name and colon and attributes):
        raise ValueError(f"handler must be named as module:attribute, got {name!r}")
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise ValueError(f"cannot import {module_name!r}: {error}") from None
    for attribute in attributes.split("."):
        found = getattr(found, attribute, None)
    if callable(found):
        return found  # type: ignore[no-any-return]  # callable is all that can be known
    raise ValueError(f"{name!r} must be something to call, got {found!r:.60}")


def announce(server: Server) -> None:
    """Print where the server listens."""
    print(f"Listening on {server.url} (Ctrl-C stops)", flush=True)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup_asyncserver",
        description="Serve a handler over HTTP/1.1.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("handler", nargs="?", metavar="MODULE:HANDLER", help="what answers")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="0 for a free one (%(default)s)")
    parser.add_argument("--unix", metavar="PATH", help="listen on a Unix socket in place of a port")
    parser.add_argument("--certificate", metavar="PEM", help="serve TLS; read again on SIGHUP")
    parser.add_argument("--private-key", metavar="PEM", help="its key, if in a file of its own")
    parser.add_argument("--workers", type=int, default=1, help="processes (%(default)s)")
    parser.add_argument(
        "--loop", choices=("auto", "asyncio", "uvloop"), default="auto", help="(%(default)s)"
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = make_parser().parse_args(arguments)
    sys.path.insert(0, str(Path.cwd()))
    try:
        handler = greet if options.handler is None else load_handler(options.handler)
        serve(
            handler,
            host=options.host,
            port=options.port,
            unix=options.unix,
            certificate=options.certificate,
            private_key=options.private_key,
            loop=options.loop,
            workers=options.workers,
            announce=announce,
        )
    except (ListenError, WorkerError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
