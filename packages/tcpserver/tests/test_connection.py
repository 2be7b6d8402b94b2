"""groundup_tcpserver.connection: what only blocking calls have; the rest is in test_contract."""

import socket
import threading
from collections.abc import Iterator

import pytest

from groundup_tcpserver import Connection, ConnectionClosed, IdleTimeout
from groundup_tcpserver import connection as module
from groundup_tcpserver.connection import LINGER_BYTES, explain, limit_waiting


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Our end and that of the client."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def ours(ends: tuple[socket.socket, socket.socket]) -> socket.socket:
    """What the connection reads from."""
    return ends[0]


Pair = tuple[Connection, socket.socket]


@pytest.fixture(params=["kernel", "select"])
def clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both ways of limiting the wait pass the same tests; Windows has the second one only."""
    if request.param == "select":
        monkeypatch.setattr(module, "AT_ONCE", 0)


@pytest.fixture
def pair(ends: tuple[socket.socket, socket.socket], clock: None) -> Pair:
    """A connection and the client at its other end."""
    ours, theirs = ends
    return Connection(ours, ("peer", 1), idle_timeout=10, max_buffer=1000), theirs


@pytest.fixture
def hasty(ends: tuple[socket.socket, socket.socket], clock: None) -> Pair:
    """The same with little patience."""
    ours, theirs = ends
    return Connection(ours, ("peer", 1), idle_timeout=0.1, max_buffer=1000), theirs


def test_close_wakes_a_read_in_another_thread(pair: Pair) -> None:
    connection, _ = pair
    threading.Timer(0.1, connection.close).start()

    with pytest.raises(ConnectionClosed):
        connection.read_until(b"\n")
    assert connection.closed
    with pytest.raises(ConnectionClosed):
        connection.send(b"x")


def test_drain_ends_a_read_between_two_messages(pair: Pair) -> None:
    connection, client = pair
    threading.Timer(0.1, connection.drain).start()

    assert connection.read(between=True) == b""
    connection.send(b"bye")
    assert client.recv(10) == b"bye"


def test_drain_before_the_read_counts_too(pair: Pair) -> None:
    connection, client = pair
    client.sendall(b"one\ntwo\n")
    assert connection.read_until() == b"one\n"

    connection.drain()

    assert connection.read(between=True) == b"two\n"
    assert connection.read(between=True) == b""


def test_drain_leaves_a_message_alone(pair: Pair) -> None:
    connection, client = pair
    connection.drain()
    client.sendall(b"one\n")

    assert connection.read_until() == b"one\n"


def test_finish_waits_until_the_client_has_read(pair: Pair) -> None:
    connection, client = pair
    client.sendall(b"x" * 1000)
    connection.send(b"last")
    finishing = threading.Thread(target=connection.finish)
    finishing.start()

    assert client.recv(10) == b"last"
    assert client.recv(10) == b""
    client.close()
    finishing.join(10)
    assert not finishing.is_alive()


def test_a_silent_client_can_still_be_told_so(hasty: Pair) -> None:
    connection, client = hasty
    client.sendall(b"half")

    for _ in range(2):
        with pytest.raises(IdleTimeout, match=r"within 0\.1 seconds"):
            connection.read_until(b"\n")
    connection.send(b"too slow")
    client.sendall(b" a line\n")

    assert client.recv(100) == b"too slow"
    assert connection.read_until(b"\n") == b"half a line\n"


def test_a_deaf_client_is_noticed_whether_anything_could_be_sent_or_not(hasty: Pair) -> None:
    connection, client = hasty

    for _ in range(2):  # the second time not one byte finds room
        with pytest.raises(IdleTimeout):
            connection.send(b"x" * 10_000_000)
    with pytest.raises(IdleTimeout):
        connection.read()

    client.close()
    with pytest.raises(ConnectionClosed):
        connection.send(b"x" * 10_000_000)


def test_a_client_that_reads_slowly_gets_all_and_may_answer(pair: Pair) -> None:
    connection, client = pair
    sending = threading.Thread(target=connection.send, args=(b"x" * 5_000_000,))
    sending.start()

    received = 0
    while received < 5_000_000:
        received += len(client.recv(100_000))
    sending.join(10)
    client.sendall(b"thanks\n")

    assert connection.read_until(b"\n") == b"thanks\n"


def test_one_read_takes_no_more_than_was_asked_for(pair: Pair) -> None:
    connection, client = pair
    client.sendall(b"abcdef")

    assert connection.read(2) == b"ab"
    assert connection.read_exactly(1) == b"c"
    assert connection.read(2, between=True) == b"de"
    with pytest.raises(ValueError, match="must be positive, got 0"):
        connection.read(0)
    client.shutdown(socket.SHUT_WR)
    assert [connection.read(2) for _ in range(3)] == [b"f", b"", b""]


class Strange(socket.socket):
    """A socket of a system whose times have another form."""

    def setsockopt(self, *_: object) -> None:
        raise OSError(22, "Invalid argument")


def test_a_system_that_keeps_no_time_is_asked_before_each_call() -> None:
    with Strange() as client:
        limit_waiting(client, 2.5)

        assert client.gettimeout() == 2.5


@pytest.mark.parametrize("seconds", [1e-9, 0.05, 1.0])
def test_the_shortest_wait_ends_too(
    ends: tuple[socket.socket, socket.socket], seconds: float
) -> None:
    ours, _ = ends

    limit_waiting(ours, seconds)

    with pytest.raises((TimeoutError, BlockingIOError)):
        ours.recv(1)


@pytest.mark.parametrize(("past", "left"), [(0, b""), (1, b"x")], ids=["edge", "one-past"])
def test_finish_reads_what_still_comes_up_to_a_limit(
    pair: Pair, ours: socket.socket, past: int, left: bytes
) -> None:
    connection, client = pair

    def send() -> None:
        client.sendall(b"x" * (LINGER_BYTES + past))
        client.shutdown(socket.SHUT_WR)

    sending = threading.Thread(target=send)
    with ours.dup() as same:  # open although the connection has ended: to see what was not read
        sending.start()
        connection.finish()
        sending.join(10)

        same.settimeout(10)
        assert same.recv(100) == left


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (TimeoutError("timed out"), IdleTimeout, "send or read within 2.5 seconds"),
        (BlockingIOError(11, "again"), IdleTimeout, "send or read within 2.5 seconds"),
        (ConnectionResetError(104, "reset"), ConnectionClosed, "stay connected: reset"),
        (BrokenPipeError(32, "broken"), ConnectionClosed, "stay connected: broken"),
        (OSError("odd"), ConnectionClosed, "stay connected: odd"),
    ],
    ids=["timeout", "kernel", "reset", "pipe", "other"],
)
def test_errors_of_sockets_are_explained(error: OSError, kind: type, message: str) -> None:
    explained = explain(error, 2.5)

    assert type(explained) is kind
    assert message in str(explained)
