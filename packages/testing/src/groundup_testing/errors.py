"""What can go wrong in a test before its own assertions do.

An ``AnswerError`` means that the application sent something that no client could use.  The others
are mistakes of the test, and say so before anything is sent.
"""

__all__ = ["AnswerError", "AnswerTimeoutError", "ClosedError", "RedirectError", "TestingError"]


class TestingError(Exception):
    """The base of all errors of this package."""

    __test__ = False


class AnswerError(TestingError, ValueError):
    """The bytes that came are no HTTP answer, stop in the middle, or are not what they say."""


class AnswerTimeoutError(TestingError, TimeoutError):
    """The application has not answered in time."""


class RedirectError(AnswerError):
    """Redirects without an end, or to an address that is none."""


class ClosedError(TestingError, RuntimeError):
    """The client is closed."""
