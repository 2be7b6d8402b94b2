"""Where a request ends, and what happens to its connection: RFC 9112, sections 6, 7 and 9.

    Content-Length: 17           17 bytes of content follow
    Transfer-Encoding: chunked   chunks follow, the last one says that it is
    neither                      no content
    both                         refused: two programs would take two different ways

This is the page that attackers read.  A front server and we must agree about every byte, so
whatever the two could understand differently is an error here, never a guess.
"""

from collections.abc import Mapping

from groundup_httpparse.errors import ParseError
from groundup_httpparse.grammar import shorten
from groundup_httpparse.headers import Headers
from groundup_httpparse.target import check_host

__all__ = ["Framing", "read_framing"]

MAX_DIGITS = 18  # more bytes than any disk holds


class Framing:
    """What the fields of a request say about its body and its connection; never changed."""

    __slots__ = (
        "chunked",
        "content_length",
        "expects_continue",
        "has_body",
        "keep_alive",
        "upgrade",
        "version",
    )

    def __init__(self, version: str, fields: Mapping[str, str]) -> None:
        self.version = version
        self.chunked, self.content_length = _read_length(version, fields)
        self.has_body = self.chunked or bool(self.content_length)
        modern = version == "1.1"
        self.keep_alive = modern
        self.upgrade: str | None = None
        if (connection := fields.get("connection")) is not None:
            options = [option.strip(" \t") for option in connection.lower().split(",")]
            self.keep_alive = "close" not in options and (modern or "keep-alive" in options)
            if modern and "upgrade" in options:
                self.upgrade = fields.get("upgrade") or None
        # Of HTTP/1.0 it may be a relic that a proxy passed on: nobody waits for the answer.
        expect = fields.get("expect") if modern and self.has_body else None
        self.expects_continue = expect is not None and expect.lower() == "100-continue"


def _read_length(version: str, fields: Mapping[str, str]) -> tuple[bool, int | None]:
    """Return whether the body is chunked, and its length where one is given."""
    length, coding = fields.get("content-length"), fields.get("transfer-encoding")
    if coding is not None:
        if length is not None:
            raise ParseError("body must have one length, got Content-Length and Transfer-Encoding")
        if version == "1.0":
            raise ParseError("HTTP/1.0 has no Transfer-Encoding: send Content-Length")
        _check_coding(coding)
        return True, None
    if length is None:
        return False, None
    if not (length.isascii() and length.isdigit()):
        raise ParseError(f"Content-Length must be one number, got {shorten(length)}")
    if len(length) > MAX_DIGITS:
        raise ParseError(f"Content-Length must have at most {MAX_DIGITS} digits", status=413)
    return False, int(length)


def _check_coding(coding: str) -> None:
    """Refuse all transfer codings but ``chunked``, exactly once."""
    if coding.lower() == "chunked":
        return
    codings = [part.strip(" \t").lower() for part in coding.split(",")]
    if codings.count("chunked") > 1 or {"chunked", ""}.issuperset(codings):
        raise ParseError(f"chunked must be applied once, got {shorten(coding)}")
    if codings[-1] != "chunked":  # so nobody knows where the body ends: RFC 9112, section 6.3
        raise ParseError(f"chunked must be the last transfer coding, got {shorten(coding)}")
    raise ParseError(f"transfer coding must be chunked alone, got {shorten(coding)}", status=501)


DECIDING = frozenset({"connection", "content-length", "expect", "transfer-encoding"})
PLAIN = {version: Framing(version, {}) for version in ("1.0", "1.1")}  # of heads without these


def read_framing(version: str, headers: Headers) -> Framing:
    """Check the fields that decide about a message, and return what they say.

    >>> framing = read_framing("1.1", Headers({"Host": "a", "Content-Length": "17"}))
    >>> framing.content_length, framing.chunked, framing.keep_alive
    (17, False, True)

    Raises:
        ParseError: They contradict each other, or say something unknown.
    """
    # What was sent twice comes joined by comma and space, which neither a host nor a number has:
    # so repeated ones are refused as well, even if equal.
    fields = headers.lowered()
    host = fields.get("host")
    if host is not None:
        check_host(host)
    elif version == "1.1":
        raise ParseError("request must have a Host, got none")
    if fields.keys().isdisjoint(DECIDING):
        return PLAIN[version]
    return Framing(version, fields)
