"""Remembers nothing but bytes: every call reads all that is there from its start.

It is short, and an error repeats itself.  The price is that a request of many pieces is read many
times.
"""

import re
from collections import UserDict
from typing import NamedTuple

HEAD = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/([0-9])\.([0-9])\r\n"
    rb"((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r\n)*)\r\n"
)
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})(?:;[^\r\n]*)?\r\n")
END = re.compile(rb"(?:[^\r\n]+\r\n)*\r\n")
MAX_HEAD = 64 * 1024


class ParseError(Exception):
    """What came is no request."""

    status = 400


class TooLargeError(ParseError):
    """The head has no end."""

    status = 431


class VersionError(ParseError):
    """The client speaks another HTTP."""

    status = 505


class Headers(UserDict[str, str]):
    """Values by name; what is looked for is compared with all names."""

    def find(self, name: object) -> str | None:
        """Return the name as it was sent."""
        return next((own for own in self.data if own.lower() == str(name).lower()), None)

    def __contains__(self, name: object) -> bool:
        return self.find(name) is not None

    def __getitem__(self, name: str) -> str:
        return self.data[self.find(name) or name]


class Request(NamedTuple):
    """One request."""

    method: str
    target: str
    version: str
    headers: Headers
    body: bytes

    @property
    def path(self) -> str:
        """What stands before the question mark."""
        return self.target.split("?", 1)[0]

    @property
    def query(self) -> str:
        """What stands behind it."""
        return self.target[len(self.path) + 1 :]


class RequestParser:
    """Reads the requests of one connection."""

    def __init__(self) -> None:
        self._unread = b""

    def feed(self, data: bytes) -> list[Request]:
        """Read as many requests as there are."""
        self._unread += data
        found: list[Request] = []
        rest = self._unread
        while one := read_request(rest):
            found.append(one[0])
            rest = one[1]
        self._unread = rest
        return found


def read_request(data: bytes) -> tuple[Request, bytes] | None:
    """Return the first request of some bytes and those behind it, or None."""
    end = data.find(b"\r\n\r\n") + 4
    if end < 4:
        if len(data) > MAX_HEAD:
            raise TooLargeError("head must end")
        return None
    match = HEAD.fullmatch(data[:end])
    if match is None:
        raise ParseError("request must be a request line and headers")
    if match[3] != b"1" or match[4] > b"1":
        raise VersionError("version must be 1.0 or 1.1")
    method, target, fields = (match[group].decode("latin-1") for group in (1, 2, 5))
    headers = read_headers(fields)
    content = read_body(headers, data[end:], modern=match[4] == b"1")
    if content is None:
        return None
    version = f"1.{match[4].decode()}"
    return Request(method, target, version, headers, content[0]), content[1]


def read_headers(text: str) -> Headers:
    """Return the headers of lines that are known to be some."""
    headers = Headers()
    for line in text.split("\r\n")[:-1]:
        name, value = line.split(":", 1)
        name = headers.find(name) or name
        value = value.strip(" \t")
        headers[name] = f"{headers.data[name]}, {value}" if name in headers.data else value
    return headers


def read_body(headers: Headers, data: bytes, *, modern: bool) -> tuple[bytes, bytes] | None:
    """Return the body that some bytes begin with and those behind it, or None."""
    if "transfer-encoding" in headers:
        alone = "content-length" not in headers
        if headers["transfer-encoding"].lower() != "chunked" or not alone or not modern:
            raise ParseError("body must have one length")
        return read_chunks(data)
    length = headers.get("content-length", "0")
    if not re.fullmatch("[0-9]{1,18}", length):
        raise ParseError("length must be a number")
    size = int(length)
    return (data[:size], data[size:]) if len(data) >= size else None


def read_chunks(data: bytes) -> tuple[bytes, bytes] | None:
    """Return the content of chunks and the bytes behind them, or None."""
    body = b""
    while match := CHUNK.match(data):
        size, start = int(match[1], 16), match.end()
        if size == 0:
            end = END.match(data, start)
            return (body, data[end.end() :]) if end else None
        body += data[start : start + size]
        behind = data[start + size : start + size + 2]
        if not b"\r\n".startswith(behind):
            raise ParseError("chunk must end where it says")
        if len(behind) < 2:
            return None
        data = data[start + size + 2 :]
    if b"\n" in data or len(data) > MAX_HEAD:
        raise ParseError("size must be hexadecimal")
    return None
