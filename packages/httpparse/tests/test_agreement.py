"""What h11 says of the same bytes: a second opinion that we did not write."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import ParseError, parse_request

h11: Any = pytest.importorskip("h11")

TOKEN = st.text("abcXYZ09!#$%&'*+-.^_`|~", min_size=1, max_size=8)
VALUE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=12)
TARGET = st.text("abc/?=&%41.~", max_size=12).map(lambda rest: f"/{rest}")
OTHERS = st.lists(
    st.tuples(TOKEN.map(lambda name: f"X-{name}"), VALUE, st.sampled_from(["", " ", "\t "])),
    max_size=4,
)


def read_by_h11(wire: bytes) -> tuple[Any, bytes, list[tuple[bytes, bytes]]]:
    """Return head, body and trailers as h11 sees them."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(wire)
    head, body = connection.next_event(), b""
    while isinstance(event := connection.next_event(), h11.Data):
        body += event.data
    assert isinstance(event, h11.EndOfMessage)
    assert connection.trailing_data == (b"", False)
    return head, body, list(event.headers)


@given(TOKEN, TARGET, OTHERS, st.none() | st.binary(max_size=20), st.booleans())
def test_valid_requests_are_read_alike(
    method: str, target: str, others: list[tuple[str, str, str]], body: bytes | None, chunked: bool
) -> None:
    lines = [f"{method} {target} HTTP/1.1", "Host: example.com"]
    lines += [f"{name}:{space}{value}{space}" for name, value, space in others]
    content = b""
    if body is not None and chunked:
        lines.append("Transfer-Encoding: chunked")
        content = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        content += b"0\r\nX-After: 1\r\n\r\n"
    elif body is not None:
        lines.append(f"Content-Length: {len(body)}")
        content = body
    wire = "\r\n".join([*lines, "", ""]).encode() + content

    ours = parse_request(wire)
    head, their_body, trailers = read_by_h11(wire)

    assert (ours.method.encode(), ours.target.encode()) == (head.method, head.target)
    assert ours.body == their_body
    assert [
        (name.lower().encode(), value.encode()) for name, value in ours.headers.multi_items()
    ] == list(head.headers)
    assert len(ours.trailers) == len(trailers)


@given(
    TOKEN,
    TARGET,
    st.lists(st.tuples(TOKEN.map(lambda name: f"X-{name}"), VALUE), max_size=4),
    st.lists(st.binary(max_size=20), max_size=4),
    st.booleans(),
)
def test_what_h11_writes_is_read_as_it_was_meant(
    method: str,
    target: str,
    others: list[tuple[str, str]],
    pieces: list[bytes],
    chunked: bool,
) -> None:
    body = b"".join(pieces)
    framing = ("Transfer-Encoding", "chunked") if chunked else ("Content-Length", f"{len(body)}")
    trailers = [("X-After", "1")] if chunked else []
    client = h11.Connection(h11.CLIENT)
    headers = [("Host", "example.com"), *others, framing]

    wire: bytes = client.send(h11.Request(method=method, target=target, headers=headers))
    for piece in pieces:
        wire += client.send(h11.Data(data=piece))
    wire += client.send(h11.EndOfMessage(headers=trailers))
    ours = parse_request(wire)

    assert (ours.method, ours.target, ours.body) == (method, target, body)
    assert ours.headers.multi_items() == headers
    assert ours.trailers.multi_items() == trailers


PARTS = st.sampled_from(
    [
        *(b"GET", b"POST", b" ", b"  ", b"/", b"*", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0"),
        *(b"\r\n", b"\r\n", b"\n", b"\r", b"\0", b"Host: a", b"Content-Length: 1", b": ", b"x"),
        *(b"Transfer-Encoding: chunked", b"1\r\nx\r\n0\r\n\r\n", b"\r\n\r\n"),
    ]
)


@given(st.lists(PARTS, max_size=12).map(b"".join))
def test_what_we_accept_h11_accepts_too(wire: bytes) -> None:
    try:
        ours = parse_request(wire)
    except ParseError:
        return

    head, body, _ = read_by_h11(wire.lstrip(b"\r\n"))  # it does not tolerate empty lines

    assert (ours.method.encode(), ours.target.encode(), ours.body) == (
        head.method,
        head.target,
        body,
    )


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_the_one_error(wire: bytes) -> None:
    for start in (b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n"):
        try:
            parse_request(start + wire)
        except ParseError as error:
            assert error.status in {400, 413, 414, 431, 501, 505}  # noqa: PT017 - most do raise it
