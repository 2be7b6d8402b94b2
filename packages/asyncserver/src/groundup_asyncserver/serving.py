"""Serve with one call: choose a loop, run the server on it, return when it has stopped."""

import asyncio
import importlib
from collections.abc import Callable
from typing import Any, Literal

from groundup_asyncserver.config import ServerConfig
from groundup_asyncserver.server import Server
from groundup_messages import Handler

__all__ = ["LoopName", "serve"]

LoopName = Literal["auto", "asyncio", "uvloop"]


def serve(
    handler: Handler,
    *,
    host: str | None = "127.0.0.1",
    port: int = 8000,
    announce: Callable[[Server], None] | None = None,
    loop: LoopName = "auto",
    **settings: Any,
) -> None:
    """Serve until SIGINT or SIGTERM, then return.

    Args:
        handler: What answers the requests.
        host: The name or address to listen on; None for all of this machine.
        port: The port; 0 for one that is free.
        announce: Called with the server once it listens.
        loop: "uvloop" is faster and must be installed; "auto" takes it when it is.
        settings: The other fields of ``ServerConfig``.

    Raises:
        ListenError: The address cannot be served; the message names the way out.
        ValueError: A setting does not fit.
    """
    server = Server(handler, ServerConfig(host=host, port=port, **settings))
    with asyncio.Runner(loop_factory=choose_loop(loop)) as runner:
        runner.run(server.serve_forever(announce))


def choose_loop(name: LoopName) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes the loop; None for asyncio's own.

    Raises:
        ValueError: There is no loop of that name, or it is not installed.
    """
    if name not in {"auto", "asyncio", "uvloop"}:
        raise ValueError(f"loop must be auto, asyncio or uvloop, got {name!r}")
    if name == "asyncio":
        return None
    try:
        uvloop: Any = importlib.import_module("uvloop")
    except ImportError:
        if name == "uvloop":
            raise ValueError(
                "loop 'uvloop' must be installed: pip install groundup-asyncserver[speed]"
            ) from None
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
