"""What can be wrong with a request, and the status to answer each with.

    BadRequest               400   the parent: catch this one
      BadJSON                400   the body is no JSON
      BadForm                400   the body is no form
      BadEncoding            400   bytes that are not the text they claim to be
      PayloadTooLarge        413   more than the limit, named in the message
      UnsupportedMediaType   415   a body of another kind than was asked for

All of these are the client's doing.  ``BodyNotRead`` is the program's: it asks for a body that
nobody has read.
"""

from typing import ClassVar

__all__ = [
    "BadEncoding",
    "BadForm",
    "BadJSON",
    "BadRequest",
    "BodyNotRead",
    "PayloadTooLarge",
    "UnsupportedMediaType",
]


class BadRequest(ValueError):  # noqa: N818 - the name of the status it stands for
    """The client sent what makes no sense; answer it with ``status``."""

    status: ClassVar[int] = 400


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


class BodyNotRead(RuntimeError):  # noqa: N818 - says what happened, as StopIteration does
    """The body is still on its way, or was given away as a stream: the message says what to do."""
