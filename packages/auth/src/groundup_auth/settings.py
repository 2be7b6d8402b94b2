"""The numbers and names of the system, in one place, with what they are by default."""

from dataclasses import dataclass, field

from groundup_auth.errors import ConfigurationError
from groundup_auth.lockout import LockoutRules

__all__ = ["AuthSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthSettings:
    """How an ``AuthenticationSystem`` behaves.  Times are in seconds.

    >>> AuthSettings(access_lifetime=900).access_lifetime
    900
    """

    access_lifetime: int = 3600
    """How long an access token works."""
    refresh_lifetime: int = 30 * 86400
    """How long a session can be refreshed, counted from the log-in."""
    reset_lifetime: int = 3600
    """How long a reset token works."""
    bcrypt_cost: int = 12
    """Each step doubles the time of a log-in; tests take 4."""
    issuer: str = "groundup"
    """Who we are: in tokens, and in the list of an authenticator app."""
    audience: str = "groundup"
    """For whom our tokens are."""
    reset_url: str | None = None
    """The page that takes a reset token, with ``{token}`` in it; None to mail the bare token."""
    rules: LockoutRules = field(default_factory=LockoutRules)
    """How often something may be tried."""

    def __post_init__(self) -> None:
        lifetimes = (self.access_lifetime, self.refresh_lifetime, self.reset_lifetime)
        if min(lifetimes) < 1:
            raise ConfigurationError(f"lifetimes must be positive, got {lifetimes}")
        if self.access_lifetime > self.refresh_lifetime:
            raise ConfigurationError(
                f"access_lifetime must not be above refresh_lifetime, got {self.access_lifetime}"
            )
        if self.rules.reset.cap > self.reset_lifetime:
            raise ConfigurationError(
                f"reset_lifetime must be at least the longest wait for a reset, "
                f"{self.rules.reset.cap}, got {self.reset_lifetime}"
            )
        if self.reset_url is not None and "{token}" not in self.reset_url:
            raise ConfigurationError(f"reset_url must contain {{token}}, got {self.reset_url!r}")
