"""groundup_websockets.errors: what a stranger catches."""

import pytest

from groundup_websockets import (
    ConnectionClosed,
    HandshakeError,
    ProtocolError,
    RoomLimitError,
    WebSocketError,
)


@pytest.mark.parametrize("error", [ConnectionClosed, HandshakeError, ProtocolError, RoomLimitError])
def test_all_have_one_base(error: type[Exception]) -> None:
    assert issubclass(error, WebSocketError)


def test_a_closed_connection_is_caught_by_those_who_know_only_python() -> None:
    assert issubclass(ConnectionClosed, ConnectionError)
    assert issubclass(ProtocolError, ValueError)


def test_a_closed_connection_says_how_it_ended() -> None:
    assert str(ConnectionClosed(1001, "bye")) == "the connection is closed: 1001 bye"
    assert str(ConnectionClosed(1006)) == "the connection is closed: 1006"


def test_a_refused_handshake_carries_the_answer() -> None:
    error = HandshakeError("no", status=403, headers={"A": "b"})

    assert (error.status, error.headers) == (403, {"A": "b"})
    assert HandshakeError("no").status == 400
