"""Exceptions that know how to be answered: what a handler raises instead of building a response.

    ApplicationError(code, message, status)
     ├─ BadRequestError 400         what was sent makes no sense
     │   └─ ValidationError         ... and here is what is wrong with which field
     ├─ UnauthorizedError 401       say who you are            WWW-Authenticate
     ├─ ForbiddenError 403          we know who you are, and no
     ├─ NotFoundError 404
     │   └─ GoneError 410
     ├─ MethodNotAllowedError 405                              Allow
     ├─ ConflictError 409           somebody was faster
     ├─ PayloadTooLargeError 413
     ├─ UnsupportedMediaTypeError 415
     ├─ TooManyRequestsError 429                               Retry-After
     └─ ServiceUnavailableError 503                            Retry-After

``code`` is for programs and never changes, ``message`` is for people.  The message of an error
below 500 is shown to the client; that of any other goes to the log alone.  An exception of your own
needs none of these classes: whatever has an ``int`` called ``status`` from 400 to 599 is answered
with it.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

__all__ = [
    "ApplicationError",
    "BadRequestError",
    "ConflictError",
    "ForbiddenError",
    "GoneError",
    "MethodNotAllowedError",
    "NotFoundError",
    "PayloadTooLargeError",
    "ServiceUnavailableError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnsupportedMediaTypeError",
    "ValidationError",
    "is_error_status",
]

LOWEST, HIGHEST = 400, 599

ErrorT = TypeVar("ErrorT", bound=Exception)


def is_error_status(status: object) -> bool:
    """Return whether a response may carry this to say that something went wrong."""
    return isinstance(status, int) and LOWEST <= status <= HIGHEST


class ApplicationError(Exception):
    """An error with a code for programs, a message for people and a status for HTTP.

    >>> error = ApplicationError("OUT_OF_STOCK", "no more tickets", 409)
    >>> error.code, error.message, error.status, str(error)
    ('OUT_OF_STOCK', 'no more tickets', 409, 'no more tickets')

    Attributes:
        headers: Fields for the response.
        details: More to tell, by name: members of the problem details.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 500,
        *,
        headers: Mapping[str, str] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        if not is_error_status(status):
            raise ValueError(f"status of an error must be {LOWEST} to {HIGHEST}, got {status!r}")
        self.code = code
        self.message = message
        self.status = status
        self.headers: dict[str, str] = dict(headers or {})
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception would call the class with `args`; the classes below take other parameters.
        return restore, (type(self), self.args, self.__dict__)


def restore(kind: type[ErrorT], args: tuple[Any, ...], state: dict[str, Any]) -> ErrorT:
    """Return an error as it was before it was pickled or copied."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class BadRequestError(ApplicationError):
    """What the client sent makes no sense."""

    def __init__(self, message: str = "the request makes no sense", **more: Any) -> None:
        super().__init__("BAD_REQUEST", message, 400, **more)


class ValidationError(BadRequestError):
    """What the client sent can be read, but is not valid.

    >>> ValidationError("check the form", errors={"age": "must be a number"}).details
    {'errors': {'age': 'must be a number'}}

    Attributes:
        errors: What is wrong, by field or as a list; it is shown to the client.
    """

    def __init__(self, message: str = "the input is not valid", errors: Any = None) -> None:
        super().__init__(message, details={"errors": errors} if errors else None)
        self.code = "VALIDATION_ERROR"
        self.errors = errors


class UnauthorizedError(ApplicationError):
    """The client must say who it is; ``challenge`` says how: RFC 9110, section 11.6.1."""

    def __init__(
        self, message: str = "authentication is required", *, challenge: str = "Bearer"
    ) -> None:
        super().__init__("UNAUTHORIZED", message, 401, headers={"WWW-Authenticate": challenge})


class ForbiddenError(ApplicationError):
    """The client may not do this, whoever it is."""

    def __init__(self, message: str = "this is not allowed", **more: Any) -> None:
        super().__init__("FORBIDDEN", message, 403, **more)


class NotFoundError(ApplicationError):
    """There is no such thing.

    >>> str(NotFoundError("User"))
    'User not found'
    """

    def __init__(self, resource: str = "resource") -> None:
        super().__init__("NOT_FOUND", f"{resource} not found", 404)
        self.resource = resource


class GoneError(NotFoundError):
    """There was such a thing, and it will not come back."""

    def __init__(self, resource: str = "resource") -> None:
        super().__init__(resource)
        self.code, self.message, self.status = "GONE", f"{resource} is gone", 410


class MethodNotAllowedError(ApplicationError):
    """The thing is there, but this cannot be done with it: ``Allow`` tells what can.

    >>> MethodNotAllowedError("PUT", ["POST", "GET"]).headers
    {'Allow': 'GET, POST'}
    """

    def __init__(self, method: str, allowed: Iterable[str]) -> None:
        self.method, self.allowed = method, tuple(sorted(allowed))
        names = ", ".join(self.allowed)
        message = f"{method} is not allowed here: use {names}"
        super().__init__("METHOD_NOT_ALLOWED", message, 405, headers={"Allow": names})


class ConflictError(ApplicationError):
    """The request was right for a state that is no more."""

    def __init__(self, message: str = "somebody else changed this", **more: Any) -> None:
        super().__init__("CONFLICT", message, 409, **more)


class PayloadTooLargeError(ApplicationError):
    """The body, or a part of it, is larger than a limit."""

    def __init__(self, message: str = "the body is too large", **more: Any) -> None:
        super().__init__("PAYLOAD_TOO_LARGE", message, 413, **more)


class UnsupportedMediaTypeError(ApplicationError):
    """The body is of a type that is not read here."""

    def __init__(self, message: str = "this type is not read here", **more: Any) -> None:
        super().__init__("UNSUPPORTED_MEDIA_TYPE", message, 415, **more)


class TooManyRequestsError(ApplicationError):
    """The client asks too often.

    >>> TooManyRequestsError(1.2).headers
    {'Retry-After': '2'}

    Args:
        retry_after: Seconds to wait; None says nothing about it.
    """

    def __init__(
        self, retry_after: float | None = None, message: str = "too many requests"
    ) -> None:
        super().__init__("TOO_MANY_REQUESTS", message, 429, headers=format_wait(retry_after))
        self.retry_after = retry_after


class ServiceUnavailableError(ApplicationError):
    """This cannot be answered now, but soon."""

    def __init__(
        self, retry_after: float | None = None, message: str = "the service is not available"
    ) -> None:
        super().__init__("SERVICE_UNAVAILABLE", message, 503, headers=format_wait(retry_after))
        self.retry_after = retry_after


def format_wait(seconds: float | None) -> dict[str, str]:
    """Return ``Retry-After`` in whole seconds, rounded up: earlier would be too early."""
    if seconds is None:
        return {}
    return {"Retry-After": str(max(0, math.ceil(seconds)))}
