"""groundup_tcpserver.conversation: both forms of a handler in a thread."""

from collections.abc import Generator

import pytest

from groundup_tcpserver.conversation import run_blocking


class Calls:
    """Stands for a connection whose calls have waited already."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def read(self, value: bytes) -> bytes:
        self.seen.append(value)
        return value


def test_a_plain_function_is_called() -> None:
    calls = Calls()

    def handler(connection: Calls) -> None:
        connection.read(b"1")

    run_blocking(handler, calls)

    assert calls.seen == [b"1"]


def test_a_generator_gets_each_result_back() -> None:
    calls = Calls()
    got: list[bytes] = []

    def handler(connection: Calls) -> Generator[bytes, bytes, None]:
        got.append((yield connection.read(b"1")))
        got.append((yield connection.read(b"2")))

    run_blocking(handler, calls)

    assert got == calls.seen == [b"1", b"2"]


def test_an_empty_generator_ends() -> None:
    def handler(_: Calls) -> Generator[bytes, bytes, None]:
        yield from ()

    run_blocking(handler, Calls())


def test_errors_come_out() -> None:
    def handler(connection: Calls) -> Generator[bytes, bytes, None]:
        yield connection.read(b"1")
        raise KeyError("a fault")

    with pytest.raises(KeyError):
        run_blocking(handler, Calls())
