"""What can go wrong when someone wants to be known, and the status that a server should answer.

    AuthError                 400   InvalidEmail, InvalidUsername, WeakPassword, InvalidReset
      AlreadyRegistered       409
      SecondFactorError       409   the account is not in the state that the call needs
      UnknownUser             404
      TooManyAttempts         429   Retry-After
      BackendUnavailable      503   where attempts are counted does not answer
      Unauthenticated         401   WWW-Authenticate: Bearer
        InvalidCredentials          InvalidCode, SecondFactorRequired
        TokenError                  TokenExpired, TokenRevoked, TokenReused

Every message may be shown to a stranger: none of them says whether an account exists, but
``AlreadyRegistered``, which nobody can avoid who wants to tell why a registration failed.
"""

import math
from collections.abc import Mapping

__all__ = [
    "AlreadyRegistered",
    "AuthError",
    "BackendUnavailable",
    "ConfigurationError",
    "InvalidCode",
    "InvalidCredentials",
    "InvalidEmail",
    "InvalidReset",
    "InvalidUsername",
    "SecondFactorError",
    "SecondFactorRequired",
    "TokenError",
    "TokenExpired",
    "TokenReused",
    "TokenRevoked",
    "TooManyAttempts",
    "Unauthenticated",
    "UnknownUser",
    "WeakPassword",
]


class AuthError(ValueError):
    """Something about an account, a credential or a token is not right.

    ``status`` and ``headers`` are for whoever turns the error into an answer.
    """

    status = 400

    @property
    def headers(self) -> Mapping[str, str]:
        """The fields that the answer must carry."""
        return {}


class ConfigurationError(AuthError):
    """The system was put together in a way that cannot be safe: a mistake of the programmer."""

    status = 500


class InvalidEmail(AuthError):  # noqa: N818 - says what is the case
    """The text is not an e-mail address."""


class InvalidUsername(AuthError):  # noqa: N818 - says what is the case
    """The text cannot be a username."""


class WeakPassword(AuthError):  # noqa: N818 - says what is the case
    """The policy refuses the password; ``problems`` holds one sentence for each reason."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class InvalidReset(AuthError):  # noqa: N818 - says what is the case
    """The reset token is unknown, used, or too old: which of them is nobody's business."""

    def __init__(self) -> None:
        super().__init__("reset token must be one that was sent and not used: ask for a new one")


class AlreadyRegistered(AuthError):  # noqa: N818 - says what is the case
    """An account with this address or name exists; ``field`` says which it is."""

    status = 409

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is already registered")
        self.field = field


class SecondFactorError(AuthError):
    """The second factor of this account is not in the state that the call needs."""

    status = 409


class UnknownUser(AuthError, LookupError):  # noqa: N818 - says what is the case
    """No account has this id."""

    status = 404

    def __init__(self, user_id: int) -> None:
        super().__init__(f"no user has the id {user_id!r:.40}")
        self.user_id = user_id


class TooManyAttempts(AuthError):  # noqa: N818 - says what is the case
    """Too many failures; ``retry_after`` says in how many seconds to come back."""

    status = 429

    def __init__(self, retry_after: float) -> None:
        self.retry_after = max(1, math.ceil(retry_after))
        super().__init__(f"too many attempts: try again in {self.retry_after} seconds")

    @property
    def headers(self) -> Mapping[str, str]:
        """``Retry-After``: RFC 9110, section 10.2.3."""
        return {"Retry-After": str(self.retry_after)}


class BackendUnavailable(AuthError):  # noqa: N818 - says what is the case
    """The server that counts attempts does not answer: nobody is let in uncounted."""

    status = 503


class Unauthenticated(AuthError):  # noqa: N818 - says what is the case
    """Nobody is logged in, and somebody must be: RFC 9110, section 15.5.2."""

    status = 401
    challenge = "Bearer"

    def __init__(self, message: str = "log in first", *, challenge: str | None = None) -> None:
        super().__init__(message)
        if challenge is not None:
            self.challenge = challenge

    @property
    def headers(self) -> Mapping[str, str]:
        """``WWW-Authenticate``: a 401 must say how to come back."""
        return {"WWW-Authenticate": self.challenge}


class InvalidCredentials(Unauthenticated):
    """The account does not exist, or the password is another: the same words for both."""

    def __init__(self, message: str = "e-mail address, username or password is wrong") -> None:
        super().__init__(message)


class SecondFactorRequired(InvalidCredentials):
    """The password is right and the account wants a code as well."""

    def __init__(self) -> None:
        super().__init__("code required: one of the authenticator app, or a recovery code")


class InvalidCode(InvalidCredentials):
    """The code of the second factor is wrong, too old, or was used before."""

    def __init__(self) -> None:
        super().__init__("code is wrong, too old, or was used before: wait for the next one")


class TokenError(Unauthenticated):
    """The token is not one of ours."""

    challenge = 'Bearer error="invalid_token"'  # RFC 6750, section 3.1


class TokenExpired(TokenError):  # noqa: N818 - says what is the case
    """The token was ours and its time is over."""


class TokenRevoked(TokenError):  # noqa: N818 - says what is the case
    """The token's session was ended: a log-out, a new password, a removed account."""


class TokenReused(TokenRevoked):
    """A refresh token came a second time, so one of the two senders had stolen it."""
