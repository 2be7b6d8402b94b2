"""groundup_response.serialize: one framing, decided in one place."""

import contextlib
import http.client
import importlib
import io
from collections.abc import Iterator
from typing import Any

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import Headers
from groundup_response import (
    LAST_CHUNK,
    FileBody,
    Framing,
    Response,
    ResponseError,
    encode_chunk,
    serialize_head,
)
from groundup_response import serialize as serialize_module

httptools: Any = None  # it is a second opinion: the tests that need it do without
with contextlib.suppress(ImportError):
    httptools = importlib.import_module("httptools")

DATE = b"Sun, 06 Nov 1994 08:49:37 GMT"


def head_of(
    response: Response, method: str = "GET", version: str = "1.1", keep_alive: bool = True
) -> tuple[list[str], Framing]:
    head, framing = serialize_head(
        response, method=method, http_version=version, keep_alive=keep_alive
    )
    assert head.endswith(b"\r\n\r\n")
    return head.decode("latin-1").split("\r\n")[:-2], framing


def stream(*pieces: str) -> Iterator[str]:
    yield from pieces


def read_with_h11(wire: bytes, method: str) -> tuple[h11.Response, bytes]:
    """Return what another implementation, a client, understands."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(wire)
    client.receive_data(b"")
    response = client.next_event()
    assert isinstance(response, h11.Response)
    content = b""
    while isinstance(event := client.next_event(), h11.Data):
        content += bytes(event.data)
    assert isinstance(event, h11.EndOfMessage)
    return response, content


class Understood:
    """What httptools, a client, understands."""

    def __init__(self, wire: bytes) -> None:
        self.fields: list[tuple[bytes, bytes]] = []
        self.content = b""
        self.complete = False
        parser = httptools.HttpResponseParser(self)
        parser.feed_data(wire)
        self.status: int = parser.get_status_code()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.lower(), value))

    def on_body(self, piece: bytes) -> None:
        self.content += piece

    def on_message_complete(self) -> None:
        self.complete = True


def test_bytes_have_their_length() -> None:
    lines, framing = head_of(Response(200, "é", {"X-A": "1"}))

    assert lines == ["HTTP/1.1 200 OK", "X-A: 1", "Content-Length: 2"]
    assert framing is Framing.LENGTH


@pytest.mark.parametrize("claimed", ["0", "3", "99", "-1", "2, 2", "0x2", "9" * 5000])
def test_a_wrong_content_length_is_never_sent(claimed: str) -> None:
    lines, _ = head_of(Response(200, "ok", {"Content-Length": claimed}))

    assert lines == ["HTTP/1.1 200 OK", "Content-Length: 2"]


def test_transfer_encoding_of_the_program_is_never_sent() -> None:
    for body in ("ok", stream("ok")):
        lines, _ = head_of(Response(200, body, {"Transfer-Encoding": "gzip"}))

        assert "Transfer-Encoding: gzip" not in lines
        assert len(lines) == 2


def test_date_is_added_unless_the_program_has_set_one() -> None:
    plain, dated = Response(), Response(headers={"Date": "then"})

    for response, expected in ((plain, DATE), (dated, b"then")):
        head, _ = serialize_head(
            response, method="GET", http_version="1.1", keep_alive=True, date=DATE
        )
        assert head.count(b"Date: ") == 1
        assert b"\r\nDate: %b\r\n" % expected in head


@pytest.mark.parametrize(
    ("version", "framing", "line"),
    [
        ("1.1", Framing.CHUNKED, "Transfer-Encoding: chunked"),
        ("1.0", Framing.CLOSE, "Connection: close"),
    ],
)
def test_stream_is_framed_by_the_version(version: str, framing: Framing, line: str) -> None:
    assert head_of(Response(200, stream("a")), version=version) == (
        ["HTTP/1.1 200 OK", line],
        framing,
    )


def test_stream_with_an_announced_length_has_it() -> None:
    lines, framing = head_of(Response(200, stream("abc"), {"content-length": "3"}))

    assert lines == ["HTTP/1.1 200 OK", "Content-Length: 3"]
    assert framing is Framing.LENGTH


@pytest.mark.parametrize("claimed", ["abc", "-1", "+3", "3_0", "", "٣", "3, 3", "9" * 5000])
def test_stream_with_a_senseless_length_is_chunked(claimed: str) -> None:
    headers = Headers.from_trusted([("Content-Length", claimed)])

    _, framing = head_of(Response(200, stream("abc"), headers))

    assert framing is Framing.CHUNKED


def test_file_has_its_length() -> None:
    body = FileBody(io.BytesIO(b"0123456789"), offset=2, length=4)

    lines, framing = head_of(Response(206, body, {"Content-Length": "10"}))

    assert lines == ["HTTP/1.1 206 Partial Content", "Content-Length: 4"]
    assert framing is Framing.LENGTH


@pytest.mark.parametrize(
    ("status", "expected"),
    [(103, []), (204, []), (304, []), (205, ["Content-Length: 0"])],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_statuses_without_content_send_none(status: int, expected: list[str], method: str) -> None:
    for body in ("text", "", stream("text")):
        lines, framing = head_of(Response(status, body, {"Content-Length": "4"}), method)

        assert lines[1:] == expected
        assert framing is Framing.NONE


def test_head_announces_what_get_would_send() -> None:
    assert head_of(Response(200, "four"), "HEAD") == (
        ["HTTP/1.1 200 OK", "Content-Length: 4"],
        Framing.NONE,
    )
    file = FileBody(io.BytesIO(b"0123456789"))
    assert head_of(Response(200, file), "HEAD")[0][-1] == "Content-Length: 10"
    assert head_of(Response(200, stream("a")), "HEAD")[0] == ["HTTP/1.1 200 OK"]


def test_a_handler_of_head_may_know_the_length_without_a_body() -> None:
    known = Response(200, b"", {"Content-Length": "1234"})
    senseless = Response(200, b"", {"Content-Length": "many"})

    assert head_of(known, "HEAD")[0][-1] == "Content-Length: 1234"
    assert head_of(senseless, "HEAD")[0] == ["HTTP/1.1 200 OK"]


def test_tunnel_has_no_length() -> None:
    assert head_of(Response(200, "x"), "CONNECT") == (["HTTP/1.1 200 OK"], Framing.NONE)
    assert head_of(Response(502, "x"), "CONNECT")[1] is Framing.LENGTH


@pytest.mark.parametrize(
    ("version", "keep_alive", "asked", "expected"),
    [
        ("1.1", True, None, []),
        ("1.1", False, None, ["Connection: close"]),
        ("1.0", True, None, ["Connection: keep-alive"]),
        ("1.0", False, None, ["Connection: close"]),
        ("1.1", True, "close", ["Connection: close"]),
        ("1.1", True, "Upgrade, CLOSE", ["Connection: Upgrade", "Connection: close"]),
        ("1.1", False, "keep-alive", ["Connection: close"]),
        ("1.1", True, "keep-alive", []),
    ],
)
def test_connection_says_close_exactly_when_it_closes(
    version: str, keep_alive: bool, asked: str | None, expected: list[str]
) -> None:
    response = Response(426, "x", {"Connection": asked} if asked else None)

    lines, _ = head_of(response, version=version, keep_alive=keep_alive)

    assert [line for line in lines if line.startswith("Connection")] == expected


def test_switching_protocols_keeps_its_fields_and_gets_no_others() -> None:
    response = Response(101, b"", {"Upgrade": "websocket", "Connection": "Upgrade"})

    head, framing = serialize_head(
        response, method="GET", http_version="1.1", keep_alive=False, date=DATE
    )

    assert head == (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    )
    assert framing is Framing.NONE


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: admin=1", "a\n", "a\rb", "a\0b"])
@pytest.mark.parametrize("keep_alive", [True, False])
def test_fields_that_came_around_the_check_cannot_split_the_response(
    value: str, keep_alive: bool
) -> None:
    for pair in (("X-A", value), (value, "x")):
        response = Response(200, "x", Headers.from_trusted([pair]))

        with pytest.raises(ResponseError, match="CR, LF or NUL"):
            head_of(response, keep_alive=keep_alive)


@pytest.mark.parametrize("name", ["Connection", "Date"])
def test_fields_of_the_message_cannot_split_the_response_either(name: str) -> None:
    response = Response(200, "x", Headers.from_trusted([(name, "a\r\nSet-Cookie: admin=1")]))

    with pytest.raises(ResponseError, match="CR, LF or NUL"):
        head_of(response)


@given(
    status=st.sampled_from([103, 200, 204, 304, 426]),
    fields=st.lists(
        st.sampled_from(
            [
                *(("Connection", "close"), ("connection", "Keep-Alive, Upgrade"), ("ETag", '"1"')),
                *(("X-Connection", "close"), ("Content-Length", "3"), ("Date", "then")),
            ]
        ),
        max_size=4,
    ),
    method=st.sampled_from(["GET", "HEAD", "CONNECT"]),
    version=st.sampled_from(["1.0", "1.1"]),
    keep_alive=st.booleans(),
    body=st.sampled_from([b"abc", ["abc"]]),
)
def test_what_becomes_of_the_connection_is_the_last_line(
    status: int,
    fields: list[tuple[str, str]],
    method: str,
    version: str,
    keep_alive: bool,
    body: Any,
) -> None:
    response = Response(status, body, fields)

    for _ in range(2):  # as it is made, and as it is remembered
        lines, framing = head_of(response, method, version, keep_alive)

        own = [line for line in lines if line in {"Connection: close", "Connection: keep-alive"}]
        asked = ("Connection", "close") in fields
        if status == 103:
            assert own == []
        elif not keep_alive or asked or framing is Framing.CLOSE:
            assert own == lines[-1:] == ["Connection: close"]
        elif version == "1.0":
            assert own == lines[-1:] == ["Connection: keep-alive"]
        else:
            assert own == []


@pytest.fixture
def memo(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    """An empty memo of heads."""
    memo: dict[Any, Any] = {}
    monkeypatch.setattr(serialize_module, "_memo", memo)
    monkeypatch.setattr(serialize_module, "usual", {})  # which is emptied together with it
    return memo


FILE = {
    "Content-Type": "text/css; charset=utf-8",
    "ETag": '"5f3"',
    "Vary": "Accept-Encoding",
    "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT",
    "Cache-Control": "public, max-age=3600",
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    "Content-Encoding": "br",
}


@pytest.mark.parametrize(
    ("response", "version", "keep_alive"),
    [
        pytest.param(Response(200, "hello", {"Content-Type": "text/html"}), "1.1", True, id="page"),
        pytest.param(Response(200, b"x" * 10240, FILE), "1.1", True, id="file-in-memory"),
        pytest.param(Response(200, FileBody(io.BytesIO(b"x")), FILE), "1.1", True, id="file"),
        pytest.param(Response(304, b"", FILE), "1.1", True, id="304"),
        pytest.param(Response(204), "1.1", True, id="204"),
        pytest.param(Response(200, iter("ab"), {"Vary": "Cookie"}), "1.1", True, id="stream"),
        pytest.param(Response(200, iter("ab"), {"Vary": "Cookie"}), "1.0", True, id="stream-1.0"),
        pytest.param(
            Response(200, iter("a"), {"Content-Length": "1"}), "1.1", True, id="announced"
        ),
        pytest.param(Response(200, "bye"), "1.1", False, id="closing"),
        pytest.param(
            Response(200, "bye", {"Connection": "close"}), "1.1", True, id="asked-to-close"
        ),
        pytest.param(Response(200, "bye"), "1.0", True, id="1.0"),
    ],
)
def test_heads_that_repeat_are_remembered_and_stay_the_same(
    response: Response, version: str, keep_alive: bool, memo: dict[Any, Any]
) -> None:
    for date in (DATE, None):
        memo.clear()
        first, again = [
            serialize_head(
                response, method=method, http_version=version, keep_alive=keep_alive, date=date
            )
            for method in ("GET", "ANY-TOKEN")
        ]

        assert len(memo) == 1
        assert first == again
        assert (b"\r\nDate: " in first[0]) is (date is not None)


def test_one_memo_serves_answers_that_differ_in_their_length_alone(memo: dict[Any, Any]) -> None:
    for size in (0, 1, 10, 10_000):
        assert head_of(Response(200, b"x" * size))[0][-1] == f"Content-Length: {size}"

    assert len(memo) == 1


def test_what_decides_about_a_head_is_never_mixed_up(memo: dict[Any, Any]) -> None:
    assert head_of(Response(200, iter("a")))[1] is Framing.CHUNKED
    assert head_of(Response(200, "a"))[1] is Framing.LENGTH
    assert head_of(Response(200, iter("a")), version="1.0")[1] is Framing.CLOSE
    assert head_of(Response(204))[1] is Framing.NONE
    assert head_of(Response(200, "a"), "HEAD")[1] is Framing.NONE
    assert head_of(Response(200, "a"), "CONNECT")[0] == ["HTTP/1.1 200 OK"]
    assert head_of(Response(200, "a"), keep_alive=False)[0][-1] == "Connection: close"
    assert head_of(Response(200, "a"))[0] == ["HTTP/1.1 200 OK", "Content-Length: 1"]
    assert len(memo) == 5, "HEAD and CONNECT have rules of their own"


@pytest.mark.parametrize("status", [200, 204, 304])
def test_memo_holds_no_credential(status: int, memo: dict[Any, Any]) -> None:
    fields = {
        "X-Token": "secret",
        "Location": "/?token=secret",
        "WWW-Authenticate": "secret",
        "Set-Cookie": "sid=secret",
        "Link": "</?secret>",
        "Content-Disposition": "secret",
        "Content-Security-Policy": "script-src 'nonce-secret'",
        "Content-Location": "/secret",
        "Authentication-Info": "secret",
        "Refresh": "0; url=/?secret",
        "Date": "secret",
    }

    for name, value in fields.items():
        response = Response(status, b"", {"ETag": '"1"', name: value})
        assert head_of(response) == head_of(response)
        assert head_of(response, keep_alive=False) == head_of(response, keep_alive=False)

    assert memo == {}


def test_memo_is_bounded_in_bytes_and_entries(memo: dict[Any, Any]) -> None:
    largest = serialize_module.MAX_MEMO_HEAD - len("Vary")
    for name in ("Vary", "Connection", "Content-Length", "Transfer-Encoding"):
        head_of(Response(200, "x", {name: "1" * serialize_module.MAX_MEMO_HEAD}))
    head_of(Response(200, "x", {"Vary": "x" * (largest + 1)}))
    assert memo == {}
    head_of(Response(200, "x", {"Vary": "x" * largest}))
    assert len(memo) == 1

    for number in range(2 * serialize_module.MAX_MEMO + 1):
        head_of(Response(200, "x", {"ETag": str(number)}))
        assert 0 < len(memo) <= serialize_module.MAX_MEMO


def test_empty_chunk_would_end_the_body_and_is_not_written() -> None:
    assert encode_chunk(b"") == b""
    assert encode_chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
    assert LAST_CHUNK == b"0\r\n\r\n"


@given(
    status=st.sampled_from([200, 204, 205, 304, 404, 500, 799]),
    pieces=st.lists(st.binary(max_size=20), max_size=5),
    method=st.sampled_from(["GET", "HEAD", "POST"]),
    version=st.sampled_from(["1.0", "1.1"]),
    kind=st.sampled_from(["bytes", "stream", "file", "announced"]),
)
def test_another_implementation_reads_what_was_meant(
    status: int, pieces: list[bytes], method: str, version: str, kind: str
) -> None:
    content = b"".join(pieces)
    bodies: dict[str, Any] = {"bytes": content, "file": FileBody(io.BytesIO(content))}
    response = Response(status, bodies.get(kind, iter(pieces)), {"X-Note": "é"})
    if kind == "announced":
        response.set_header("Content-Length", str(len(content)))

    wire = response.serialize(method=method, http_version=version)
    understood, read = read_with_h11(wire, method)

    assert understood.status_code == status
    assert read == (b"" if method == "HEAD" or status in {204, 205, 304} else content)
    assert dict(understood.headers)[b"x-note"] == "é".encode("latin-1")


@pytest.mark.skipif(httptools is None, reason="httptools is not installed")
@given(
    status=st.sampled_from([200, 204, 205, 304, 404, 500, 799]),
    pieces=st.lists(st.binary(max_size=20), max_size=5),
    kind=st.sampled_from(["bytes", "stream", "file", "announced"]),
)
def test_httptools_reads_what_was_meant(status: int, pieces: list[bytes], kind: str) -> None:
    content = b"".join(pieces)
    bodies: dict[str, Any] = {"bytes": content, "file": FileBody(io.BytesIO(content))}
    response = Response(status, bodies.get(kind, iter(pieces)), {"X-Note": "é"})
    if kind == "announced":
        response.set_header("Content-Length", str(len(content)))

    understood = Understood(response.serialize())

    assert understood.status == status
    assert understood.complete
    assert understood.content == (b"" if status in {204, 205, 304} else content)
    assert dict(understood.fields)[b"x-note"] == "é".encode("latin-1")


NAME = st.text("!#$%&'*+-.^_`|~09AZaz", min_size=1, max_size=10).map(lambda name: f"X-{name}")
VALUE = st.text(
    st.characters(max_codepoint=0xFF, exclude_categories=["Cc"], include_characters="\t\x80\x9f"),
    max_size=20,
).map(lambda value: value.strip(" \t"))


@given(st.lists(st.tuples(NAME, VALUE), max_size=5), st.sampled_from(["GET", "HEAD"]))
def test_fields_are_read_as_they_were_written(fields: list[tuple[str, str]], method: str) -> None:
    wire = Response(200, "hello", fields).serialize(method=method)
    expected = [(name.lower().encode(), value.encode("latin-1")) for name, value in fields]

    understood, _ = read_with_h11(wire, method)

    assert list(understood.headers)[:-1] == expected
    if httptools is not None:
        assert Understood(wire).fields[:-1] == expected


def test_the_standard_library_reads_chunks() -> None:
    class Wire:
        def makefile(self, mode: str) -> io.BytesIO:
            return io.BytesIO(Response(200, ["ab", "", b"c"]).serialize())

    wire: Any = Wire()
    answer = http.client.HTTPResponse(wire)
    answer.begin()

    assert answer.read() == b"abc"
    answer.close()
