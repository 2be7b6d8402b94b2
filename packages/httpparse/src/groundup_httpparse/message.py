"""Parse a request that is there as a whole: a file, a recording, a test."""

from groundup_httpparse.errors import ParseError
from groundup_httpparse.grammar import shorten
from groundup_httpparse.head import RequestHead
from groundup_httpparse.headers import Headers
from groundup_httpparse.limits import DEFAULT_LIMITS, Limits
from groundup_httpparse.parser import EndOfBody, RequestParser

__all__ = ["ParsedRequest", "parse_request"]


class ParsedRequest:
    r"""One whole request.

    >>> request = parse_request(b"GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n")
    >>> request.method, request.target, request.headers["host"], request.body
    ('GET', '/a?b', 'example.com', b'')
    """

    __slots__ = ("body", "headers", "method", "target", "trailers", "version")

    def __init__(self, head: RequestHead, body: bytes, trailers: Headers) -> None:
        self.method = head.method
        self.target = head.target
        self.version = head.version
        self.headers = head.headers
        self.body = body
        self.trailers = trailers

    def __repr__(self) -> str:
        return f"<ParsedRequest {self.method} {self.target[:80]!r} HTTP/{self.version}>"


def parse_request(data: bytes, limits: Limits = DEFAULT_LIMITS) -> ParsedRequest:
    """Parse the bytes of exactly one request.

    Raises:
        ParseError: They are not HTTP, end too early, or go on after the request.
    """
    parser = RequestParser(limits)
    head, body, trailers = None, [], Headers()
    for event in parser.feed(data):
        if isinstance(event, RequestHead):
            head = event
        elif isinstance(event, EndOfBody):
            trailers = event.trailers
        else:
            body.append(event)
    if head is None or parser.reading_body:
        parser.finish()
        raise ParseError("request must have a request line, got nothing")
    if parser.has_unread:
        raise ParseError(f"request must end here, got {shorten(parser.take_unread())}")
    return ParsedRequest(head, b"".join(body), trailers)
