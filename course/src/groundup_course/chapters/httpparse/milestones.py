"""The tests of chapter 2, in the order of the milestones.

The bytes are those that clients send and those that attackers send.  Names and values are random,
and what must hold wherever the network cuts is tried with every cut.
"""

from typing import Any

from groundup_course import Trial

PIECE = 4096  # bytes that are fed at a time where a request never ends
MEBIBYTE = 1024 * 1024


def word(t: Trial) -> str:
    """Return a random word."""
    return "".join(t.rng.choices("abcdefghijklmnopqrstuvwxyz", k=6))


def request(first: str, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request; its headers are lines without their ends."""
    lines = [first, "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def make(part: Any, t: Trial) -> Any:
    """Return a parser whose calls are recorded."""
    return t.make(part.RequestParser, named="parser")


def feed(t: Trial, parser: Any, data: bytes) -> list[Any]:
    """Return the requests that some bytes complete."""
    found = parser.feed(data)
    t.holds(isinstance(found, list), "a list of the requests that are whole now", found)
    return list(found)


def view(found: list[Any], keys: list[str]) -> list[dict[str, Any]]:
    """Return the wanted parts of requests."""
    return [{key: getattr(one, key, f"no {key}") for key in keys} for one in found]


def finds(t: Trial, found: list[Any], *wanted: dict[str, Any]) -> None:
    """Check which requests were found, by the parts that are wanted."""
    t.same(view(found, list(wanted[0])), list(wanted))


def read_header(t: Trial, one: Any, name: str) -> Any:
    """Return the value of a header."""
    return t.guard(lambda: one.headers.get(name), f"request.headers.get({name!r})")


def has_header(t: Trial, one: Any, name: str) -> bool:
    """Return whether a header was sent."""
    return bool(t.guard(lambda: name in one.headers, f"{name!r} in request.headers"))


def cut_everywhere(part: Any, t: Trial, data: bytes, *wanted: dict[str, Any]) -> None:
    """Check that the same requests are found wherever the bytes are cut, and byte by byte."""
    for at in range(1, len(data)):
        t.lines.clear()
        parser = make(part, t)
        first = feed(t, parser, data[:at])
        finds(t, first + feed(t, parser, data[at:]), *wanted)
    t.lines.clear()
    parser = make(part, t)
    found = [one for byte in data for one in feed(t, parser, bytes([byte]))]
    finds(t, found, *wanted)


def read(t: Trial, parser: Any, data: bytes) -> list[dict[str, Any]]:
    """Return what is found in bytes that should be refused."""
    return view(feed(t, parser, data), ["method", "target", "body"])


def refuses(part: Any, t: Trial, data: bytes, *statuses: int) -> None:
    """Check that bytes are refused, with one of these statuses (400 by default)."""
    t.lines.clear()
    error = t.raises(part.ParseError, read, t, make(part, t), data)
    status = getattr(error, "status", "no status")
    allowed = statuses or (400,)
    words = " or ".join(map(str, allowed))
    t.holds(status in allowed, f"a ParseError with the status {words}", status)


def m1_request_line(part: Any, t: Trial) -> None:
    """The first line is method, target and version; of the version only the number is kept.

    source: RFC 9112, section 3
    """
    method, target = t.rng.choice(["GET", "HEAD", "DELETE"]), f"/{word(t)}"
    found = feed(t, make(part, t), request(f"{method} {target} HTTP/1.1"))
    finds(t, found, {"method": method, "target": target, "version": "1.1"})


def m1_path_and_query(part: Any, t: Trial) -> None:
    """The first question mark ends the path; both halves stay as they were sent.

    source: RFC 3986, section 3.4
    """
    name = word(t)
    cases = [
        (f"/{name}?page=2&sort=up", f"/{name}", "page=2&sort=up"),
        (f"/{name}", f"/{name}", ""),
        (f"/{name}?next=/a?b=c", f"/{name}", "next=/a?b=c"),
        (f"/{name}/caf%C3%A9?a%26b=%3D", f"/{name}/caf%C3%A9", "a%26b=%3D"),
    ]
    for target, path, query in cases:
        t.lines.clear()
        found = feed(t, make(part, t), request(f"GET {target} HTTP/1.1"))
        finds(t, found, {"target": target, "path": path, "query": query})


def m1_waits(part: Any, t: Trial) -> None:
    """A request is found when its empty line is there, and not earlier.

    source: RFC 9112, section 2.1
    """
    parser, data = make(part, t), request(f"GET /{word(t)} HTTP/1.1")
    for piece in (data[:10], data[10:-2]):
        t.same(read(t, parser, piece), [])
    finds(t, feed(t, parser, data[-2:]), {"method": "GET"})


def m1_cut_anywhere(part: Any, t: Trial) -> None:
    """The network cuts where it likes, and the requests are the same."""
    target = f"/{word(t)}"
    data = request(f"GET {target} HTTP/1.1")
    cut_everywhere(part, t, data, {"method": "GET", "target": target, "version": "1.1"})


def m1_one_after_the_other(part: Any, t: Trial) -> None:
    """One piece may hold several requests; all of them are found, in their order.

    source: RFC 9112, section 9.3.2
    """
    targets = [f"/{word(t)}" for _ in range(3)]
    data = b"".join(request(f"GET {target} HTTP/1.1") for target in targets)
    found = feed(t, make(part, t), data)
    finds(t, found, *({"target": target} for target in targets))


def m2_values(part: Any, t: Trial) -> None:
    """The first colon ends the name; spaces and tabs around the value are none of it.

    source: RFC 9112, section 5.1
    """
    value = word(t)
    cases = [
        (f"X-Plain: {value}", value),
        (f"X-Address: {value}:8000", f"{value}:8000"),
        (f"X-Tight:{value}", value),
        (f"X-Wide:  \t{value} and more \t ", f"{value} and more"),
        ("X-Empty:", ""),
    ]
    for line, wanted in cases:
        t.lines.clear()
        [one] = feed_one(part, t, request("GET / HTTP/1.1", line))
        t.same(read_header(t, one, line.partition(":")[0]), wanted)


def feed_one(part: Any, t: Trial, data: bytes) -> list[Any]:
    """Return a list of the one request that some bytes are."""
    found = feed(t, make(part, t), data)
    t.holds(len(found) == 1, "one request", found)
    return found


def m2_case(part: Any, t: Trial) -> None:
    """A name means the same in capital and in small letters.

    source: RFC 9110, section 5.1
    """
    value = word(t)
    for sent in ("Content-Type", "content-type", "CONTENT-TYPE"):
        t.lines.clear()
        [one] = feed_one(part, t, request("GET / HTTP/1.1", f"{sent}: {value}"))
        for asked in ("content-type", "Content-Type", "cOnTeNt-TyPe"):
            t.same(read_header(t, one, asked), value)
        t.same(read_header(t, one, "Content-Length"), None)
        t.holds(has_header(t, one, "CONTENT-type"), "'CONTENT-type' to be in request.headers")


def m2_as_sent(part: Any, t: Trial) -> None:
    """Who goes through the headers sees the names as they were sent, in their order."""
    name, value = f"X-{word(t).title()}", word(t)
    [one] = feed_one(part, t, request("GET / HTTP/1.1", f"{name}: {value}", "ACCEPT: */*"))
    items = t.guard(lambda: read_items(one), "request.headers.items()")
    t.same(items, [("Host", "localhost"), (name, value), ("ACCEPT", "*/*")])


def read_items(one: Any) -> list[tuple[str, str]]:
    """Return all headers; their texts may be of a class of their own."""
    return [(str(name), str(value)) for name, value in one.headers.items()]


def m2_repeated(part: Any, t: Trial) -> None:
    """A name that was sent twice has both values, with a comma and a space between them.

    source: RFC 9110, section 5.2
    """
    one, other = word(t), word(t)
    lines = f"Accept: {one}", "X-Other: value", f"accept: {other}"
    [found] = feed_one(part, t, request("GET / HTTP/1.1", *lines))
    t.same(read_header(t, found, "Accept"), f"{one}, {other}")


def m2_any_byte(part: Any, t: Trial) -> None:
    """A value may hold bytes that are not ASCII; each is read as the character of its number.

    source: RFC 9110, section 5.5
    """
    value = f"{word(t)} \xfc\xe9\xff"
    [one] = feed_one(part, t, request("GET / HTTP/1.1", f"X-Name: {value}"))
    t.same(read_header(t, one, "X-Name"), value)


def m3_length(part: Any, t: Trial) -> None:
    """Content-Length says how many bytes (not characters) of body follow the empty line.

    source: RFC 9110, section 8.6
    """
    for body in (word(t).encode(), f'{{"name": "Jürgen {word(t)}"}}'.encode(), b"\xff\x00", b""):
        t.lines.clear()
        data = request("POST / HTTP/1.1", f"Content-Length: {len(body)}", body=body)
        finds(t, feed(t, make(part, t), data), {"method": "POST", "body": body})


def m3_no_length(part: Any, t: Trial) -> None:
    """Without a length there is no body: what follows is the next request.

    source: RFC 9112, section 6.3
    """
    target = f"/{word(t)}"
    data = request("POST / HTTP/1.1") + request(f"GET {target} HTTP/1.1")
    found = feed(t, make(part, t), data)
    finds(t, found, {"target": "/", "body": b""}, {"target": target, "body": b""})


def m3_cut_anywhere(part: Any, t: Trial) -> None:
    """A body is whole when its last byte is there, and an empty line within it ends nothing."""
    body = f"{word(t)}\r\n\r\n{word(t)}".encode()
    data = request("POST /a HTTP/1.1", f"Content-Length: {len(body)}", body=body)
    cut_everywhere(part, t, data, {"target": "/a", "body": body})


def m3_next_request(part: Any, t: Trial) -> None:
    """The next request begins right behind the last byte of the body.

    source: RFC 9112, section 9.3.2
    """
    one, target = word(t).encode(), f"/{word(t)}"
    data = request("PUT /a HTTP/1.1", f"Content-Length: {len(one)}", body=one)
    data += request(f"GET {target} HTTP/1.1")
    wanted: list[dict[str, Any]] = [
        {"target": "/a", "body": one},
        {"target": target, "body": b""},
    ]
    finds(t, feed(t, make(part, t), data), *wanted)


def m3_chunks(part: Any, t: Trial) -> None:
    """Each chunk has its size in hexadecimal before it, and one of size 0 is the last.

    source: RFC 9112, section 7.1
    """
    one, end = word(t).encode(), b"0\r\n\r\n"
    long = b"".join(word(t).encode() for _ in range(5))[:0x1D]
    cases = [
        (b"6\r\n%b\r\n0\r\n\r\n" % one, one),
        (b"6\r\n%b\r\n1d\r\n%b\r\n0\r\n\r\n" % (one, long), one + long),
        (b"001D\r\n%b\r\n0\r\n\r\n" % long, long),
        (b"5\r\n%b\r\n0\r\n\r\n" % end, end),
        (b'6;name="value"\r\n%b\r\n0\r\n\r\n' % one, one),
        (b"6\r\n%b\r\n0\r\nX-Check: 1\r\nX-Other: 2\r\n\r\n" % one, one),
        (b"0\r\n\r\n", b""),
    ]
    for coded, body in cases:
        t.lines.clear()
        coding = t.rng.choice(["chunked", "Chunked", "CHUNKED"])
        data = request("POST / HTTP/1.1", f"Transfer-Encoding: {coding}", body=coded)
        finds(t, feed(t, make(part, t), data), {"method": "POST", "body": body})


def m3_chunks_cut_anywhere(part: Any, t: Trial) -> None:
    """Chunks may be cut anywhere, too, and the next request begins behind their last line."""
    body, target = word(t).encode(), f"/{word(t)}"
    coded = b"2\r\n%b\r\n4\r\n%b\r\n0\r\nX-Check: 1\r\n\r\n" % (body[:2], body[2:])
    data = request("POST /a HTTP/1.1", "Transfer-Encoding: chunked", body=coded)
    data += request(f"GET {target} HTTP/1.1")
    wanted: list[dict[str, Any]] = [
        {"target": "/a", "body": body},
        {"target": target, "body": b""},
    ]
    cut_everywhere(part, t, data, *wanted)


def m4_request_line(part: Any, t: Trial) -> None:
    """What is no METHOD TARGET HTTP/1.1 is refused with 400, and another version with 505.

    source: RFC 9112, section 3
    """
    name = word(t)
    cases = [
        *(f"GET /{name}", f"/{name} HTTP/1.1", f"GET  /{name} HTTP/1.1", f"GET\t/{name} HTTP/1.1"),
        *(f"GET /{name} HTTP/1.1 ", f"GET /{name} {name} HTTP/1.1", f" GET /{name} HTTP/1.1"),
        *(f"GET /{name} http/1.1", f"GET /{name} HTTP/1.x", f"GET /{name}\x00 HTTP/1.1"),
        *(f"G(T /{name} HTTP/1.1", f"GET /{name}\xfc HTTP/1.1"),
    ]
    for line in cases:
        refuses(part, t, request(line))
    refuses(part, t, request(f"GET /{name} HTTP/2.0"), 505)


def m4_headers(part: Any, t: Trial) -> None:
    """A header is NAME: VALUE and ends with CRLF; a line that is not so is refused.

    source: RFC 9112, section 5
    """
    name = word(t)
    cases = [
        *(f"X-{name}", f"X-{name} : value", f"X {name}: value", ": value", f" {name}: value"),
        *(f"X-{name}: a\x00b", f"X-{name}: a\nX-Other: b", f"X-{name}: a\rX-Other: b"),
        *(f"X-{name}: a\r\n\tb", f"X-{name}\xfc: value", f"X-{name}: a\x7f"),
    ]
    for line in cases:
        refuses(part, t, request("GET / HTTP/1.1", line))


def m4_one_length(part: Any, t: Trial) -> None:
    """A body has one length: a plain number, sent once, or the coding chunked and nothing else.

    source: RFC 9112, section 6.3
    """
    number = str(t.rng.randrange(2, 9))
    body = b"x" * 40
    numbers = (
        "+{0}",
        "-{0}",
        "{0}_0",
        "{0}.0",
        "0x{0}",
        "{0} {0}",
        "{0}, {0}",
        "",
        "\xb2",
        "1" * 400,
    )
    for text in numbers:
        line = f"Content-Length: {text.format(number)}"
        refuses(part, t, request("POST / HTTP/1.1", line, body=body), 400, 413)
    length, coding = f"Content-Length: {number}", "Transfer-Encoding: chunked"
    chunks = b"1\r\nx\r\n0\r\n\r\n"
    refuses(part, t, request("POST / HTTP/1.1", length, length, body=body))
    refuses(part, t, request("POST / HTTP/1.1", length, coding, body=chunks))
    refuses(part, t, request("POST / HTTP/1.1", coding, length, body=chunks))
    refuses(part, t, request("POST / HTTP/1.1", coding, coding, body=chunks))
    refuses(part, t, request("POST / HTTP/1.0", coding, body=chunks))
    for other in ("gzip, chunked", "chunked, gzip", "gzip", "xchunked", '"chunked"', ""):
        line = f"Transfer-Encoding: {other}"
        refuses(part, t, request("POST / HTTP/1.1", line, body=chunks), 400, 501)


def m4_chunks(part: Any, t: Trial) -> None:
    """The size of a chunk is hexadecimal digits, and its data ends where the size says.

    source: RFC 9112, section 7.1
    """
    data = word(t).encode()
    bad = b"0x6", b"+6", b"-6", b" 6", b"6_0", b"", b"six", b"6 6", b"1" * 400
    for coded in (
        *(b"%b\r\n%b\r\n0\r\n\r\n" % (size, data) for size in bad),
        b"5\r\n%b\r\n0\r\n\r\n" % data,
        b"6\n%b\r\n0\r\n\r\n" % data,
        b"6\r\n%b\n0\r\n\r\n" % data,
    ):
        refuses(part, t, request("POST / HTTP/1.1", "Transfer-Encoding: chunked", body=coded))


def m4_endless(part: Any, t: Trial) -> None:
    """Lines without an end are refused before a mebibyte of them is kept, with 414 or 431.

    source: RFC 6585, section 5
    """
    start = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    line = b"X-%b: %b\r\n" % (word(t).encode(), b"x" * 55)
    cases = [
        *((b"GET /", b"a" * PIECE), (start + b"X-Long: ", b"a" * PIECE)),
        *((start, line * (PIECE // len(line))), (b"", b"G" * PIECE)),
    ]
    for first, again in cases:
        t.lines.clear()
        parser = make(part, t)
        feed(t, parser, first)
        error = t.raises(part.ParseError, flood, t, parser, again)
        status = getattr(error, "status", "no status")
        t.holds(status in {414, 431}, "a ParseError with the status 414 or 431", status)


def flood(t: Trial, parser: Any, piece: bytes) -> str:
    """Feed a piece again and again, up to a mebibyte; only the last time is recorded."""
    done = len(t.lines)
    for _ in range(MEBIBYTE // len(piece)):
        del t.lines[done:]
        feed(t, parser, piece)
    return f"no refusal of {MEBIBYTE} bytes of lines"


def m4_for_good(part: Any, t: Trial) -> None:
    """After an error every later call is one: nobody knows where the next request would begin."""
    good = request(f"GET /{word(t)} HTTP/1.1")
    for bad in (request("nonsense"), request("GET / HTTP/1.1", "no colon")):
        t.lines.clear()
        parser = make(part, t)
        for data in (bad, good, b"", good):
            t.raises(part.ParseError, read, t, parser, data)
