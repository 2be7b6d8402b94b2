"""Serve with one call: choose a loop, run the server on it, return when it has stopped."""

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Literal

from groundup_asyncserver.config import ServerConfig
from groundup_asyncserver.descriptors import raise_limit
from groundup_asyncserver.errors import WorkerError
from groundup_asyncserver.listener import close_sockets, open_sockets
from groundup_asyncserver.server import Server
from groundup_asyncserver.workers import Lifeline, Supervisor
from groundup_messages import Handler

__all__ = ["LoopName", "serve"]

LoopName = Literal["auto", "asyncio", "uvloop"]
LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def serve(
    handler: Handler,
    *,
    host: str | None = "127.0.0.1",
    port: int = 8000,
    announce: Callable[[Server], None] | None = None,
    loop: LoopName = "auto",
    workers: int = 1,
    **settings: Any,
) -> None:
    """Serve until SIGINT or SIGTERM, then return.

    The process may open as many files afterwards as its connections need, where that is allowed.

    Args:
        handler: What answers the requests.
        host: The name or address to listen on; None for all of this machine.
        port: The port; 0 for one that is free.
        announce: Called with the server once it listens.
        loop: "uvloop" is faster and must be installed; "auto" takes it when it is.
        workers: Processes that share the port; more than one needs a POSIX system.
        settings: The other fields of ``ServerConfig``.

    Raises:
        ListenError: The address cannot be served; the message names the way out.
        WorkerError: The workers cannot start.
        ValueError: A setting does not fit.
    """
    config, make_loop = ServerConfig(host=host, port=port, **settings), choose_loop(loop)
    if workers < 1:
        raise ValueError(f"workers must be 1 or more, got {workers}")
    raise_limit(config.max_connections)
    if workers > 1:
        serve_with_workers(handler, config, make_loop, workers, announce)
        return
    server = Server(handler, config)
    with asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(server.serve_forever(announce))


def serve_with_workers(
    handler: Handler,
    config: ServerConfig,
    make_loop: LoopFactory,
    workers: int,
    announce: Callable[[Server], None] | None,
) -> None:
    """Serve with several processes; ``announce`` is called in the one that supervises them."""
    if not hasattr(os, "fork"):
        raise WorkerError("more than one worker needs a POSIX system: use workers=1 here")
    sockets = open_sockets(config)
    server = Server(handler, config, sockets=sockets)

    def work(lifeline: Lifeline) -> None:
        def begin(_: Server) -> None:
            asyncio.get_running_loop().add_reader(lifeline, server.request_stop)
            lifeline.say_ready()

        with asyncio.Runner(loop_factory=make_loop) as runner:
            runner.run(server.serve_forever(begin))

    def tell() -> None:
        if announce is not None:
            announce(server)

    try:
        forwarded = () if config.certificate is None else (signal.SIGHUP,)
        Supervisor(workers, work, tell, config.grace + 10, forwarded).run()
    finally:
        close_sockets(sockets, config.unix)


def choose_loop(name: LoopName) -> LoopFactory:
    """Return what makes the loop.

    Raises:
        ValueError: There is no loop of that name, or it is not installed.
    """
    if name not in {"auto", "asyncio", "uvloop"}:
        raise ValueError(f"loop must be auto, asyncio or uvloop, got {name!r}")
    if name != "asyncio":
        try:
            uvloop: Any = importlib.import_module("uvloop")
        except ImportError:
            if name == "uvloop":
                raise ValueError(
                    "loop 'uvloop' must be installed: pip install groundup-asyncserver[speed]"
                ) from None
        else:
            factory: LoopFactory = uvloop.new_event_loop
            return factory
    # Not asyncio.new_event_loop: that one makes what some library has set as the default.
    if sys.platform == "win32":
        return asyncio.ProactorEventLoop
    return asyncio.SelectorEventLoop
