"""The errors of this package: what a program asked for cannot be sent as HTTP.

They are mistakes of the program that answers, not of its client, so none of them carries a status:
a server that meets one answers 500.  Names and values of fields are refused by ``HeaderError`` of
groundup_httpparse, the same for reading and for writing.
"""

__all__ = ["BodyError", "CookieError", "ResponseError"]


class ResponseError(ValueError):
    """The response cannot be sent as it is: a status, a date or a file name is not valid."""


class CookieError(ResponseError):
    """A browser would refuse, ignore or misread this cookie: RFC 6265."""


class BodyError(ResponseError):
    """The body is not what was announced: a stream or a file got shorter or longer."""
