"""What is read of errors and requests of any class, so that a strange one cannot break the answer.

request    method, path, headers.get(name)          and if it has them: id, route, accepts(*types)
error      status (an int from 400 to 599), message, code, headers, details     all of them optional
"""

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any, Protocol, TypeGuard

from groundup_errors.exceptions import is_error_status

__all__ = [
    "HeadersLike",
    "RequestLike",
    "find_code",
    "find_details",
    "find_headers",
    "find_message",
    "find_status",
    "find_text",
    "is_group",
    "is_mapping",
    "one_line",
    "unwrap",
]

MAX_MESSAGE = 500  # characters that a client is shown
MAX_LINE = 1000
INTERNAL = 500


class HeadersLike(Protocol):
    """Header fields, looked up by name in any case."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a field, or None."""
        ...


class RequestLike(Protocol):
    """What is read of a request."""

    @property
    def method(self) -> str:
        """The method, in capitals."""
        ...

    @property
    def path(self) -> str:
        """The path as it was sent."""
        ...

    @property
    def headers(self) -> HeadersLike:
        """The header fields."""
        ...


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Return whether a value has items."""
    return isinstance(value, Mapping)


def is_group(value: object) -> TypeGuard[Collection[Any]]:
    """Return whether a value is a plain collection of others."""
    return isinstance(value, list | tuple | set | frozenset)


def is_exception_group(error: Exception) -> TypeGuard[ExceptionGroup[Exception]]:
    """Return whether an error is made of others."""
    return isinstance(error, ExceptionGroup)


def unwrap(error: Exception) -> Exception:
    """Return what an exception group is about, if it is about one thing.

    A task group wraps also the only error of its tasks.

    >>> unwrap(ExceptionGroup("tasks", [ExceptionGroup("more", [KeyError("a")])]))
    KeyError('a')
    """
    while is_exception_group(error) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def find_status(error: Exception) -> int:
    """Return the status that an error should be answered with."""
    status = getattr(error, "status", None)
    return int(status) if isinstance(status, int) and is_error_status(status) else INTERNAL


def find_message(error: Exception) -> str | None:
    """Return what a client may be told about an error; nothing about a mistake of ours."""
    if find_status(error) >= INTERNAL:
        return None
    return find_text(error)[:MAX_MESSAGE] or None


def find_text(error: Exception) -> str:
    """Return what an error says: its message, or its text if it has none.

    The text of a class that does not call ``super().__init__`` is not what it means to say.
    """
    message = getattr(error, "message", None)
    try:
        return message if isinstance(message, str) else str(error)
    except Exception:  # noqa: BLE001 - somebody's __str__; it goes without
        return ""


def find_code(error: Exception) -> str:
    """Return the code of an error, made from its status if it has none.

    >>> find_code(KeyError()), find_code(PermissionError())
    ('INTERNAL_SERVER_ERROR', 'INTERNAL_SERVER_ERROR')
    """
    code = getattr(error, "code", None)
    status = find_status(error)
    if isinstance(code, str) and code and status < INTERNAL:
        return code
    try:
        return HTTPStatus(status).name
    except ValueError:
        return f"HTTP_{status}"


def find_headers(error: Exception) -> Mapping[str, str]:
    """Return the fields that an error wants in its response."""
    headers = getattr(error, "headers", None)
    if not is_mapping(headers) or not hasattr(error, "status"):
        return {}
    return {str(name): str(value) for name, value in headers.items()}


def find_details(error: Exception) -> Mapping[str, Any]:
    """Return what else a client may be told about an error."""
    details = getattr(error, "details", None)
    if not is_mapping(details) or find_status(error) >= INTERNAL:
        return {}
    return {str(name): value for name, value in details.items()}


def one_line(text: str, limit: int = MAX_LINE) -> str:
    r"""Return text in which nothing ends a line, or commands a terminal.

    >>> one_line("/a\r\nERROR forged \x1b[2J")
    '/a\\r\\nERROR forged \\x1b[2J'
    """
    if len(text) > limit:
        text = text[:limit] + "…"
    if text.isprintable():
        return text
    return "".join([sign if sign.isprintable() else repr(sign)[1:-1] for sign in text])
