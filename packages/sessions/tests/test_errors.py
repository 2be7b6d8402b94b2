"""groundup_sessions.errors: statuses for whoever answers, builtins for whoever catches."""

import pytest

from groundup_sessions import (
    ConfigurationError,
    CSRFError,
    InvalidValue,
    SessionBackendError,
    SessionError,
    SessionExpired,
    SessionTooLarge,
    UnknownSession,
)


@pytest.mark.parametrize(
    ("error", "status", "builtin"),
    [
        (UnknownSession(), 403, LookupError),
        (SessionExpired(), 403, LookupError),
        (InvalidValue("?"), 500, TypeError),
        (SessionTooLarge("?"), 413, ValueError),
        (SessionBackendError("?"), 503, OSError),
        (ConfigurationError("?"), 500, ValueError),
        (CSRFError("?"), 403, PermissionError),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_says_what_to_answer_and_what_it_is(
    error: SessionError, status: int, builtin: type[Exception]
) -> None:
    assert error.status == status
    assert isinstance(error, builtin)
    assert isinstance(error, SessionError)


def test_an_expired_session_is_an_unknown_one_with_other_words() -> None:
    assert issubclass(SessionExpired, UnknownSession)
    assert "has expired" in str(SessionExpired())
    assert "is unknown" in str(UnknownSession())
