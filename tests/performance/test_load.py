"""tests.benchmarks.load and pace: every answer is counted once, and a wrong one ends the run."""

import socketserver
import threading
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from tests.benchmarks.load import Answer, WrongAnswerError, ask, connected, volley
from tests.benchmarks.pace import closed, open_, percentile

HELLO = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


class Server(socketserver.ThreadingTCPServer):
    """Answers each request of a connection with the next of some answers, then closes it."""

    daemon_threads = True
    # The threads end with their connections, and nobody has to wait for that.
    block_on_close = False
    request_queue_size = 64
    seen = 0

    def __init__(self, answers: list[bytes], times: int) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.answers = answers * times
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that has seen a wrong answer hangs up."""


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        assert isinstance(self.server, Server)
        for answer in self.server.answers:
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                pass
            if not line:
                return
            with self.server.lock:
                self.server.seen += 1
            self.wfile.write(answer)


@contextmanager
def serving(*answers: bytes, times: int = 10_000) -> Generator[Server]:
    with Server(list(answers), times) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("wire", [GOOD, CHUNKED], ids=["length", "chunked"])
def test_asking_reads_one_answer_in_full(wire: bytes) -> None:
    with serving(wire) as server:
        answer = ask(server.server_address[1], HELLO)

    assert (answer.status, answer.body, answer.size) == (200, b"hello", len(wire))
    assert answer.start == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("burst", [1, 16])
def test_every_request_is_sent_and_answered_once(burst: int) -> None:
    with serving(GOOD) as server:
        port = server.server_address[1]
        answer = ask(port, HELLO)

        with connected(port, 3) as clients:
            sent = volley(clients, HELLO, answer, rounds=5, burst=burst)

        assert sent == 15 * burst
        assert server.seen == sent + 1


@pytest.mark.parametrize(
    ("second", "times", "message"),
    [
        pytest.param(GOOD.replace(b"200 OK", b"500 Oh"), 9, "expected an answer with", id="status"),
        pytest.param(GOOD + b"!", 9, "got 1 more", id="more"),
        pytest.param(GOOD[:-1], 1, "the end of the connection 1 too early", id="less"),
        pytest.param(b"", 1, "got b''", id="nothing"),
    ],
)
def test_another_answer_ends_the_run(second: bytes, times: int, message: str) -> None:
    answer = Answer(200, {}, b"hello", b"HTTP/1.1 200 OK", len(GOOD))

    with (
        serving(GOOD, second, times=times) as server,
        connected(server.server_address[1], 1) as clients,
        pytest.raises(WrongAnswerError, match=message),
    ):
        volley(clients, HELLO, answer, rounds=5)


def test_a_crowd_is_answered_until_its_time_is_over() -> None:
    with serving(GOOD) as server:
        port = server.server_address[1]

        rate = closed(port, HELLO, ask(port, HELLO), clients=4, seconds=0.1)

        assert 0 < rate * 0.1 <= server.seen


def test_a_steady_stream_counts_every_request_it_was_to_send() -> None:
    with serving(GOOD) as server:
        port = server.server_address[1]

        waited = open_(port, HELLO, ask(port, HELLO), clients=2, rate=200, seconds=0.2)

    assert len(waited) == 40
    assert waited == sorted(waited)
    assert waited[0] > 0


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100), (0.0, 1)]
)
def test_percentile_is_a_value_that_was_measured(share: float, expected: int) -> None:
    assert percentile([float(value) for value in range(1, 101)], share) == expected
