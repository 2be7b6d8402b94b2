"""groundup_websockets.protocol: cases after the Autobahn test suite, without a socket."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_websockets import (
    CloseReceived,
    ConnectionClosed,
    DeflateParameters,
    Endpoint,
    Event,
    Failure,
    Opcode,
    Ping,
    Pong,
    Role,
    encode_frame,
)

KEY = b"\x37\xfa\x21\x3d"
TEXT, BINARY, CONTINUATION = Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION
PING, PONG, CLOSE = Opcode.PING, Opcode.PONG, Opcode.CLOSE


def frame(opcode: Opcode, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False) -> bytes:
    return encode_frame(opcode, payload, fin=fin, rsv1=rsv1, key=KEY)


CASES = [
    pytest.param(frame(TEXT), [""], id="1.1.1 empty text"),
    pytest.param(frame(TEXT, b"*" * 65536), ["*" * 65536], id="1.1.8 long text"),
    pytest.param(frame(BINARY, b"\xfe" * 127), [b"\xfe" * 127], id="1.2.4 binary"),
    pytest.param(frame(PING), [Ping(b"")], id="2.1 empty ping"),
    pytest.param(frame(PING, b"\xfe" * 125), [Ping(b"\xfe" * 125)], id="2.4 longest ping"),
    pytest.param(frame(PONG, b"unasked"), [Pong(b"unasked")], id="2.8 unsolicited pong"),
    pytest.param(frame(PING, b"1") * 10, [Ping(b"1")] * 10, id="2.10 ten pings"),
    pytest.param(
        frame(TEXT, b"a", fin=False) + frame(PING, b"p") + frame(CONTINUATION, b"b"),
        [Ping(b"p"), "ab"],
        id="5.6 ping between fragments",
    ),
    pytest.param(
        frame(TEXT, b"a") + frame(CONTINUATION, b"b"), ["a", 1002], id="5.9 lonely continuation"
    ),
    pytest.param(
        frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), [1002], id="5.18 text in a text"
    ),
    pytest.param(
        frame(TEXT, b"ok") + b"\xb1\x80" + KEY, ["ok", 1002], id="3.2 rsv after a message"
    ),
    pytest.param(frame(TEXT, b"ok") + b"\x83\x80" + KEY, ["ok", 1002], id="4.1 opcode 3"),
    pytest.param(
        frame(TEXT, b"\xce", fin=False) + frame(CONTINUATION, b"\xba"),
        ["κ"],
        id="6.2 split code point",
    ),
    pytest.param(
        frame(TEXT, b"\xf4", fin=False) + frame(CONTINUATION, b"\x90", fin=False),
        [1007],
        id="6.4 fails fast",
    ),
    pytest.param(frame(TEXT, b"x" * 50 + b"\xff" * 50)[:57], [1007], id="6.4.3 within a frame"),
    pytest.param(
        frame(CLOSE, b"\x03\xe8") + frame(TEXT, b"late"), [(1000, "")], id="7.1.2 text after close"
    ),
    pytest.param(
        frame(CLOSE, b"\x03\xe8") + frame(PING), [(1000, "")], id="7.1.3 ping after close"
    ),
    pytest.param(
        frame(TEXT, b"a", fin=False) + frame(CLOSE, b"\x03\xe8"),
        [(1000, "")],
        id="7.1.5 close in a message",
    ),
    pytest.param(frame(CLOSE), [(1005, "")], id="7.3.1 empty close"),
    pytest.param(frame(CLOSE, b"a"), [1002], id="7.3.2 half a code"),
    pytest.param(frame(CLOSE, b"\x03\xe8" + b"*" * 123), [(1000, "*" * 123)], id="7.3.5 longest"),
    pytest.param(frame(CLOSE, b"\x03\xe8\xce\xba\xff"), [1007], id="7.5.1 reason is no text"),
    pytest.param(frame(CLOSE, b"\x0f\xa0bye"), [(4000, "bye")], id="7.7.12 own code"),
    pytest.param(frame(CLOSE, b"\x03\xed"), [1002], id="7.9.4 code 1005"),
    pytest.param(frame(BINARY, bytes(1025)), [1009], id="too big"),
    pytest.param(frame(TEXT, rsv1=True), [1002], id="compressed but not agreed upon"),
]


def seen(events: list[Event]) -> list[object]:
    """Return events as the table writes them."""
    return [
        event.code
        if isinstance(event, Failure)
        else (event.code, event.reason)
        if isinstance(event, CloseReceived)
        else event
        for event in events
    ]


@pytest.mark.parametrize(("data", "expected"), CASES)
def test_cases_in_one_piece(data: bytes, expected: list[object]) -> None:
    endpoint = Endpoint(Role.SERVER, max_message=65536 if len(data) > 60_000 else 1024)

    assert seen(endpoint.receive_data(data)) == expected
    assert not endpoint.pending


@pytest.mark.parametrize(("data", "expected"), CASES)
def test_cases_byte_by_byte(data: bytes, expected: list[object]) -> None:
    endpoint = Endpoint(Role.SERVER, max_message=65536 if len(data) > 60_000 else 1024)
    events: list[Event] = []

    for i in range(len(data)):
        events += endpoint.receive_data(data[i : i + 1])

    assert seen(events) == expected


@pytest.mark.parametrize(("data", "expected"), CASES)
def test_cases_one_event_at_a_time(data: bytes, expected: list[object]) -> None:
    endpoint = Endpoint(Role.SERVER, max_message=65536 if len(data) > 60_000 else 1024)

    events = endpoint.receive_data(data, 1)
    while endpoint.pending:
        more = endpoint.receive_data(b"", 1)
        assert len(more) <= 1
        events += more

    assert seen(events) == expected


def test_a_limit_of_nothing_only_keeps_the_bytes() -> None:
    endpoint = Endpoint(Role.SERVER)

    assert endpoint.receive_data(frame(TEXT, b"a"), 0) == []
    assert endpoint.receive_data(frame(TEXT, b"b"), 0) == []

    assert endpoint.pending
    assert endpoint.receive_data(b"") == ["a", "b"]


def test_both_ends_close() -> None:
    client, server = Endpoint(Role.CLIENT), Endpoint(Role.SERVER)

    assert server.receive_data(client.send_close(4000, "bye")) == [CloseReceived(4000, "bye")]
    assert client.receive_data(server.answer_close()) == [CloseReceived(4000, "bye")]

    assert client.ended
    assert server.ended
    assert client.receive_data(b"whatever") == []


def test_a_close_without_a_code_is_answered_without_one() -> None:
    server = Endpoint(Role.SERVER)

    server.receive_data(frame(CLOSE))

    assert server.answer_close() == b"\x88\x00"


def test_after_a_close_nothing_is_sent() -> None:
    server = Endpoint(Role.SERVER, deflate=DeflateParameters())

    server.send_close(1001, "going")

    sends: list[Callable[[], bytes]] = [
        lambda: server.send_message("x"),
        lambda: server.send_message("x" * 100),
        server.send_ping,
        server.send_pong,
        server.send_close,
        lambda: server.send_fragment(TEXT, b"", fin=True),
    ]
    for send in sends:
        with pytest.raises(ConnectionClosed) as caught:
            send()
        assert (caught.value.code, caught.value.reason) == (1001, "going")


def test_after_our_close_messages_are_dropped_and_the_answer_is_not() -> None:
    server = Endpoint(Role.SERVER)
    server.send_close()

    events = server.receive_data(frame(TEXT, b"late") + frame(PING) + frame(CLOSE, b"\x03\xe8"))

    assert events == [CloseReceived(1000, "")]


def test_a_wrong_code_closes_nothing() -> None:
    server = Endpoint(Role.SERVER)

    with pytest.raises(ValueError, match="close code"):
        server.send_close(1005, "x")

    assert server.send_message("still open")


def test_a_client_masks_each_frame_with_a_key_of_its_own() -> None:
    keys = iter([b"abcd", b"efgh"])
    client = Endpoint(Role.CLIENT, new_key=lambda: next(keys))

    first, second = client.send_message("x"), client.send_message("x")

    assert (first[2:6], second[2:6]) == (b"abcd", b"efgh")
    assert Endpoint(Role.CLIENT).send_ping()[2:] != Endpoint(Role.CLIENT).send_ping()[2:]


def test_a_client_refuses_masked_frames() -> None:
    events = Endpoint(Role.CLIENT).receive_data(frame(TEXT, b"x"))

    assert seen(events) == [1002]


def test_fragments_can_be_sent() -> None:
    client, server = Endpoint(Role.CLIENT), Endpoint(Role.SERVER)

    data = client.send_fragment(TEXT, b"a", fin=False)
    data += client.send_fragment(CONTINUATION, b"b", fin=True)

    assert server.receive_data(data) == ["ab"]


def test_only_what_is_long_enough_is_compressed() -> None:
    server = Endpoint(Role.SERVER, deflate=DeflateParameters())
    plain = Endpoint(Role.SERVER, deflate=DeflateParameters(), compress=False)

    assert server.send_message("x" * 63)[0] == 0x81
    assert server.send_message("x" * 64)[0] == 0xC1
    assert len(server.send_message("x" * 1000)) < 50
    assert plain.send_message("x" * 1000)[0] == 0x81


@pytest.mark.parametrize(
    "deflate",
    [
        DeflateParameters(),
        DeflateParameters(server_no_context_takeover=True, client_max_window_bits=9),
        DeflateParameters(client_no_context_takeover=True, server_max_window_bits=9),
    ],
)
def test_compressed_conversations(deflate: DeflateParameters) -> None:
    client, server = (Endpoint(role, deflate=deflate) for role in Role)

    for text in ("alpha " * 50, "beta " * 50, "short", "alpha " * 50):
        assert server.receive_data(client.send_message(text)) == [text]
        assert client.receive_data(server.send_message(text.encode())) == [text.encode()]


def test_a_bomb_is_a_failure() -> None:
    client = Endpoint(Role.CLIENT, deflate=DeflateParameters())
    server = Endpoint(Role.SERVER, deflate=DeflateParameters(), max_message=1000)

    assert seen(server.receive_data(client.send_message(bytes(1_000_000)))) == [1009]


@given(
    st.lists(st.text(max_size=100) | st.binary(max_size=300), max_size=5),
    st.integers(1, 50),
    st.booleans(),
)
def test_whatever_is_sent_is_received(
    messages: list[str | bytes], size: int, compressed: bool
) -> None:
    deflate = DeflateParameters() if compressed else None
    client, server = (Endpoint(role, deflate=deflate) for role in Role)

    data = b"".join(client.send_message(message) for message in messages)
    events: list[Event] = []
    for start in range(0, len(data), size):
        events += server.receive_data(data[start : start + size])

    assert events == messages


def test_bytes_stop_a_read_though_few_of_them_were_on_the_wire() -> None:
    deflate = DeflateParameters()
    client, server = Endpoint(Role.CLIENT, deflate=deflate), Endpoint(Role.SERVER, deflate=deflate)
    message = b"\0" * 100_000
    wire = b"".join(client.send_message(message) for _ in range(10))
    assert len(wire) < 10_000

    first = server.receive_data(wire, 64, max_bytes=250_000)

    assert len(first) == 3, "what is there already may pass the bound by one message"
    assert server.pending
    assert server.receive_data(b"", 64, max_bytes=1) == [message]
    assert len(server.receive_data(b"", 64)) == 6
    assert not server.pending
