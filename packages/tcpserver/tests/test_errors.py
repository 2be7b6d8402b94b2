"""groundup_tcpserver.errors: what a stranger would catch."""

import pytest

from groundup_tcpserver import (
    ConnectionClosed,
    IdleTimeout,
    LimitExceeded,
    ListenError,
    TCPServerError,
)


@pytest.mark.parametrize("error", [ConnectionClosed, IdleTimeout, LimitExceeded, ListenError])
def test_every_error_is_of_this_package_and_of_the_system(error: type[TCPServerError]) -> None:
    assert issubclass(error, TCPServerError)
    assert issubclass(error, OSError)
    assert str(error("one line")) == "one line"


def test_the_builtins_that_a_stranger_catches() -> None:
    assert issubclass(ConnectionClosed, ConnectionError)
    assert issubclass(IdleTimeout, TimeoutError)


def test_a_closed_connection_keeps_what_had_arrived() -> None:
    error = ConnectionClosed("closed", b"half")

    assert (str(error), error.partial) == ("closed", b"half")
    assert ConnectionClosed("closed").partial == b""
