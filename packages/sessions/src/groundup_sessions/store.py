"""What is asked of a place that keeps sessions; write your own for another one.

    create ─► load, update … ─► delete          dead when   now ≥ expires_at      too old
                │                                       or  now ≥ used + idle     not used
                └ rotate: the same session under another key

Every method is atomic, and may be called from any thread; ``update`` merges into what is there at
that moment, whatever the caller saw before.  The clock is the caller's: a store compares, it does
not ask what time it is.  Values are texts already, and keys are hashes of ids.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from groundup_sessions.values import SessionLimits

__all__ = ["Moment", "SessionStore"]


class Moment(NamedTuple):
    """When something is asked, and how long a session may go unused."""

    now: float
    idle: float

    def is_over(self, expires_at: float, used_at: float) -> bool:
        """Return whether a session is dead."""
        return self.now >= expires_at or self.now >= used_at + self.idle


class SessionStore(Protocol):
    """Where sessions are kept.

    Raises:
        SessionBackendError: It does not answer.  Any method may raise it.
    """

    @property
    def blocking(self) -> bool:
        """Whether a call may take long, so that an event loop must not make it."""
        ...

    def create(self, key: str, texts: Mapping[str, str], moment: Moment, expires_at: float) -> None:
        """Begin a session."""
        ...

    def load(self, key: str, moment: Moment) -> dict[str, str] | None:
        """Return the values of a session that is alive, which is a use of it."""
        ...

    def exists(self, key: str, moment: Moment) -> bool:
        """Return whether a session is alive, which is no use of it."""
        ...

    def update(
        self,
        key: str,
        changes: Mapping[str, str],
        removed: Collection[str],
        moment: Moment,
        limits: SessionLimits,
    ) -> None:
        """Set and remove values, which is a use of the session.

        Raises:
            UnknownSession: There is none; ``SessionExpired`` if it is dead.
            SessionTooLarge: It would pass the limits; nothing is changed.
        """
        ...

    def rotate(self, key: str, new: str, moment: Moment) -> None:
        """Give a session another key; the old one is unknown from now on.

        Raises:
            UnknownSession: There is none; ``SessionExpired`` if it is dead.
        """
        ...

    def delete(self, key: str) -> bool:
        """End a session; return whether there was one, alive or dead."""
        ...

    def purge(self, moment: Moment) -> int:
        """Remove what is dead, and return how many that were."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
