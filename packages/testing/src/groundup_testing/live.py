"""The real server on a real port, in a thread: listens on a socket.

For what a client in memory cannot be: another process, a browser, curl.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from groundup_asyncserver import Server, ServerConfig
from groundup_testing.applications import find_handler
from groundup_testing.loops import LoopThread

__all__ = ["LiveServer", "live_server"]


class LiveServer:
    """Where a server listens."""

    def __init__(self, server: Server, host: str) -> None:
        self._server = server
        self.host = host
        self.port = server.port
        self.url = server.url

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return self._server.connections


@contextmanager
def live_server(
    app: Any,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    config: ServerConfig | None = None,
) -> Generator[LiveServer, None, None]:
    """Serve an application on a port for the length of a block, and shut it down in order.

    >>> from groundup_messages import Response
    >>> from urllib.request import urlopen
    >>> with live_server(lambda request: Response(200, "Hello!")) as server:
    ...     with urlopen(server.url) as answer:
    ...         answer.read()
    b'Hello!'

    Args:
        app: A handler, or an ASGI 3 application.
        host: The address to listen on.
        port: 0 lets the system choose.
        config: All numbers of the server, in place of host and port.

    Raises:
        ListenError: The address cannot be served.
    """
    server = Server(find_handler(app), config or ServerConfig(host=host, port=port, grace=5.0))
    thread = LoopThread("groundup-testing-server")
    try:
        thread.run(server.start())
        yield LiveServer(server, server.config.host or host)
    finally:
        thread.close(server.stop())
