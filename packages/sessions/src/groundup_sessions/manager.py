"""The one object of an application: create sessions, read and change them, end them.

    create ─► id ─► get set delete update …        every call is atomic, and goes to the store
    open   ─► Session ─► a request ─► commit       once before and once after a request

An id that cannot be one, that is unknown or dead, reads as an empty session and is refused when
something is to be written: what a log-out has ended must not come back because a slow request
still wanted to save.
"""

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from typing import Any, Self

from groundup_sessions.errors import ConfigurationError, UnknownSession
from groundup_sessions.files import FileStore
from groundup_sessions.ids import find_key, generate_id
from groundup_sessions.memory import MemoryStore
from groundup_sessions.redis import RedisStore
from groundup_sessions.session import Session
from groundup_sessions.store import Moment, SessionStore
from groundup_sessions.values import SessionLimits, decode_value, encode_values

__all__ = ["SessionManager"]

DIRECTORY = ".sessions"
REDIS_URL = "redis://localhost:6379/0"


class SessionManager:
    """Sessions by their id.  May be shared between threads and tasks.

    Args:
        backend: ``"memory"``, ``"file"``, ``"redis"``, or a ``SessionStore``.
        idle_timeout: Seconds without a use after which a session is dead.
        absolute_timeout: Seconds after which it is dead however it is used.
        directory: The folder for files; ``.sessions`` in the current one, if not given.
        redis_url: The server; that of the variable ``REDIS_URL``, or of this machine, if not given.
        clock: Seconds since 1970.
        limits: How much may be kept.

    >>> sessions = SessionManager()
    >>> session_id = sessions.create()
    >>> sessions.set(session_id, "user_id", 42)
    >>> sessions.get(session_id, "user_id"), sessions.get("unknown", "user_id")
    (42, None)
    >>> sessions.expire(session_id)
    True
    >>> sessions.exists(session_id)
    False
    """

    def __init__(
        self,
        backend: str | SessionStore = "memory",
        *,
        idle_timeout: float = 1800,
        absolute_timeout: float = 43_200,
        directory: str | PathLike[str] | None = None,
        redis_url: str | None = None,
        clock: Callable[[], float] = time.time,
        limits: SessionLimits | None = None,
    ) -> None:
        if not 0 < idle_timeout <= absolute_timeout < math.inf:
            raise ConfigurationError(
                "time-outs must be 0 < idle_timeout <= absolute_timeout, "
                f"got {idle_timeout} and {absolute_timeout}"
            )
        self._limits = limits or SessionLimits()
        self._idle = float(idle_timeout)
        self._absolute = float(absolute_timeout)
        self._clock = clock
        self._store = open_store(backend, directory, redis_url, self._limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @property
    def blocking(self) -> bool:
        """Whether calls may take long, so that an event loop must not make them."""
        return getattr(self._store, "blocking", True)

    @property
    def absolute_timeout(self) -> float:
        """Seconds after which a session is dead however it is used."""
        return self._absolute

    # One session, by its id

    def create(self, values: Mapping[str, Any] | None = None) -> str:
        """Begin a session and return its id.

        Raises:
            InvalidValue: A value cannot be kept.
            SessionTooLarge: They are too much.
        """
        texts = encode_values(values or {}, self._limits)
        self._limits.check(texts)
        session_id = generate_id()
        moment = self._look_at_clock()
        self._store.create(get_key(session_id), texts, moment, moment.now + self._absolute)
        return session_id

    def get(self, session_id: str, name: str, default: Any = None) -> Any:
        """Return a value; the default if it is not there, or the session is not."""
        texts = self._load(session_id)
        return default if texts is None or name not in texts else decode_value(texts[name])

    def set(self, session_id: str, name: str, value: Any) -> None:
        """Set a value.

        Raises:
            UnknownSession: There is no such session; ``SessionExpired`` if it is dead.
            InvalidValue: The value cannot be kept.
            SessionTooLarge: The session would hold too much.
        """
        self.update(session_id, {name: value})

    def delete(self, session_id: str, name: str) -> None:
        """Remove a value, if it is there.

        Raises:
            UnknownSession: There is no such session; ``SessionExpired`` if it is dead.
        """
        self.update(session_id, {}, [name])

    def load(self, session_id: str) -> dict[str, Any] | None:
        """Return all values, or None if there is no such session."""
        texts = self._load(session_id)
        if texts is None:
            return None
        return {name: decode_value(text) for name, text in texts.items()}

    def update(
        self, session_id: str, changes: Mapping[str, Any], removed: Iterable[str] = ()
    ) -> None:
        """Set and remove values in one step; what others changed meanwhile stays changed.

        Raises:
            UnknownSession: There is no such session; ``SessionExpired`` if it is dead.
            InvalidValue: A value cannot be kept.
            SessionTooLarge: The session would hold too much.
        """
        key = get_key(session_id)
        texts = encode_values(changes, self._limits)
        self._store.update(key, texts, list(removed), self._look_at_clock(), self._limits)

    def expire(self, session_id: str) -> bool:
        """End a session; return whether there was one."""
        key = find_key(session_id)
        return key is not None and self._store.delete(key)

    def exists(self, session_id: str) -> bool:
        """Return whether a session is alive, without using it."""
        key = find_key(session_id)
        return key is not None and self._store.exists(key, self._look_at_clock())

    def rotate(self, session_id: str) -> str:
        """Give a session another id and return it; the old one is unknown from now on.

        Raises:
            UnknownSession: There is no such session; ``SessionExpired`` if it is dead.
        """
        key, new = get_key(session_id), generate_id()
        self._store.rotate(key, get_key(new), self._look_at_clock())
        return new

    # A request

    def open(self, session_id: str | None) -> Session:
        """Return the session of a request: the one with this id, or a new one.

        A new one never takes the id that was sent: whoever plants an id in a browser would know it.
        """
        texts = None if session_id is None else self._load(session_id)
        return Session() if texts is None else Session(session_id, texts)

    def commit(self, session: Session) -> str | None:
        """Keep what was changed in a session, and return the id that it has now, if any.

        Raises:
            UnknownSession: It was ended meanwhile; nothing was kept.
            SessionTooLarge: It would hold too much.
        """
        for ended in session.invalidated:
            self.expire(ended)
        changes, removed = session.changes()
        session_id = session.id
        if session_id is None:
            session_id = self.create(changes) if changes else None
        elif session.rotated:
            session_id = self._commit_rotated(session_id, changes, removed)
        elif changes or removed:
            self.update(session_id, changes, removed)
        session.mark_saved(session_id)
        return session_id

    def _commit_rotated(
        self, session_id: str, changes: Mapping[str, Any], removed: Iterable[str]
    ) -> str:
        """Change the id first: what a log-in adds must never be found under the old one."""
        try:
            new = self.rotate(session_id)
        except UnknownSession:
            # Somebody else rotated or ended it, and this is a log-in: it counts, alone.
            return self.create(changes)
        if changes or removed:
            self.update(new, changes, removed)
        return new

    # All sessions

    def purge(self) -> int:
        """Remove the dead ones, and return how many; 0 for Redis, which forgets by itself."""
        return self._store.purge(self._look_at_clock())

    def close(self) -> None:
        """Let go of files and connections."""
        self._store.close()

    def _load(self, session_id: object) -> dict[str, str] | None:
        key = find_key(session_id)
        return None if key is None else self._store.load(key, self._look_at_clock())

    def _look_at_clock(self) -> Moment:
        return Moment(self._clock(), self._idle)


def get_key(session_id: object) -> str:
    """Return the key of an id.

    Raises:
        UnknownSession: It cannot be one.
    """
    key = find_key(session_id)
    if key is None:
        raise UnknownSession
    return key


def open_store(
    backend: str | SessionStore,
    directory: str | PathLike[str] | None,
    redis_url: str | None,
    limits: SessionLimits,
) -> SessionStore:
    """Return the store that a back end means."""
    if directory is not None and backend != "file":
        raise ConfigurationError(f"directory must come with backend='file', got {backend!r:.40}")
    if redis_url is not None and backend != "redis":
        raise ConfigurationError(f"redis_url must come with backend='redis', got {backend!r:.40}")
    if not isinstance(backend, str):
        return backend
    match backend:
        case "memory":
            return MemoryStore(limits.max_sessions)
        case "file":
            return FileStore(DIRECTORY if directory is None else directory)
        case "redis":
            return RedisStore(redis_url or os.environ.get("REDIS_URL") or REDIS_URL)
        case _:
            raise ConfigurationError(
                f"backend must be 'memory', 'file', 'redis' or a store, got {backend!r:.40}"
            )
