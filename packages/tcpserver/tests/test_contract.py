"""What both servers promise: every test here runs over threads and over the readiness loop."""

import logging
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from groundup_tcpserver import ConnectionClosed, IdleTimeout, LimitExceeded, Talk, TCPServerError

LINE = b"hello\r\n"


def echo(connection: Any) -> Talk:
    """Send back every line."""
    while True:
        line = yield connection.read_until(b"\n", 1000)
        yield connection.send(line)


def connect(server: Any) -> socket.socket:
    return socket.create_connection(server.address, timeout=10)


def read_all(client: socket.socket) -> bytes:
    """Read to the end."""
    data = b""
    while piece := client.recv(65536):
        data += piece
    return data


class Notes:
    """What a handler found, for the test to wait for."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self._changed = threading.Condition()

    def add(self, item: Any) -> None:
        with self._changed:
            self.found.append(item)
            self._changed.notify_all()

    def wait_for(self, number: int) -> list[Any]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.found) >= number, timeout=20), self.found
        return self.found


@pytest.fixture
def notes() -> Notes:
    return Notes()


def test_a_client_is_greeted(serve: Callable[..., Any]) -> None:
    def greet(connection: Any) -> Talk:
        yield connection.send(b"Hello from server!\r\n")

    with connect(serve(greet)) as client:
        assert read_all(client) == b"Hello from server!\r\n"


def test_a_conversation_goes_to_and_fro(serve: Callable[..., Any]) -> None:
    with connect(serve(echo)) as client, client.makefile("rb") as answers:
        for _ in range(3):
            client.sendall(LINE)
            assert answers.readline() == LINE


def test_messages_are_cut_where_the_handler_says(serve: Callable[..., Any], notes: Notes) -> None:
    def handler(connection: Any) -> Talk:
        size = yield connection.read_until(b":", 10)
        notes.add((yield connection.read_exactly(int(size[:-1]))))
        notes.add((yield connection.read_until(b"END", 100)))
        notes.add((yield connection.read(2)))
        notes.add((yield connection.read()))
        notes.add((yield connection.read()))

    with connect(serve(handler)) as client:
        for byte in b"5:helloand moreEND":
            client.sendall(bytes([byte]))
        client.sendall(b"abc")
        client.shutdown(socket.SHUT_WR)

        assert notes.wait_for(5) == [b"hello", b"and moreEND", b"ab", b"c", b""]


def test_a_client_that_has_said_all_still_gets_its_answer(serve: Callable[..., Any]) -> None:
    def handler(connection: Any) -> Talk:
        total = 0
        while data := (yield connection.read()):
            total += len(data)
        yield connection.send(b"%d bytes" % total)

    with connect(serve(handler)) as client:
        client.sendall(b"x" * 300_000)
        client.shutdown(socket.SHUT_WR)

        assert read_all(client) == b"300000 bytes"


def test_the_last_answer_arrives_though_the_client_still_sends(serve: Callable[..., Any]) -> None:
    def handler(connection: Any) -> Talk:
        yield connection.read(1)
        yield connection.send(b"enough")

    with connect(serve(handler)) as client:
        client.sendall(b"x" * 200_000)

        assert read_all(client) == b"enough"


def test_large_answers_arrive_whole(serve: Callable[..., Any]) -> None:
    answer = bytes(range(256)) * 40_000

    def handler(connection: Any) -> Talk:
        yield connection.send(answer)
        yield connection.send(b"")
        yield connection.send(b"end")

    with connect(serve(handler)) as client:
        assert read_all(client) == answer + b"end"


def test_the_end_inside_a_message_tells_what_came(serve: Callable[..., Any], notes: Notes) -> None:
    def handler(connection: Any) -> Talk:
        try:
            yield connection.read_until(b"\n")
        except ConnectionClosed as error:
            notes.add(error.partial)

    with connect(serve(handler)) as client:
        client.sendall(b"half a li")

    assert notes.wait_for(1) == [b"half a li"]


def test_a_reset_is_a_closed_connection(serve: Callable[..., Any], notes: Notes) -> None:
    def handler(connection: Any) -> Talk:
        try:
            while (yield connection.read()):
                pass
            while True:
                yield connection.send(b"x" * 100_000)
        except ConnectionClosed:
            notes.add("closed")

    client = connect(serve(handler))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.sendall(b"x")
    client.close()

    assert notes.wait_for(1) == ["closed"]


def test_a_silent_client_is_noticed(serve: Callable[..., Any], notes: Notes) -> None:
    def handler(connection: Any) -> Talk:
        try:
            yield connection.read_until(b"\n")
        except IdleTimeout:
            notes.add("silent")
            yield connection.send(b"too slow")

    with connect(serve(handler, idle_timeout=0.1)) as client:
        client.sendall(b"half")

        assert read_all(client) == b"too slow"
    assert notes.found == ["silent"]


def test_a_slow_client_is_not_silent(serve: Callable[..., Any]) -> None:
    with connect(serve(echo, idle_timeout=1.0)) as client, client.makefile("rb") as answers:
        for byte in LINE:
            client.sendall(bytes([byte]))
            time.sleep(0.2)

        assert answers.readline() == LINE


def test_a_client_that_does_not_read_is_noticed(serve: Callable[..., Any], notes: Notes) -> None:
    def handler(connection: Any) -> Talk:
        try:
            while True:
                yield connection.send(b"x" * 1_000_000)
        except IdleTimeout:
            notes.add("stuck")

    with connect(serve(handler, idle_timeout=0.2)):
        assert notes.wait_for(1) == ["stuck"]


def test_too_long_is_refused(serve: Callable[..., Any], notes: Notes) -> None:
    def handler(connection: Any) -> Talk:
        calls: list[Callable[[], Any]] = [
            lambda: connection.read_until(b"\n", 10),
            lambda: connection.read_exactly(101),
            lambda: connection.read_until(b"\n"),
        ]
        for call in calls:
            try:
                yield call()
            except LimitExceeded as error:
                notes.add(str(error))

    with connect(serve(handler, max_buffer=100)) as client:
        client.sendall(b"x" * 100)

        assert notes.wait_for(3) == [
            *(r"b'\n' must come within 10 bytes", "at most 100 bytes can be read at once, got 101"),
            r"b'\n' must come within 100 bytes",
        ]


def test_a_fault_of_the_handler_is_logged_once_and_hurts_nobody_else(
    serve: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    def handler(connection: Any) -> Talk:
        line = yield connection.read_until(b"\n")
        if line == b"fail\n":
            raise KeyError("a fault")
        yield connection.send(line)

    server = serve(handler)
    with connect(server) as bad, connect(server) as good, good.makefile("rb") as answers:
        bad.sendall(b"fail\n")
        assert read_all(bad) == b""
        good.sendall(LINE)
        assert answers.readline() == LINE

    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], KeyError)
    assert "its handler has failed" in record.getMessage()


def test_a_handler_that_exits_ends_only_its_conversation(serve: Callable[..., Any]) -> None:
    def handler(connection: Any) -> Talk:
        yield connection.send(b"bye")
        raise SystemExit(3)

    server = serve(handler)
    for _ in range(2):
        with connect(server) as client:
            assert read_all(client) == b"bye"


def test_clients_that_leave_are_no_failure(
    serve: Callable[..., Any], caplog: pytest.LogCaptureFixture, notes: Notes
) -> None:
    def handler(connection: Any) -> Talk:
        try:
            yield connection.read_until(b"\n")
        finally:
            notes.add("end")

    connect(serve(handler)).close()
    notes.wait_for(1)

    assert not [each for each in caplog.records if each.levelno > logging.DEBUG]


def test_two_hundred_clients_at_once(serve: Callable[..., Any]) -> None:
    server = serve(echo, max_connections=200, backlog=200)
    clients = [connect(server) for _ in range(200)]
    try:
        for number, client in enumerate(clients):
            client.sendall(b"%d\n" % number)
        for number, client in reversed(list(enumerate(clients))):
            assert client.recv(100) == b"%d\n" % number
    finally:
        for client in clients:
            client.close()


def test_a_client_too_many_waits_until_one_leaves(serve: Callable[..., Any], notes: Notes) -> None:
    def handler(connection: Any) -> Talk:
        notes.add(connection.peer)
        yield from echo(connection)

    server = serve(handler, max_connections=2)
    first, second, third = (connect(server) for _ in range(3))
    with first, second, third:
        third.sendall(LINE)
        first.sendall(LINE)
        second.sendall(LINE)
        assert (first.recv(100), second.recv(100)) == (LINE, LINE)
        third.settimeout(0.3)
        with pytest.raises(TimeoutError):
            third.recv(100)
        assert len(notes.found) == 2

        first.close()
        third.settimeout(10)
        assert third.recv(100) == LINE


def test_a_handler_knows_its_peer(serve: Callable[..., Any], notes: Notes) -> None:
    def handler(connection: Any) -> Talk:
        notes.add((connection.peer, connection.closed, repr(connection)))
        connection.close()
        notes.add((connection.closed, repr(connection)))
        try:
            yield connection.send(b"x")
        except TCPServerError:
            notes.add("cannot send")

    with connect(serve(handler)) as client:
        name = client.getsockname()
        found = notes.wait_for(3)

    peer, closed, text = found[0]
    assert (peer, closed) == (name, False)
    assert f"Connection {name[0]}:{name[1]} open>" in text
    assert found[1][0] is True
    assert found[1][1].endswith("closed>")
    assert found[2] == "cannot send"


def test_stopping_lets_open_conversations_end(serve: Callable[..., Any], notes: Notes) -> None:
    server: Any = None

    def handler(connection: Any) -> Talk:
        line = yield connection.read_until(b"\n")
        notes.add(server.stopping)
        yield connection.send(line)
        notes.add(server.stopping)

    server = serve(handler)
    with connect(server) as client:
        client.sendall(b"half ")
        time.sleep(0.05)
        stopper = threading.Thread(target=server.stop)
        stopper.start()
        wait_until_refused(server.address)
        client.sendall(b"a line\n")

        assert read_all(client) == b"half a line\n"
    stopper.join(10)
    assert not stopper.is_alive()
    assert notes.found == [True, True]


def wait_until_refused(address: tuple[str, int]) -> None:
    """Wait until nobody listens any more."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            return
        time.sleep(0.01)
    pytest.fail("the server still listens")


