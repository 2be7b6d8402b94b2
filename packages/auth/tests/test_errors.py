"""groundup_auth.errors: statuses and fields for whoever answers, and words for strangers."""

import pytest

import groundup_auth
from groundup_auth import (
    AlreadyRegistered,
    AuthError,
    BackendUnavailable,
    ConfigurationError,
    InvalidCode,
    InvalidCredentials,
    InvalidEmail,
    InvalidReset,
    SecondFactorError,
    SecondFactorRequired,
    TokenError,
    TokenExpired,
    TokenReused,
    TokenRevoked,
    TooManyAttempts,
    Unauthenticated,
    UnknownUser,
    WeakPassword,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidEmail("?"), 400),
        (WeakPassword(("too short",)), 400),
        (InvalidReset(), 400),
        (InvalidCredentials(), 401),
        (SecondFactorRequired(), 401),
        (InvalidCode(), 401),
        (TokenExpired("over"), 401),
        (TokenRevoked("over"), 401),
        (TokenReused("over"), 401),
        (UnknownUser(7), 404),
        (AlreadyRegistered("username"), 409),
        (SecondFactorError("active"), 409),
        (TooManyAttempts(3), 429),
        (ConfigurationError("?"), 500),
        (BackendUnavailable("?"), 503),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_carries_the_status_to_answer_with(error: AuthError, status: int) -> None:
    assert error.status == status
    assert isinstance(error, ValueError)


def test_every_public_error_stands_under_the_one() -> None:
    errors = [
        value
        for value in vars(groundup_auth).values()
        if isinstance(value, type) and issubclass(value, Exception)
    ]

    assert len(errors) > 15
    assert all(issubclass(error, AuthError) for error in errors)


def test_a_401_says_how_to_come_back() -> None:
    assert Unauthenticated().headers == {"WWW-Authenticate": "Bearer"}
    assert TokenError("?").headers == {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    assert Unauthenticated(challenge='Bearer realm="x"').headers["WWW-Authenticate"].endswith('"x"')


@pytest.mark.parametrize(("wait", "shown"), [(0.001, "1"), (1, "1"), (1.2, "2"), (900, "900")])
def test_a_429_says_when_to_come_back_in_whole_seconds(wait: float, shown: str) -> None:
    assert TooManyAttempts(wait).headers == {"Retry-After": shown}


def test_an_unknown_user_is_a_lookup_that_failed() -> None:
    with pytest.raises(LookupError, match="no user has the id 7"):
        raise UnknownUser(7)


def test_all_problems_of_a_password_stand_in_the_message() -> None:
    error = WeakPassword(("too short", "too common"))

    assert error.problems == ("too short", "too common")
    assert str(error) == "too short; too common"
