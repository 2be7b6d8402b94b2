r"""Random bytes read by us, by h11 and by httptools; every disagreement is explained or a fault.

A case is one or more requests on one connection, made of good and bad parts and then perhaps
broken at random places.  Each reader says which requests it accepted and why it stopped:

    we refuse    the peer accepts a request that we do not: we name the rule
    we accept    we accept a request that the peer does not: it names the rule
    they stop    the peer says that nothing of HTTP follows, and we go on
    we stop      the other way round

The table "Disagreements" in CONFORMANCE.md says for each pair of peer and rule why it is so.  One
that is not there fails; a request that two accept and read differently fails always.  A few
thousand cases run with all tests.  For more: GROUNDUP_FUZZ_SECONDS=3600 pytest THIS-FILE
"""

import itertools
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from groundup_httpparse import (
    Event,
    Headers,
    ParsedRequest,
    ParseError,
    RequestBuilder,
    RequestHead,
    RequestParser,
)

SECONDS = float(os.environ.get("GROUNDUP_FUZZ_SECONDS", "0"))
CASES = 5000  # when no time is given
TABLE = Path(__file__).parents[1] / "CONFORMANCE.md"

Fields = list[tuple[bytes, bytes]]
Reading = tuple[list["Message"], str]  # what was accepted, and why nothing more was

WAITS, STOPS = "it is not complete", "nothing of HTTP follows"