def test_stopping_closes_what_does_not_end(serve: Callable[..., Any], notes: Notes) -> None:
    def handler(connection: Any) -> Talk:
        try:
            yield connection.send(b"ready")
            yield connection.read_until(b"\n")
        except ConnectionClosed:
            notes.add("closed")
            raise

    server = serve(handler)
    with connect(server) as client:
        assert client.recv(5) == b"ready"
        begin = time.monotonic()
        server.stop(grace=0.1)

        assert time.monotonic() - begin < 5
        assert client.recv(5) == b""
    assert notes.wait_for(1) == ["closed"]


def test_stopping_ends_at_once_what_is_between_two_messages(
    serve: Callable[..., Any], notes: Notes
) -> None:
    def handler(connection: Any) -> Talk:
        notes.add("ready")
        while data := (yield connection.read(between=True)):
            yield connection.send(data)
        notes.add("end")
        yield connection.send(b"bye")

    server = serve(handler, grace=30.0)
    stopper = threading.Thread(target=server.stop)
    with connect(server) as client:
        client.sendall(LINE)
        assert client.recv(100) == LINE
        begin = time.monotonic()
        stopper.start()

        assert read_all(client) == b"bye"
        assert time.monotonic() - begin < 10
    stopper.join(10)
    assert not stopper.is_alive()
    assert notes.found == ["ready", "end"]


