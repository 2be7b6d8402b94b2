"""An incremental, sans-I/O HTTP/1.1 request parser, and the headers and field grammar around it.

grammar, percent                the alphabet
multidict, headers              names with several values
fields, query, target           what stands inside values and targets
"""

from groundup_httpparse.errors import HeaderError, ParseError
from groundup_httpparse.fields import parse_parameters, parse_qualities
from groundup_httpparse.grammar import is_token
from groundup_httpparse.headers import Headers
from groundup_httpparse.multidict import MultiDict
from groundup_httpparse.percent import percent_decode, percent_encode
from groundup_httpparse.query import format_query, parse_query
from groundup_httpparse.target import split_target

__all__ = [
    "HeaderError",
    "Headers",
    "MultiDict",
    "ParseError",
    "format_query",
    "is_token",
    "parse_parameters",
    "parse_qualities",
    "parse_query",
    "percent_decode",
    "percent_encode",
    "split_target",
]
