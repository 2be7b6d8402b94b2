"""A request parser: the bytes of one connection in, whole requests out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

State = Enum("State", "REQUEST_LINE HEADERS BODY SIZE CHUNK BREAK TRAILERS DONE")


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

    def feed(self, data: bytes) -> list[Request]:
        """Take the next bytes and return the requests that they complete."""
        self._buffer += data
        found: list[Request] = []
        while (state := self._step()) is not None:
            self._state = state
            if state is State.DONE:
                found.append(self._request)
                self._state = State.REQUEST_LINE
        return found

    def _step(self) -> State | None:
        """Read one piece and return what comes next, or None when bytes are missing."""
        if self._state in {State.BODY, State.CHUNK}:
            return self._read_content()
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        state = self._read_line(self._buffer[:end].decode("latin-1"))
        del self._buffer[: end + 2]
        return state

    def _read_line(self, line: str) -> State:
        """Read a line as the state demands, and return what comes next."""
        if self._state is State.REQUEST_LINE:
            return self._read_request_line(line)
        if self._state is State.HEADERS:
            return self._read_field(line) if line else self._choose_body()
        if self._state is State.SIZE:
            self._size = int(line.partition(";")[0], 16)
            return State.CHUNK if self._size else State.TRAILERS
        if self._state is State.TRAILERS:
            return State.TRAILERS if line else State.DONE
        return State.SIZE

    def _read_request_line(self, line: str) -> State:
        method, _, rest = line.partition(" ")
        target, _, version = rest.rpartition(" ")
        path, _, query = target.partition("?")
        self._request = Request(method, target, path, query, version.removeprefix("HTTP/"))
        return State.HEADERS

    def _read_field(self, line: str) -> State:
        name, _, value = line.partition(":")
        self._request.headers.add(name, value.strip(" \t"))
        return State.HEADERS

    def _choose_body(self) -> State:
        """Say what comes behind the empty line: RFC 9112, section 6.3."""
        headers = self._request.headers
        if headers.get("Transfer-Encoding", "").lower() == "chunked":
            return State.SIZE
        self._size = int(headers.get("Content-Length", "0"))
        return State.BODY

    def _read_content(self) -> State | None:
        if len(self._buffer) < self._size:
            return None
        self._request.body += self._buffer[: self._size]
        del self._buffer[: self._size]
        return State.DONE if self._state is State.BODY else State.BREAK
