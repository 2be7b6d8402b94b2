"""A request parser: the bytes of one connection in, whole requests out."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class ParseError(Exception):
    """The bytes are not HTTP; `status` is what to answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        """Keep both."""


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

    def feed(self, data: bytes) -> list[Request]:  # type: ignore[empty-body]  # yours to write
        """Take the next bytes and return the requests that they complete."""