METHODS = (b"GET", b"POST", b"PUT", b"OPTIONS") * 8 + (b"CONNECT", b"PRI", b"get", b"FOO", b"A B")
TARGETS = (b"/", b"/a?b=c") * 16 + (
    *(b"*", b"a:443", b"[::1]:80", b"http://a/b", b"http://u@a/", b"http://a", b"/a#b", b"/%zz"),
    *(b"//a", b"/\\", b"", b"?a", b"/a|b", b'/"<>^`{}', b"/\xc3\xa9", b"a:0", b"http://[1]/"),
)
VERSIONS = (b"HTTP/1.1",) * 40 + (
    *(b"HTTP/1.0", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/1.2", b"HTTP/0.9", b"http/1.1", b"HTTP/11"),
    *(b"HTTP/1.10", b"HTTP/1.01", b"HTTP/ 1.1", b"RTSP/1.0", b"ICE/1.0", b"HTTP/1.1 ", b""),
)
FIELDS = (
    *(b"Host: a", b"Host: a:80", b"Host:", b"host: b", b"Host: [::1]", b"Host: [1]", b"Host: a b"),
    *(b"Host: a/b", b"Host: a, a", b"Content-Length: 5", b"Content-Length: 0", b"Host: u@a"),
    *(b"Content-Length: 05", b"Content-Length: +5", b"Content-Length: 5, 5", b"Content-Length: 5,"),
    *(b"Content-Length:", b"Content-Length: 5 5", b"Content-Length: 99999999999999999999"),
    *(b"content-length: 6", b"Content-Length: 0x5", b"Content-Length: 5\t", b"Content-Length: -5"),
    *(b"Content_Length: 5", b"Content-Length : 5", b" Content-Length: 5", b"Content-Length: 5;5"),
    *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: Chunked", b"Transfer-Encoding: gzip"),
    *(b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: chunked, gzip"),
    *(b"Transfer-Encoding: chunked, chunked", b"Transfer-Encoding: chunked;a=b"),
    *(b"Transfer-Encoding: identity", b"Transfer-Encoding: xchunked", b"Transfer-Encoding:"),
    *(
        b"Transfer-Encoding: chunked,",
        b"Transfer-Encoding: ,chunked",
        b"Transfer_Encoding: chunked",
    ),
    *(b"Transfer-Encoding: \x0bchunked", b"Transfer-Encoding:\tchunked\t", b"Expect: 100-continue"),
    *(b'Transfer-Encoding: "chunked"', b"Transfer-Encoding : chunked", b"TE: trailers"),
    *(b"Transfer-Encoding:\r\n chunked", b"Connection: close", b"Connection: keep-alive"),
    *(b"Connection: Upgrade", b"Connection: close, keep-alive", b"Upgrade: websocket"),
    *(b"Proxy-Connection: close", b"HTTP2-Settings: a", b"Cookie: a=1", b"Cookie: \xe9"),
    *(b"X-A: b", b"X-A:", b"X-A", b": b", b"X A: b", b"X-A: \0", b"X-A: b\x7f", b"X-A: \x80\xff"),
    *(b"X-A: a\rb", b"X-A: a\nb", b"X\xe9: a", b"X-A:\t b \t", b"\tfold", b"X-A: a\r\n\tb"),
    *(b"X-A: a\x0bb", b"X-A: a\x85b", b"!#$%&'*+-.^_`|~: a", b'X"A: b', b"X(A): b", b"X-A: b,"),
)
CHUNKS = (
    *(b"5\r\nhello\r\n", b"05\r\nhello\r\n", b"5;a=b\r\nhello\r\n", b"5;a\r\nhello\r\n"),
    *(b'5;a="b c"\r\nhello\r\n', b"a\r\n0123456789\r\n", b"A\r\n0123456789\r\n"),
) * 10 + (
    *(b"5 \r\nhello\r\n", b" 5\r\nhello\r\n", b"5\nhello\n", b"5\r\nhello", b"5\r\nhelloX\r\n"),
    *(b"5;\r\nhello\r\n", b"5;a=\r\nhello\r\n", b"5 ;a\r\nhello\r\n", b"5;a =b\r\nhello\r\n"),
    *(b"0x5\r\nhello\r\n", b"+5\r\nhello\r\n", b"-5\r\nhello\r\n", b"5_0\r\nhello\r\n", b"g\r\n"),
    *(b"fffffffffffffffff\r\n", b"\r\n", b"00000000000000000005\r\nhello\r\n", b"5\rhello\r\n"),
    *(b"5;a\nhello\r\n", b"5;\xe9\r\nhello\r\n", b'5;a="\r\n"\r\nhello\r\n', b"5;\0\r\nhello\r\n"),
    *(b"5\r\nhello\n", b"5\r\nhello\r", b"5 a\r\nhello\r\n", b"5;a=b;c\r\nhello\r\n"),
    *(b"5\t\r\nhello\r\n", b'5;a="b\r\nhello\r\n', b"5;a=\xe9\r\nhello\r\n"),
)
ENDS = (b"0\r\n\r\n",) * 20 + (
    *(b"0\r\nX-T: 1\r\n\r\n", b"0\r\n X-T: 1\r\n\r\n", b"0\r\nX-T\r\n\r\n", b"0\n\n", b"0\r\n\n"),
    *(b"00\r\n\r\n", b"0;a\r\n\r\n", b"0\r\nContent-Length: 5\r\n\r\n", b"0\r\nX-T: \0\r\n\r\n"),
    *(b"0 \r\n\r\n", b"0\r\nX-T: 1\n\r\n", b"0\r\nX-T : 1\r\n\r\n", b"0\r\nX-T: a\r\n b\r\n\r\n"),
)
BITS = (
    *(b"\r", b"\n", b"\r\n", b"\0", b" ", b"\t", b":", b",", b";", b"chunked", b"0", b"5", b"a"),
    *(b"\x80", b"\xff", b'"', b"/", b"#", b"\x0b", b"\x7f", b"=", b"\r\n\r\n"),
)


class Message(NamedTuple):
    """One request as a reader sees it."""

    line: tuple[bytes, bytes, bytes]  # method, target, version
    fields: Fields
    body: bytes = b""
    trailers: Sequence[tuple[bytes, bytes]] = ()


def make_request(pick: random.Random) -> bytes:
    """Return a request that is nearly right, or quite."""
    fields = [b"Host: example.com"] if pick.random() < 0.95 else []
    body, kind = b"", pick.random()
    if kind < 0.3:
        fields.append(b"Transfer-Encoding: chunked")
        body = b"".join(pick.choices(CHUNKS, k=pick.randrange(4))) + pick.choice(ENDS)
    elif kind < 0.5:
        fields.append(b"Content-Length: 5")
        body = b"hello"
    elif kind < 0.6:
        body = pick.choice([b"hello", b"5\r\nhello\r\n0\r\n\r\n"])
    if pick.random() < 0.6:
        for field in pick.choices(FIELDS, k=pick.choice([1, 1, 1, 2, 3])):
            fields.insert(pick.randrange(len(fields) + 1), field)
    line = b" ".join(map(pick.choice, (METHODS, TARGETS, VERSIONS)))
    before = (
        pick.choice([b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" "]) if pick.random() < 0.05 else b""
    )
    return before + b"\r\n".join([line, *fields, b"", b""]) + body


def mutate(pick: random.Random, wire: bytes) -> bytes:
    """Return the bytes with one place changed."""
    at, kind = pick.randrange(len(wire) + 1), pick.random()
    if kind < 0.4:
        return wire[:at] + pick.choice(BITS) + wire[at:]
    if kind < 0.7:
        return wire[:at] + wire[at + pick.choice([1, 1, 2, 5]) :]
    if kind < 0.9:
        return wire[:at] + pick.randbytes(1) + wire[at + 1 :]
    start, end = sorted((at, pick.randrange(len(wire) + 1)))
    return wire[:end] + wire[start:]


def make_case(pick: random.Random) -> bytes:
    """Return the bytes of a connection."""
    wire = b"".join(make_request(pick) for _ in range(pick.choice([1, 1, 2, 3])))
    if pick.random() < 0.4:
        for _ in range(pick.choice([1, 1, 2, 3])):
            wire = mutate(pick, wire)
    return wire


def cases(seed: float) -> Iterator[tuple[bytes, random.Random]]:
    """Yield as many cases as were asked for."""
    pick, end = random.Random(seed), time.monotonic() + SECONDS
    for number in itertools.count():
        if (time.monotonic() > end) if SECONDS else number == CASES:
            return
        yield make_case(pick), pick


def tidy(fields: Fields) -> Fields:
    """Return fields as all readers should give them.

    httptools leaves white space behind a value, and h11 puts the coding in lower case.
    """
    found = [(name.lower(), value.strip(b" \t")) for name, value in fields]
    return [(n, v.lower() if n == b"transfer-encoding" else v) for n, v in found]


def changes_protocol(line: tuple[bytes, bytes, bytes], fields: Fields) -> bool:
    """Whether readers may think that what follows the head is another protocol's."""
    return line[0] == b"CONNECT" or any(name == b"upgrade" for name, _ in fields)


def without_body(message: Message) -> list[Message]:
    """Return a message that changes the protocol, unless a body should have come before that."""
    names = {name for name, _ in message.fields}
    return [message] if names.isdisjoint({b"content-length", b"transfer-encoding"}) else []


def read(pieces: list[bytes], *, heads: bool = False) -> Reading:
    """Return what we accept; ``heads`` asks for each head alone first, as servers do."""
    builder, found = RequestBuilder(), list[Message]()
    try:
        for event in events_of(pieces, heads=heads):
            if isinstance(event, RequestHead) and changes_protocol(*start_of(event)):
                return found + without_body(Message(*start_of(event))), STOPS
            if (request := builder.add(event)) is not None:
                trailers = tidy(encode(request.trailers))
                found.append(Message(*start_of(request), request.body, trailers))
                if not request.keep_alive:
                    return found, STOPS
    except ParseError as error:
        return found, str(error).split(", got")[0]
    return found, WAITS


def events_of(pieces: list[bytes], *, heads: bool) -> Iterator[Event]:
    """Yield what the parser finds, also in what it had left for the next call."""
    parser = RequestParser()
    for piece in pieces:
        if heads and (head := parser.take_head(piece)) is not None:
            yield head
            continue
        events = parser.feed(piece)
        while events:
            yield from events
            events = parser.feed()


def start_of(head: RequestHead | ParsedRequest) -> tuple[tuple[bytes, bytes, bytes], Fields]:
    line = head.method.encode(), head.target.encode(), head.version.encode()
    return line, tidy(encode(head.headers))


def encode(fields: Headers) -> Fields:
    return [(n.encode("latin-1"), value.encode("latin-1")) for n, value in fields.multi_items()]


def read_by_h11(wire: bytes) -> Reading:
    """Return what h11 accepts."""
    h11: Any = pytest.importorskip("h11")
    found = list[Message]()
    while wire:
        connection = h11.Connection(h11.SERVER)
        connection.receive_data(wire)
        try:
            head = connection.next_event()
            if not isinstance(head, h11.Request):
                break
            fields = tidy(list(head.headers))
            line = bytes(head.method), bytes(head.target), bytes(head.http_version)
            if changes_protocol(line, fields):
                return found + without_body(Message(line, fields)), STOPS
            body = b""
            while isinstance(event := connection.next_event(), h11.Data):
                body += event.data
            if not isinstance(event, h11.EndOfMessage):
                break
        except h11.RemoteProtocolError as error:
            return found, str(error).split(": ")[0]
        found.append(Message(line, fields, body, tidy(list(event.headers))))
        if connection.their_state is h11.MUST_CLOSE:
            return found, STOPS
        wire = connection.trailing_data[0]
    return found, WAITS


class StopError(Exception):
    """Nothing that follows is HTTP."""


class Listener:
    """What httptools calls."""

    def __init__(self, httptools: Any) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.found: list[Message] = []
        self.on_message_begin()

    def on_message_begin(self) -> None:
        self.target = self.body = b""
        self.fields: Fields = []
        self.trailers: Fields = []
        self.line = (b"", b"", b"")

    def on_url(self, target: bytes) -> None:
        self.target += target

    def on_header(self, name: bytes, value: bytes) -> None:
        (self.trailers if self.line[0] else self.fields).append((name, value))

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version().encode()
        self.fields = tidy(self.fields)
        self.line = self.parser.get_method(), self.target, version
        if changes_protocol(self.line, self.fields):
            self.found += without_body(Message(self.line, self.fields))
            raise StopError

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.found.append(Message(self.line, self.fields, self.body, tidy(self.trailers)))
        if not self.parser.should_keep_alive():
            raise StopError


def read_by_httptools(wire: bytes) -> Reading:
    """Return what httptools accepts."""
    httptools: Any = pytest.importorskip("httptools")
    listener = Listener(httptools)
    try:
        listener.parser.feed_data(wire)
    except (StopError, httptools.HttpParserUpgrade):
        return listener.found, STOPS
    except httptools.HttpParserError as error:
        return listener.found, STOPS if isinstance(error.__context__, StopError) else str(error)
    return listener.found, WAITS


def explain(peer: str, ours: Reading, theirs: Reading) -> tuple[str, str, str] | None:
    """Return which row of the table this disagreement needs, or None when there is none."""
    (our, our_end), (their, their_end) = ours, theirs
    for mine, other in zip(our, their, strict=False):
        assert mine == other, "both accept this request and read it differently"
    if len(their) > len(our):
        return (peer, "we stop", "") if our_end == STOPS else (peer, "we refuse", our_end)
    if len(our) > len(their):
        return (peer, "they stop", "") if their_end == STOPS else (peer, "we accept", their_end)
    return None


def explained() -> set[tuple[str, str, str]]:
    """Return the rows of the table in CONFORMANCE.md."""
    rows = re.findall(
        r"^\| (h11|httptools) \| ([a-z ]+) \| (.*?) \|", TABLE.read_text("utf-8"), re.M
    )
    return set(rows)


PEERS: dict[str, Callable[[bytes], Reading]] = {"h11": read_by_h11, "httptools": read_by_httptools}


@pytest.mark.parametrize("peer", PEERS)
def test_every_disagreement_is_explained(peer: str) -> None:
    known, seed = explained(), time.time() if SECONDS else 9112
    accepted = 0

    for wire, _ in cases(seed):
        ours, theirs = read([wire]), PEERS[peer](wire)
        accepted += len(ours[0])
        row = explain(peer, ours, theirs)
        assert row is None or row in known, (row, wire, ours, theirs)

    assert accepted > CASES // 5


def test_random_bytes_may_be_split_anywhere() -> None:
    for wire, pick in cases(time.time() if SECONDS else 9110):
        cuts = sorted(pick.choices(range(len(wire) + 1), k=pick.randrange(1, 5)))
        pieces = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]

        whole, split = read([wire]), read(pieces)

        assert split[0] == whole[0], (wire, cuts)
        assert split[1] == whole[1] or STOPS in (split[1], whole[1]), (wire, cuts)


def test_a_head_that_is_asked_for_alone_is_read_as_any_other() -> None:
    taken = 0
    for wire, _ in cases(time.time() if SECONDS else 9111):
        pieces = [piece + b"\r\n\r\n" for piece in wire.split(b"\r\n\r\n")]
        taken += RequestParser().take_head(pieces[0]) is not None

        assert read(pieces, heads=True) == read(pieces), wire

    assert taken > CASES // 10
