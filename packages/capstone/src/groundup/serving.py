"""Serve an application: on one event loop, or with a thread for each connection.

Both servers give the same answers; ``threads`` is there to compare, and for sites whose every
handler blocks.  What a person did wrong (a port in use, an address of another machine) comes out
as a ``ListenError`` with one line to print.
"""

from collections.abc import Callable
from typing import Any

from groundup.config import Config
from groundup.errors import ConfigError, ListenError
from groundup_asyncserver import ListenError as AsyncListenError
from groundup_asyncserver import Server, WorkerError, serve

__all__ = ["Announce", "has_blocking_parts", "serve_async", "serve_threads"]

Announce = Callable[[str, int], None]


def has_blocking_parts(app: Any) -> bool:
    """Return whether an application has a server or a parser of its own: only threads run those."""
    return bool(getattr(app, "server", None) or getattr(app, "parser", None))


def serve_async(app: Any, config: Config, announce: Announce) -> None:
    """Serve on one event loop until SIGINT or SIGTERM.

    Args:
        app: What answers.
        config: ``host``, ``port``, ``workers``, ``grace`` and ``max_body``.
        announce: Called once with host and port when connections are accepted.

    Raises:
        ConfigError: The application has a server or a parser of its own: they are for threads.
        ListenError: The address cannot be listened on, or the workers cannot start.
    """
    if has_blocking_parts(app):
        msg = "a server or a parser of yours needs --server threads, got 'async'"
        raise ConfigError(msg)

    def ready(server: Server) -> None:
        announce(config.host, server.port)

    try:
        serve(
            app,
            host=config.host,
            port=config.port,
            workers=config.workers,
            grace=config.grace,
            max_body=config.max_body,
            announce=ready,
        )
    except (AsyncListenError, WorkerError) as error:
        raise ListenError(str(error)) from error


def serve_threads(app: Any, config: Config, announce: Announce) -> None:
    """Serve with a thread for each connection until SIGINT or SIGTERM.

    Raises:
        ConfigError: More than one worker was asked for.
        ListenError: The address cannot be listened on.
    """
    # Whoever serves on one event loop needs neither.
    from groundup.threads import ThreadedServer  # noqa: PLC0415 - costs time to start
    from groundup_tcpserver import ListenError as ThreadsListenError  # noqa: PLC0415 - as well

    if config.workers > 1:
        msg = f"workers must be 1 with the server 'threads', got {config.workers}: use 'async'"
        raise ConfigError(msg)
    try:
        ThreadedServer(app, config).serve(announce)
    except ThreadsListenError as error:
        raise ListenError(str(error)) from error
