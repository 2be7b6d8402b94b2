"""Three ways to stop a server with a client that breaks no rule: say nothing, come often, not read.

None of them needs a fast line or a large machine; the first is called slow loris since 2009.  Each
attack leaves nothing behind: it closes what it has opened, and stops the server.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Generator
from typing import Any

from groundup_course.trial import slowness

WEAK = {
    "attack_silence": "steps/step2.py",
    "attack_crowd": "steps/step3.py",
    "attack_never_reads": "wrong/waits_for_ever.py",
}

PATIENCE = 8.0 * slowness()  # seconds that a visitor waits
OPTIONS = {"max_connections": 5, "idle_timeout": 0.3 * slowness(), "grace": 0.1}


def attack_silence(part: Any) -> bool:
    """Keep everybody waiting by connecting and saying nothing."""
    with serve(part, shout) as (connect, _):
        connect()
        return not is_answered(connect())


def attack_crowd(part: Any) -> bool:
    """Make the server start a thread for each of thirty connections, which cost next to nothing."""
    with serve(part, shout) as (connect, most):
        for _ in range(30):
            connect()
        is_answered(connect())
        return bool(max(most) > OPTIONS["max_connections"])


def attack_never_reads(part: Any) -> bool:
    """Take every place by asking for much and reading nothing of it."""
    with serve(part, pour) as (connect, _):
        for _ in range(5):
            connect().sendall(b"more\n")
        return not is_answered(connect())


def shout(connection: Any) -> None:
    """Answer one line."""
    connection.send(connection.read_until(b"\n").upper() or connection.read().upper())


def pour(connection: Any) -> None:
    """Answer one line with itself, and then with more than any system keeps."""
    line = connection.read_until(b"\n")
    connection.send(line.upper())
    for _ in range(64 if line == b"more\n" else 0):
        connection.send(bytes(2**20))


def is_answered(client: socket.socket) -> bool:
    """Tell whether an honest visitor gets an answer."""
    with contextlib.suppress(OSError):
        client.settimeout(PATIENCE)
        client.sendall(b"hello\n")
        return client.recv(100).startswith(b"HELLO")
    return False


@contextlib.contextmanager
def serve(part: Any, handler: Any) -> Generator[Any]:
    """Yield a function that connects, and a list of how many handlers ran at once."""
    lock, most, running, clients = threading.Lock(), [0], 0, list[socket.socket]()

    def counted(connection: Any) -> None:
        nonlocal running
        with lock:
            running += 1
            most.append(running)
        try:
            with contextlib.suppress(OSError, ValueError):
                handler(connection)
        finally:
            with lock:
                running -= 1

    def connect() -> socket.socket:
        clients.append(socket.create_connection(server.address, PATIENCE))
        return clients[-1]

    server = part.TCPServer("127.0.0.1", 0, counted, **OPTIONS)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield connect, most
    finally:
        for client in clients:
            client.close()
        server.stop()
        serving.join()
        deadline = time.monotonic() + PATIENCE
        while running and time.monotonic() < deadline:  # threads that nobody joins
            time.sleep(0.01)
