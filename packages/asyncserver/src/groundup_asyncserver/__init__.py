"""An asyncio HTTP/1.1 server for handlers and ASGI applications.

errors, config, phases                           what can go wrong, every number, whose turn it is
clock, threads, steps, calls, crowds, memory, context    what all connections share
incoming, outgoing, refusals                     bodies in and out, and the server's own answers
link, upgrades, exchange, connection             one connection, from the transport up
listener, acceptor, signals, server              sockets, signals, start and stop
workers, descriptors, serving                    processes, and one call for all
scope, asgi, sockets, hosting                    ASGI in both directions
"""

from groundup_asyncserver.asgi import as_asgi
from groundup_asyncserver.calls import SupportsLifespan
from groundup_asyncserver.config import ServerConfig
from groundup_asyncserver.connection import HTTPProtocol, make_protocol
from groundup_asyncserver.errors import BodyTimeout, Disconnected, ListenError, WorkerError
from groundup_asyncserver.hosting import ASGIHandler, from_asgi
from groundup_asyncserver.scope import request_from_scope
from groundup_asyncserver.server import Server
from groundup_asyncserver.serving import serve
from groundup_asyncserver.sockets import OpenSocket, SocketOpener

__all__ = [
    "ASGIHandler",
    "BodyTimeout",
    "Disconnected",
    "HTTPProtocol",
    "ListenError",
    "OpenSocket",
    "Server",
    "ServerConfig",
    "SocketOpener",
    "SupportsLifespan",
    "WorkerError",
    "as_asgi",
    "from_asgi",
    "make_protocol",
    "request_from_scope",
    "serve",
]
