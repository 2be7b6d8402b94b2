"""Keep sessions in the memory of this process: for development, tests, and one process alone.

The sessions stand in the order of their last use.  So the one that was not used for longest is at
the front: there the dead ones are looked for at every new session, and there the first stands that
is forgotten when there are too many.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from groundup_sessions.errors import SessionExpired, UnknownSession
from groundup_sessions.store import Moment
from groundup_sessions.values import SessionLimits

__all__ = ["MemoryStore"]


@dataclass(slots=True)
class Entry:
    """One session."""

    texts: dict[str, str]
    expires_at: float
    used_at: float


class MemoryStore:
    """Sessions of one process.  May be shared between threads and tasks.

    Args:
        max_sessions: How many are kept.
    """

    blocking = False

    def __init__(self, max_sessions: int = SessionLimits().max_sessions) -> None:
        self._max_sessions = max_sessions
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def create(self, key: str, texts: Mapping[str, str], moment: Moment, expires_at: float) -> None:
        """Begin a session."""
        with self._lock:
            self._entries[key] = Entry(dict(texts), expires_at, moment.now)
            self._forget_oldest(moment)

    def load(self, key: str, moment: Moment) -> dict[str, str] | None:
        """Return the values of a session that is alive, which is a use of it."""
        with self._lock:
            try:
                return dict(self._use(key, moment).texts)
            except UnknownSession:
                return None

    def exists(self, key: str, moment: Moment) -> bool:
        """Return whether a session is alive, which is no use of it."""
        entry = self._entries.get(key)
        return entry is not None and not moment.is_over(entry.expires_at, entry.used_at)

    def update(
        self,
        key: str,
        changes: Mapping[str, str],
        removed: Collection[str],
        moment: Moment,
        limits: SessionLimits,
    ) -> None:
        """Set and remove values, which is a use of the session."""
        with self._lock:
            entry = self._get(key, moment)
            merged = {name: text for name, text in entry.texts.items() if name not in removed}
            merged |= changes
            limits.check(merged)
            entry.texts = merged
            self._use(key, moment)

    def rotate(self, key: str, new: str, moment: Moment) -> None:
        """Give a session another key; the old one is unknown from now on."""
        with self._lock:
            self._entries[new] = self._use(key, moment)
            del self._entries[key]

    def delete(self, key: str) -> bool:
        """End a session."""
        with self._lock:
            return self._entries.pop(key, None) is not None

    def purge(self, moment: Moment) -> int:
        """Remove what is dead, and return how many that were."""
        with self._lock:
            dead = [
                key
                for key, entry in self._entries.items()
                if moment.is_over(entry.expires_at, entry.used_at)
            ]
            for key in dead:
                del self._entries[key]
            return len(dead)

    def close(self) -> None:
        """Forget every session."""
        with self._lock:
            self._entries.clear()

    def _get(self, key: str, moment: Moment) -> Entry:
        entry = self._entries.get(key)
        if entry is None:
            raise UnknownSession
        if moment.is_over(entry.expires_at, entry.used_at):
            raise SessionExpired
        return entry

    def _use(self, key: str, moment: Moment) -> Entry:
        entry = self._get(key, moment)
        entry.used_at = moment.now
        self._entries.move_to_end(key)
        return entry

    def _forget_oldest(self, moment: Moment) -> None:
        while len(self._entries) > self._max_sessions or self._is_oldest_dead(moment):
            self._entries.popitem(last=False)

    def _is_oldest_dead(self, moment: Moment) -> bool:
        entry = next(iter(self._entries.values()), None)
        return entry is not None and moment.is_over(entry.expires_at, entry.used_at)
