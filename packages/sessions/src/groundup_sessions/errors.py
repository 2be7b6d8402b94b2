"""What can go wrong with a session, and the status that a server should answer.

    SessionError             500
      UnknownSession         403   nobody has this id; a LookupError
        SessionExpired       403   somebody had it, and was away for too long
      InvalidValue           500   a mistake of the programmer; a TypeError
      SessionTooLarge        413   more than a session may hold
      SessionBackendError    503   files or Redis do not answer
      ConfigurationError     500
      CSRFError              403   a form that this site did not make

A back end that does not answer is never taken for "nobody is logged in": that would hide the fault,
and throw everybody out.
"""

__all__ = [
    "CSRFError",
    "ConfigurationError",
    "InvalidValue",
    "SessionBackendError",
    "SessionError",
    "SessionExpired",
    "SessionTooLarge",
    "UnknownSession",
]


class SessionError(Exception):
    """Something about a session is not right; ``status`` is for whoever answers."""

    status = 500


class UnknownSession(SessionError, LookupError):  # noqa: N818 - says what is the case
    """There is no session with this id."""

    status = 403

    def __init__(
        self, message: str = "session must be one that was created: it is unknown"
    ) -> None:
        super().__init__(message)


class SessionExpired(UnknownSession):
    """The session was not used for too long, or is too old."""

    def __init__(self) -> None:
        super().__init__("session must be one that is alive: it has expired")


class InvalidValue(SessionError, TypeError):  # noqa: N818 - says what is the case
    """A value or its name cannot be kept."""


class SessionTooLarge(SessionError, ValueError):  # noqa: N818 - says what is the case
    """The session would hold more than it may."""

    status = 413


class SessionBackendError(SessionError, OSError):
    """The place where sessions are kept does not answer."""

    status = 503


class ConfigurationError(SessionError, ValueError):
    """Parts that cannot work, or not safely: a mistake of the programmer."""


class CSRFError(SessionError, PermissionError):
    """A request that changes something came without the proof that a page of this site sent it."""

    status = 403
