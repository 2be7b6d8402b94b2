"""groundup_tcpserver.nonblocking: what only yielded calls have; the rest is in test_contract."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

import pytest

from groundup_tcpserver import ConnectionClosed, SelectorConnection, Talk
from groundup_tcpserver.connection import LINGER_BYTES
from groundup_tcpserver.nonblocking import AGAIN, ENDED

Make = Callable[[Callable[[Any], Any]], tuple[SelectorConnection, socket.socket]]


@pytest.fixture
def make() -> Iterator[Make]:
    """Make a connection with a handler, and the client at its other end."""
    ends: list[socket.socket] = []

    def make(handler: Callable[[Any], Any]) -> tuple[SelectorConnection, socket.socket]:
        ours, theirs = socket.socketpair()
        theirs.settimeout(10)
        ends.extend((ours, theirs))
        made = SelectorConnection(ours, ("peer", 1), handler, idle_timeout=10, max_buffer=1000)
        return made, theirs

    yield make
    for end in ends:
        end.close()


def test_a_handler_goes_on_until_it_has_to_wait(make: Make) -> None:
    def handler(connection: Any) -> Talk:
        line = yield connection.read_until(b"\n")
        yield connection.send(line)

    connection, client = make(handler)

    assert connection.advance() == EVENT_READ
    client.sendall(b"half")
    assert connection.advance() == EVENT_READ
    client.sendall(b" a line\n")
    assert connection.advance() == EVENT_READ  # the goodbye
    assert client.recv(100) == b"half a line\n"
    assert client.recv(100) == b""
    client.close()
    assert connection.advance() == ENDED


@pytest.mark.parametrize(("past", "left"), [(0, b""), (1, b"x")], ids=["edge", "one-past"])
def test_the_goodbye_reads_what_still_comes_up_to_a_limit(
    make: Make, past: int, left: bytes
) -> None:
    def handler(connection: Any) -> Talk:
        yield connection.send(b"bye")

    def send() -> None:
        client.sendall(b"x" * (LINGER_BYTES + past))
        client.shutdown(socket.SHUT_WR)

    connection, client = make(handler)
    sending = threading.Thread(target=send)
    sending.start()

    while connection.advance() != ENDED:
        select.select([connection.socket], [], [], 10)
    sending.join(10)

    select.select([connection.socket], [], [], 10)
    assert connection.socket.recv(100) == left


def test_a_full_socket_waits_for_writing(make: Make) -> None:
    def handler(connection: Any) -> Talk:
        yield connection.send(b"x" * 10_000_000)

    connection, client = make(handler)
    assert connection.advance() == EVENT_WRITE

    received, event = 0, EVENT_WRITE
    while event == EVENT_WRITE:
        received += len(client.recv(1_000_000))
        event = connection.advance()
    while data := client.recv(1_000_000):
        received += len(data)
    assert received == 10_000_000


def test_a_busy_handler_gives_the_others_a_turn(make: Make) -> None:
    def handler(connection: Any) -> Talk:
        while True:
            yield connection.read_exactly(1)

    connection, client = make(handler)
    client.sendall(b"x" * 40)

    assert [connection.advance() for _ in range(3)] == [AGAIN, AGAIN, EVENT_READ]


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        pytest.param("forgotten", "must be yielded before the next", id="forgotten"),
        pytest.param("last", "the last call was not yielded", id="last"),
        pytest.param("nothing", "must yield calls of its connection, got None", id="nothing"),
        pytest.param("plain", "handler must be a generator", id="plain"),
    ],
)
def test_misuse_is_told(
    make: Make, misuse: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(connection: Any) -> Talk:
        if misuse == "nothing":
            yield
        connection.send(b"x")
        if misuse == "forgotten":
            yield connection.send(b"y")

    def plain(connection: Any) -> Any:
        connection.send(b"x")

    connection, client = make(plain if misuse == "plain" else handler)
    client.close()

    assert connection.advance() == ENDED
    assert caplog.records[0].exc_info is not None
    assert message in str(caplog.records[0].exc_info[1])


def test_a_handler_is_told_that_it_is_over(make: Make) -> None:
    told: list[Exception] = []

    def handler(connection: Any) -> Talk:
        for _ in range(2):
            try:
                yield connection.read_until(b"\n")
            except ConnectionClosed as error:
                told.append(error)

    connection, _ = make(handler)
    connection.advance()

    connection.abort()

    assert str(told[0]) == "server has stopped"
    assert connection.closed


def test_a_handler_that_does_not_want_to_end_is_thrown_out(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(connection: Any) -> Talk:
        while True:
            try:
                yield connection.read_until(b"\n")
            except ConnectionClosed:
                continue
            except GeneratorExit:
                yield

    connection, _ = make(handler)
    connection.advance()

    connection.abort()

    assert connection.socket.fileno() == -1
    assert "its handler has failed" in caplog.text
