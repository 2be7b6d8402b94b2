"""A request parser: the bytes of one connection in, whole requests out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

State = Enum("State", "REQUEST_LINE HEADERS DONE")


class ParseError(Exception):
    """The bytes are not HTTP; `status` is what to answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Request:
    """One request; path and query are the two halves of its target."""

    method: str = ""
    target: str = ""
    path: str = ""
    query: str = ""
    version: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


class RequestParser:
    """Takes the bytes of one connection as they come and returns the requests that are whole."""

    def __init__(self) -> None:
        self._state = State.REQUEST_LINE  # what comes next
        self._buffer = bytearray()  # what has come and is not read
        self._request = Request()

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
        return State.HEADERS if line else State.DONE

    def _read_request_line(self, line: str) -> State:
        method, _, rest = line.partition(" ")
        target, _, version = rest.rpartition(" ")
        path, _, query = target.partition("?")
        self._request = Request(method, target, path, query, version.removeprefix("HTTP/"))
        return State.HEADERS
