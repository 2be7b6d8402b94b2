"""Three requests that a gateway lets through, and in which the parser behind it finds a fourth.

The gateway forbids /admin.  It reads less strictly than the standard allows, as some do; what it
forwards, it forwards as it came.  Whoever makes the parser see the end of a request at another
place than the gateway sees it, decides what the parser takes for the next request.
"""

from typing import Any

WEAK = {
    "attack_two_lengths": "steps/step3.py",
    "attack_line_feed": "steps/step3.py",
    "attack_space_before_colon": "steps/step3.py",
}

HIDDEN = b"GET /admin HTTP/1.1\r\nHost: localhost\r\n\r\n"


def seen_by_gateway(data: bytes) -> list[bytes]:
    """Return the targets that the gateway sees: for it only Content-Length ends a body.

    LF ends a line as well as CRLF does, and spaces around names are nothing.
    """
    targets: list[bytes] = []
    while data:
        head, _, data = data.replace(b"\r\n", b"\n").partition(b"\n\n")
        first, *lines = head.split(b"\n")
        fields = {
            name.strip().lower(): value for name, _, value in (x.partition(b":") for x in lines)
        }
        targets.append(first.split(b" ")[1])
        data = data[int(fields.get(b"content-length", b"0")) :]
    return targets


def seen_behind(part: Any, data: bytes) -> list[str]:
    """Return the targets that the parser behind the gateway sees; none when it refuses."""
    try:
        return [request.target for request in part.RequestParser().feed(data)]
    except part.ParseError:
        return []


def gets_through(part: Any, data: bytes) -> bool:
    """Return whether the gateway sees nothing of /admin, and the parser behind it does."""
    return b"/admin" not in seen_by_gateway(data) and "/admin" in seen_behind(part, data)


def attack_two_lengths(part: Any) -> bool:
    """Give two lengths: the gateway counts bytes, the parser reads chunks."""
    body = b"0\r\n\r\n" + HIDDEN
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
    head += b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n" % len(body)
    return gets_through(part, head + body)


def attack_line_feed(part: Any) -> bool:
    """Hide the length behind a lone LF: is it a header, or part of a value?"""
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
    head += b"X-Name: a\nContent-Length: %d\r\n\r\n" % len(HIDDEN)
    return gets_through(part, head + HIDDEN)


def attack_space_before_colon(part: Any) -> bool:
    """Write a space before the colon: for the parser it is another name."""
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
    head += b"Content-Length : %d\r\n\r\n" % len(HIDDEN)
    return gets_through(part, head + HIDDEN)
