"""A request parser: the bytes of one connection in, whole requests out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

State = Enum("State", "REQUEST_LINE HEADERS BODY SIZE CHUNK BREAK TRAILERS DONE")
MAX_HEAD = 65536  # bytes of the lines of one request
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
LINE = re.compile(r"([^\r]*)\r\n")
REQUEST_LINE = re.compile(rf"({TOKEN}) ([!-~]+) HTTP/([0-9]\.[0-9])")
FIELD = re.compile(rf"({TOKEN}):([\t -~\x80-\xff]*)")
LENGTH = re.compile(r"[0-9]{1,18}")
SIZE = re.compile(r"([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?")


class ParseError(Exception):
    """The bytes are not HTTP; `status` is what to answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Headers(Mapping[str, str]):
    """Values by name, in capital or small letters; what was sent twice is joined by a comma."""

    def __init__(self) -> None:
        self._fields: dict[str, tuple[str, str]] = {}  # by small letters: as it was sent, value

    def add(self, name: str, value: str) -> None:
        """Add one more line."""
        name, before = self._fields.get(name.lower(), (name, None))
        self._fields[name.lower()] = name, value if before is None else f"{before}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)


@dataclass
class Request:
    """One request; path and query are the two halves of its target."""

    method: str = ""
    target: str = ""
    path: str = ""
    query: str = ""
    version: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


class RequestParser:
    """Takes the bytes of one connection as they come and returns the requests that are whole."""

    def __init__(self) -> None:
        self._state = State.REQUEST_LINE  # what comes next
        self._buffer = bytearray()  # what has come and is not read
        self._request = Request()
        self._size = 0  # bytes of the body, or of its next chunk
        self._room = MAX_HEAD  # bytes that the lines of this request may still have

    def feed(self, data: bytes) -> list[Request]:
        """Take the next bytes and return the requests that they complete."""
        self._buffer += data
        found: list[Request] = []
        while (state := self._step()) is not None:
            self._state = state
            if state is State.DONE:
                found.append(self._request)
                self._state, self._room = State.REQUEST_LINE, MAX_HEAD
        return found

    def _step(self) -> State | None:
        """Read one piece and return what comes next, or None when bytes are missing."""
        if self._state in {State.BODY, State.CHUNK}:
            return self._read_content()
        end = self._buffer.find(b"\n") + 1
        if (end or len(self._buffer)) > self._room:
            raise ParseError(f"lines must have at most {MAX_HEAD} bytes", 431)
        if not end:
            return None
        line = check(LINE, self._buffer[:end].decode("latin-1"), "line must end with CRLF")[1]
        state = self._read_line(line)
        del self._buffer[:end]  # not earlier: what is refused stays, for every later call
        self._room -= end
        return state

    def _read_line(self, line: str) -> State:
        """Read a line as the state demands, and return what comes next."""
        if self._state is State.REQUEST_LINE:
            return self._read_request_line(line)
        if self._state is State.HEADERS:
            return self._read_field(line) if line else self._choose_body()
        if self._state is State.SIZE:
            self._size = int(check(SIZE, line, "size of a chunk must be hexadecimal")[1], 16)
            return State.CHUNK if self._size else State.TRAILERS
        if self._state is State.TRAILERS:
            return State.TRAILERS if line else State.DONE
        if line:
            raise ParseError(f"chunk must end where its size says, got {line[:40]!r}")
        return State.SIZE

    def _read_request_line(self, line: str) -> State:
        match = check(REQUEST_LINE, line, "request line must be METHOD TARGET HTTP/1.1")
        method, target, version = match.groups()
        if version not in {"1.0", "1.1"}:
            raise ParseError(f"version must be 1.0 or 1.1, got {version}", 505)
        path, _, query = target.partition("?")
        self._request = Request(method, target, path, query, version)
        return State.HEADERS

    def _read_field(self, line: str) -> State:
        name, value = check(FIELD, line, "header must be NAME: VALUE").groups()
        self._request.headers.add(name, value.strip(" \t"))
        return State.HEADERS

    def _choose_body(self) -> State:
        """Say what comes behind the empty line: RFC 9112, section 6.3."""
        headers, version = self._request.headers, self._request.version
        coding = headers.get("Transfer-Encoding")
        if coding is None:
            length = headers.get("Content-Length", "0")
            self._size = int(check(LENGTH, length, "Content-Length must be a number")[0])
            return State.BODY
        if coding.lower() != "chunked" or "Content-Length" in headers or version == "1.0":
            raise ParseError(f"body must have one end, got Transfer-Encoding: {coding[:40]}")
        return State.SIZE

    def _read_content(self) -> State | None:
        if len(self._buffer) < self._size:
            return None
        self._request.body += self._buffer[: self._size]
        del self._buffer[: self._size]
        return State.DONE if self._state is State.BODY else State.BREAK


def check(pattern: re.Pattern[str], text: str, rule: str) -> re.Match[str]:
    """Return the match of a whole text, or refuse it by a rule."""
    if not (match := pattern.fullmatch(text)):
        raise ParseError(f"{rule}, got {text[:40]!r}")
    return match
