"""The package in the learner's words: whole requests instead of events."""

from groundup_httpparse import Limits, ParsedRequest, ParseError, RequestBuilder, split_target
from groundup_httpparse import RequestParser as EventParser

__all__ = ["ParseError", "Request", "RequestParser"]

LIMITS = Limits(body=16 * 1024 * 1024)


class Request:
    """One request; path and query are the two halves of its target."""

    def __init__(self, request: ParsedRequest) -> None:
        self.method, self.target, self.version = request.method, request.target, request.version
        self.path, self.query = split_target(request.target)
        self.headers, self.body = request.headers, request.body
        self.trailers, self.keep_alive = request.trailers, request.keep_alive


class RequestParser:
    """Takes the bytes of one connection as they come and returns the requests that are whole."""

    def __init__(self) -> None:
        self._parser, self._builder = EventParser(LIMITS), RequestBuilder()

    def feed(self, data: bytes) -> list[Request]:
        """Take the next bytes and return the requests that they complete."""
        found: list[Request] = []
        events = self._parser.feed(data)
        while events:
            made = [self._builder.add(event) for event in events]
            found += [Request(request) for request in made if request is not None]
            events = self._parser.feed()
        return found
