"""What can be wrong with a request, and the status to answer each with.

    BadRequest               400   the parent: catch this one
      BadURL                 400   a URL that is none
        BadHost              400   a host that is no name and no address
        BadQuery             400   a query with too many fields
      BadJSON                400   the body is no JSON
      BadForm                400   the body is no form
      BadEncoding            400   bytes that are not the text they claim to be
      PayloadTooLarge        413   more than the limit, named in the message
      UnsupportedMediaType   415   a body of another kind than was asked for
        UnsupportedCharset   415   text in a charset that is not read here
        UnsupportedCoding    415   a compressed body

All of these are the client's doing.  ``BodyNotRead`` is the program's: it asks for a body that
nobody has read.
"""

from collections.abc import Mapping
from typing import ClassVar

__all__ = [
    "BadEncoding",
    "BadForm",
    "BadHost",
    "BadJSON",
    "BadQuery",
    "BadRequest",
    "BadURL",
    "BodyNotRead",
    "PayloadTooLarge",
    "UnsupportedCharset",
    "UnsupportedCoding",
    "UnsupportedMediaType",
]


class BadRequest(ValueError):  # noqa: N818 - the name of the status it stands for
    """The client sent what makes no sense; answer it with ``status``."""

    status: ClassVar[int] = 400


class BadURL(BadRequest):
    """What should be a URL is none."""


class BadHost(BadURL):
    """What should be a host is no name and no address."""


class BadQuery(BadURL):
    """The query has more fields than the limit."""


class BadJSON(BadRequest):
    """The body is not valid JSON, or deeper than the limit."""


class BadForm(BadRequest):
    """The body is not the form that its Content-Type announces."""


class BadEncoding(BadRequest):
    """Bytes are not text in the charset that they claim."""


class PayloadTooLarge(BadRequest):
    """The body, or a part of it, is larger than a limit."""

    status = 413


class UnsupportedMediaType(BadRequest):
    """The body is of a kind, a charset or a coding that cannot be read here."""

    status = 415


class UnsupportedCharset(UnsupportedMediaType):
    """The body names a charset that is not read here."""


class UnsupportedCoding(UnsupportedMediaType):
    """The body is compressed; ``headers`` go with the answer: RFC 9110, section 12.5.3."""

    headers: ClassVar[Mapping[str, str]] = {"Accept-Encoding": "identity"}


class BodyNotRead(RuntimeError):  # noqa: N818 - says what happened, as StopIteration does
    """The body is still on its way, or was given away as a stream: the message says what to do."""
