"""Clients that do not wait for each other: how long answers take, and how many come.

``closed`` is a crowd in which each sends again as soon as it has its answer: as many requests as
the server takes.  ``open_`` sends at a fixed rate, whatever comes back, and counts from the moment
at which a request *should* have left: a server that stops for a second is then late for all
requests of that second, as it is for people, and not for the one that happened to be under way.

All clients are in one thread over one selector, which costs some 15 µs for a request.
"""

import gc
import selectors
import socket
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.benchmarks.load import HOST, PATIENCE, PIECE, Answer, WrongAnswerError


@dataclass(eq=False)
class Client:
    """One connection, and what it waits for."""

    socket: socket.socket
    missing: int = 0
    due: float = 0.0  # when its request should have left

    def send(self, request: bytes, answer: Answer, due: float) -> None:
        """Send a request that was to leave at this time."""
        self.missing, self.due = answer.size, due
        self.socket.sendall(request)

    def receive(self, answer: Answer) -> bool:
        """Read what has come; return whether that was the end of the answer."""
        data = self.socket.recv(PIECE)
        if self.missing == answer.size and not data.startswith(answer.start):
            msg = f"expected an answer with {answer.start!r}, got {data[:60]!r}"
            raise WrongAnswerError(msg)
        self.missing -= len(data)
        return self.missing == 0


@contextmanager
def crowded(port: int, count: int) -> Generator[tuple[selectors.BaseSelector, list[Client]]]:
    """Connect so many clients, and keep the collector of garbage out of the measurement."""
    clients: list[Client] = []
    selector = selectors.DefaultSelector()
    gc.collect()
    gc.disable()
    try:
        for _ in range(count):
            client = Client(socket.create_connection((HOST, port), timeout=PATIENCE))
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            clients.append(client)
            selector.register(client.socket, selectors.EVENT_READ, client)
        yield selector, clients
    finally:
        gc.enable()
        selector.close()
        for client in clients:
            client.socket.close()


def closed(port: int, request: bytes, answer: Answer, clients: int, seconds: float) -> float:
    """Return how many requests a second a crowd gets answered."""
    count = 0
    with crowded(port, clients) as (selector, crowd):
        start = time.perf_counter()
        end = now = start + seconds
        for client in crowd:
            client.send(request, answer, start)
        while (now := time.perf_counter()) < end:
            for key, _ in selector.select(end - now):
                client = key.data
                if client.receive(answer):
                    count += 1
                    client.send(request, answer, now)
    return count / (now - start)


def open_(
    port: int, request: bytes, answer: Answer, clients: int, rate: float, seconds: float
) -> list[float]:
    """Return the seconds that each answer took, from the fastest on."""
    waited: list[float] = []
    total = int(rate * seconds)
    with crowded(port, clients) as (selector, crowd):
        free = deque(crowd)
        sent, start = 0, time.perf_counter()
        while len(waited) < total:
            now = time.perf_counter()
            # Who has no connection free is late, and that is part of what it waits for.
            while free and sent < total and start + sent / rate <= now:
                free.popleft().send(request, answer, start + sent / rate)
                sent += 1
            pause = start + sent / rate - time.perf_counter() if free and sent < total else 1.0
            for key, _ in selector.select(max(pause, 0)):
                if key.data.receive(answer):
                    waited.append(time.perf_counter() - key.data.due)
                    free.append(key.data)
    return sorted(waited)


def percentile(values: list[float], share: float) -> float:
    """Return the value that so many of the sorted values do not exceed.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0
    """
    return values[max(0, min(len(values), -int(-len(values) * share // 1)) - 1)]


def allow_files(count: int) -> None:
    """Let this process and its children have so many files open, where that is allowed."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
