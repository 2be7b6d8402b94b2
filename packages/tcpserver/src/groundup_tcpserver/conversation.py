r"""Run a handler to its end, and say what became of it: the same words for both servers.

A handler is a plain function, whose calls wait by themselves:

    def handler(connection):
        connection.send(b"name? ")
        name = connection.read_until(b"\n")

or a generator, which gives each call away and gets its result back:

    def handler(connection):
        yield connection.send(b"name? ")
        name = yield connection.read_until(b"\n")

``TCPServer`` runs both; ``SelectorServer`` has one thread for all clients and nobody to wait, so it
needs the second form: at each ``yield`` it turns to another client.
"""

import logging
from collections.abc import Callable, Generator
from typing import Any

from groundup_tcpserver.errors import TCPServerError

__all__ = ["Handler", "Talk", "log_failure", "run_blocking"]

logger = logging.getLogger("groundup.tcpserver")

Talk = Generator[Any, Any, None]
Handler = Callable[[Any], Talk | None]


def run_blocking(handler: Handler, connection: object) -> None:
    """Run a handler of either form in the thread of its connection."""
    talk = handler(connection)
    if isinstance(talk, Generator):
        try:
            done = next(talk)  # the call has waited already: what it gives away is the result
            while True:
                done = talk.send(done)
        except StopIteration:
            pass


def log_failure(connection: object, error: BaseException) -> None:
    """Log what a handler raised, once; that a client went away is no failure."""
    if isinstance(error, TCPServerError):
        logger.debug("%r: %s", connection, error)
    else:
        logger.error("%r: its handler has failed", connection, exc_info=error)
