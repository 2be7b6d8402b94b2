"""Handlers that wait, three ways: ``python -m tests.benchmarks.apps.waiting PORT WAY``.

one       a blocking handler on one thread: everybody waits for everybody
threads   a thread for each connection, which may block
asyncio   one thread, and handlers that say when they wait
"""

import asyncio
import sys
import time

from tests.benchmarks.content import HELLO, WAIT

from groundup_asyncserver import serve
from groundup_httpparse import RequestParser
from groundup_messages import Request, Response
from groundup_tcpserver import Connection, TCPServer


async def block(request: Request) -> Response:
    """Wait and tell nobody, which keeps the loop from everything else."""
    time.sleep(WAIT)  # noqa: ASYNC251 - the mistake that is measured here
    return Response(200, HELLO)


async def wait(request: Request) -> Response:
    """Wait as for another machine."""
    await asyncio.sleep(WAIT)
    return Response(200, HELLO)


def talk(connection: Connection) -> None:
    """Answer one request after the other, in the connection's own thread."""
    parser = RequestParser()
    while head := connection.read_until(b"\r\n\r\n"):
        parser.feed(head)
        time.sleep(WAIT)
        connection.send(Response(200, HELLO).serialize())


if __name__ == "__main__":
    port, way = int(sys.argv[1]), sys.argv[2]
    if way == "threads":
        TCPServer("127.0.0.1", port, talk, max_connections=2000, backlog=1024).serve_forever()
    else:
        serve({"one": block, "asyncio": wait}[way], port=port)
