"""The errors of this package: one for what was read, one for what a program wants to write.

``ParseError`` is the client's mistake and says which status a server should answer it with.
``HeaderError`` is the program's own mistake, so it carries no status: a server answers 500.
"""

__all__ = ["HeaderError", "ParseError"]


class ParseError(ValueError):
    """The bytes are not the HTTP that RFC 9110 and RFC 9112 describe, or more than a limit allows.

    ``status`` tells a server which response says to the client what it did wrong.
    """

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class HeaderError(ValueError):
    """A field that must not be sent: its name is no token, or its value would break the line."""
