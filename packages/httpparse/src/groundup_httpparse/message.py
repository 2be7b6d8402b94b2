r"""Whole requests: of a file, a recording, a test, or a server that reads bodies to their end.

RequestHead, b"...", b"...", EndOfBody  -->  ParsedRequest
"""

from groundup_httpparse.errors import ParseError
from groundup_httpparse.grammar import shorten
from groundup_httpparse.head import RequestHead
from groundup_httpparse.headers import Headers
from groundup_httpparse.limits import DEFAULT_LIMITS, Limits
from groundup_httpparse.parser import EndOfBody, Event, RequestParser

__all__ = ["ParsedRequest", "RequestBuilder", "parse_request"]


class ParsedRequest:
    r"""One whole request.

    >>> request = parse_request(b"GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n")
    >>> request.method, request.target, request.headers["host"], request.body
    ('GET', '/a?b', 'example.com', b'')
    """

    __slots__ = ("body", "headers", "keep_alive", "method", "target", "trailers", "version")

    def __init__(self, head: RequestHead, body: bytes, trailers: Headers) -> None:
        self.method = head.method
        self.target = head.target
        self.version = head.version
        self.headers = head.headers
        self.keep_alive = head.keep_alive
        self.body = body
        self.trailers = trailers

    def __repr__(self) -> str:
        return f"<ParsedRequest {self.method} {self.target[:80]!r} HTTP/{self.version}>"


class RequestBuilder:
    r"""Put the events of a parser together; set ``Limits.body``, for it keeps what comes.

    >>> parser, builder = RequestParser(), RequestBuilder()
    >>> [builder.add(event) for event in parser.feed(b"GET / HTTP/1.0\r\n\r\n")]
    [<ParsedRequest GET '/' HTTP/1.0>]
    """

    __slots__ = ("_body", "_head")

    def __init__(self) -> None:
        self._head: RequestHead | None = None
        self._body: list[bytes] = []

    def add(self, event: Event) -> ParsedRequest | None:
        """Take the next event, and return the request that it completes."""
        trailers = Headers.from_trusted([])
        if isinstance(event, bytes):
            self._body.append(event)
            return None
        if isinstance(event, EndOfBody):
            trailers = event.trailers
        else:
            self._head = event
            if event.has_body:
                return None
        head, body = self._head, self._body
        if head is None:
            raise ValueError("a body must follow its head, got EndOfBody first")
        self._head, self._body = None, []
        return ParsedRequest(head, b"".join(body), trailers)


def parse_request(data: bytes, limits: Limits = DEFAULT_LIMITS) -> ParsedRequest:
    """Parse the bytes of exactly one request.

    Raises:
        ParseError: They are not HTTP, end too early, or go on after the request.
    """
    parser, builder = RequestParser(limits), RequestBuilder()
    request = None
    for event in parser.feed(data):
        request = builder.add(event)
    if request is None:
        parser.finish()
        raise ParseError("request must begin with a method, got nothing")
    if parser.has_unread:
        raise ParseError(f"request must end here, got {shorten(parser.take_unread())}")
    return request
