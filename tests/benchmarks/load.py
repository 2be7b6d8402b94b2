"""Send requests and know that each was answered: the side that measures.

``volley`` is for CPU time per request.  The clients are in two halves, so that the server always
has requests to go on with, as under load.  Each half is read from its end: this side sleeps until
the last answer of a half is there, and is woken once.  To wake a process costs the one that sends
some 7 µs, which are no part of serving: whoever sends over a network wakes nobody.

    1 sends   2 sends   1 is read, from its end   1 sends again   2 is read   2 sends again   …

Every answer must begin with the status line and have the size, to the byte, that the first one
had; that one is compared in full (`ask`).  Anything else ends the run: a benchmark that counts
errors as answers measures how fast a server fails.  A client that must not wait for the others
is in `pace`.
"""

import http.client
import socket
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

HOST = "127.0.0.1"
PIECE = 64 * 1024  # as clients read
PATIENCE = 30.0  # seconds for an answer


class WrongAnswerError(RuntimeError):
    """A contender did not answer as the case says."""


@dataclass(frozen=True)
class Answer:
    """One response: what it says, its first bytes and its size on the wire."""

    status: int
    fields: dict[str, str]
    body: bytes
    start: bytes
    size: int


class Tap(socket.socket):
    """A socket that remembers what it received."""

    heard = b""

    def recv_into(self, buffer: memoryview, *rest: int) -> int:  # type: ignore[override]  # what SocketIO calls
        """Receive, and remember."""
        count = super().recv_into(buffer, *rest)
        self.heard += bytes(buffer[:count])
        return count


def ask(port: int, request: bytes) -> Answer:
    """Send one request on a connection of its own and read its answer in full."""
    with Tap() as client:
        client.settimeout(PATIENCE)
        client.connect((HOST, port))
        client.sendall(request)
        method = request.partition(b" ")[0].decode()
        response = http.client.HTTPResponse(client, method=method)
        response.begin()
        fields = {name.lower(): value for name, value in response.getheaders()}
        body = response.read()
        response.close()
        heard = client.heard
    return Answer(response.status, fields, body, heard.partition(b"\r\n")[0], len(heard))


@contextmanager
def connected(port: int, count: int) -> Generator[list[socket.socket]]:
    """Connect so many clients."""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection((HOST, port), timeout=PATIENCE))
            for _ in range(count)
        ]
        for client in clients:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield clients


def volley(
    clients: list[socket.socket], request: bytes, answer: Answer, rounds: int, burst: int = 1
) -> int:
    """Send ``rounds`` times ``burst`` requests over each connection; return how many.

    Raises:
        WrongAnswerError: An answer was another one, or none came.
    """
    bundle, size = request * burst, answer.size * burst
    halves = clients[::2], clients[1::2]
    for client in clients:
        client.sendall(bundle)
    for left in reversed(range(rounds)):
        for half in halves:
            for client in reversed(half):
                receive(client, answer.start, size)
            if left:
                for client in half:
                    client.sendall(bundle)
    return rounds * len(clients) * burst


def receive(client: socket.socket, start: bytes, size: int) -> None:
    """Read so many bytes, which begin with a status line."""
    data = client.recv(PIECE)
    if not data.startswith(start):
        msg = f"expected an answer with {start!r}, got {data[:60]!r}"
        raise WrongAnswerError(msg)
    missing = size - len(data)
    while missing > 0:
        data = client.recv(PIECE)
        missing -= len(data)
        if not data:
            msg = f"expected {size} bytes, got the end of the connection {missing} too early"
            raise WrongAnswerError(msg)
    if missing < 0:
        msg = f"expected an answer of {size} bytes, got {-missing} more"
        raise WrongAnswerError(msg)
