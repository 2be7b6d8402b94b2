"""TCP servers on plain sockets: a thread for each connection, or one readiness loop for all.

buffer                        cut a stream of bytes into messages
listener, accepting           the socket that clients knock at
connection, conversation      one client, and the handler that talks to it
lifecycle                     start, serve, stop
server                        a thread for each connection
nonblocking, selector         one thread for all of them
"""

from groundup_tcpserver.buffer import Buffer
from groundup_tcpserver.connection import Connection
from groundup_tcpserver.conversation import Handler, Talk
from groundup_tcpserver.errors import (
    ConnectionClosed,
    IdleTimeout,
    LimitExceeded,
    ListenError,
    TCPServerError,
)
from groundup_tcpserver.nonblocking import SelectorConnection
from groundup_tcpserver.selector import SelectorServer
from groundup_tcpserver.server import TCPServer

__all__ = [
    "Buffer",
    "Connection",
    "ConnectionClosed",
    "Handler",
    "IdleTimeout",
    "LimitExceeded",
    "ListenError",
    "SelectorConnection",
    "SelectorServer",
    "TCPServer",
    "TCPServerError",
    "Talk",
]
