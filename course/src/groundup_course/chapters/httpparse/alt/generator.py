"""A generator that reads as if all bytes were there, and stops where some are missing.

The place in the code is the state, so there is none to name; after an error a generator is over.
"""

import re
from collections.abc import Generator, Mapping
from types import MappingProxyType

CODES = r"!#$%&'*+.^_`|~0-9A-Za-z-"
MAX_HEAD = 64 * 1024
Wait = Generator[None, None, bytes]


class ParseError(Exception):
    """What came is no request."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Name(str):
    """A name that equals itself in capital and small letters."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.lower() == other.lower()

    def __hash__(self) -> int:
        return hash(self.lower())


class Headers(dict[str, str]):
    """A dictionary that asks with names."""

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(Name(name))

    def __contains__(self, name: object) -> bool:
        return super().__contains__(Name(name))

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # narrower
        """Return a value, or the default."""
        return super().get(Name(name), default)


class Request:
    """One request."""

    def __init__(self, method: str, target: str, version: str) -> None:
        self.method, self.target, self.version = method, target, version
        self.path, _, self.query = target.partition("?")
        self.headers: Mapping[str, str] = MappingProxyType({})
        self.body = b""


class RequestParser:
    """Reads the requests of one connection."""

    def __init__(self) -> None:
        self._bytes = b""
        self._room = MAX_HEAD
        self._found: list[Request] = []
        self._reading = self._read_all()

    def feed(self, data: bytes) -> list[Request]:
        """Go on reading, and return what was completed."""
        self._bytes += data
        try:
            next(self._reading)
        except StopIteration:
            raise ParseError("nothing is read behind an error") from None
        found, self._found = self._found, []
        return found

    def _read_all(self) -> Generator[None, None, None]:
        while True:
            self._room = MAX_HEAD
            words = parse(rf"([{CODES}]+) ([!-~]+) HTTP/(\d\.\d)", (yield from self._line()))
            if words[2] not in {"1.0", "1.1"}:
                raise ParseError("HTTP must be of version 1", 505)
            request = Request(*words)
            request.headers = yield from self._read_headers()
            request.body = yield from self._read_body(request)
            self._found.append(request)

    def _read_headers(self) -> Generator[None, None, Headers]:
        headers = Headers()
        while line := (yield from self._line()):
            name, value = parse(rf"([{CODES}]+):[\t ]*([\t -~\x80-\xff]*)", line)
            value = value.rstrip("\t ")
            headers[Name(name)] = f"{headers[name]}, {value}" if name in headers else value
        return headers

    def _read_body(self, request: Request) -> Wait:
        length, coding = map(request.headers.get, ("content-length", "transfer-encoding"))
        if coding is None:
            [digits] = parse("([0-9]{1,18})", (length if length is not None else "0").encode())
            return (yield from self._take(int(digits)))
        if length is not None or coding.lower() != "chunked" or request.version != "1.1":
            raise ParseError("body must have one length")
        pieces: list[bytes] = []
        while size := int(parse("([0-9A-Fa-f]{1,16})(?:;.*)?", (yield from self._line()))[0], 16):
            pieces.append((yield from self._take(size)))
            if (yield from self._line()):
                raise ParseError("chunk must be as long as it says")
        while (yield from self._line()):
            pass
        return b"".join(pieces)

    def _line(self) -> Wait:
        while b"\n" not in self._bytes:
            if len(self._bytes) > self._room:
                raise ParseError("lines must end", 431)
            yield
        line = yield from self._take(self._bytes.index(b"\n") + 1)
        self._room -= len(line)
        if self._room < 0:
            raise ParseError("lines must be few", 431)
        if line[-2:] != b"\r\n" or b"\r" in line[:-2]:
            raise ParseError("line must end with CRLF")
        return line[:-2]

    def _take(self, size: int) -> Wait:
        while len(self._bytes) < size:
            yield
        piece, self._bytes = self._bytes[:size], self._bytes[size:]
        return piece


def parse(pattern: str, line: bytes) -> tuple[str, ...]:
    """Return the groups of a line that fits a pattern."""
    match = re.fullmatch(pattern, line.decode("latin-1"), re.ASCII)
    if match is None:
        raise ParseError(f"line must fit {pattern}")
    return match.groups()