def test_a_handler_may_stop_its_server(serve: Callable[..., Any], notes: Notes) -> None:
    server: Any = None

    def handler(connection: Any) -> Talk:
        server.stop()
        notes.add("asked")
        yield connection.send(b"last words")

    server = serve(handler)
    with connect(server) as client:
        assert read_all(client) == b"last words"
    server.stop()
    wait_until_refused(server.address)


def test_stopping_twice_and_without_start_is_fine(make: Callable[..., Any]) -> None:
    server = make(echo)
    server.stop()
    server.stop()

    with pytest.raises(RuntimeError, match="started once"):
        server.start()


def test_a_server_starts_once(serve: Callable[..., Any], make: Callable[..., Any]) -> None:
    with pytest.raises(RuntimeError, match="started once"):
        serve(echo).start()
    with pytest.raises(RuntimeError, match="no address yet"):
        _ = make(echo).address


def test_a_block_serves_and_stops(make: Callable[..., Any]) -> None:
    with make(echo) as server, connect(server) as client:
        client.sendall(LINE)
        assert client.recv(100) == LINE
        client.close()

    wait_until_refused(server.address)


def test_serve_forever_returns_after_stop(make: Callable[..., Any], notes: Notes) -> None:
    server = make(echo)
    thread = threading.Thread(target=server.serve_forever, args=(notes.add,))
    thread.start()
    assert notes.wait_for(1) == [server]
    connect(server).close()

    server.stop()
    thread.join(10)

    assert not thread.is_alive()
