"""An incremental, sans-I/O HTTP/1.1 request parser, and the headers and field grammar around it.

grammar, percent                the alphabet
multidict, headers              names with several values
fields, query, target           what stands inside values and targets
limits, lines, framing          one line of a head, and what all of them say together
length, chunked                 bodies
head, parser, message           from bytes to requests
"""

from groundup_httpparse.chunked import ChunkedDecoder
from groundup_httpparse.errors import HeaderError, ParseError
from groundup_httpparse.fields import parse_parameters, parse_qualities
from groundup_httpparse.grammar import is_token
from groundup_httpparse.head import RequestHead
from groundup_httpparse.headers import Headers
from groundup_httpparse.length import LengthDecoder
from groundup_httpparse.limits import Limits
from groundup_httpparse.message import ParsedRequest, RequestBuilder, parse_request
from groundup_httpparse.multidict import MultiDict
from groundup_httpparse.parser import EndOfBody, Event, RequestParser
from groundup_httpparse.percent import percent_decode, percent_encode
from groundup_httpparse.query import format_query, parse_query
from groundup_httpparse.target import split_target

__all__ = [
    "ChunkedDecoder",
    "EndOfBody",
    "Event",
    "HeaderError",
    "Headers",
    "LengthDecoder",
    "Limits",
    "MultiDict",
    "ParseError",
    "ParsedRequest",
    "RequestBuilder",
    "RequestHead",
    "RequestParser",
    "format_query",
    "is_token",
    "parse_parameters",
    "parse_qualities",
    "parse_query",
    "parse_request",
    "percent_decode",
    "percent_encode",
    "split_target",
]
