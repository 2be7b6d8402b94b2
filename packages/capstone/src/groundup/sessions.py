"""Let a session manager of six methods carry whole requests, as `session_middleware` needs it.

    open(id)         exists? ─► names under "_names", then each value by `get`
    commit(session)  changed values by `set`, removed ones by `delete`, another id by a new session

What chapter 8 builds in its step 4 stores one value at a time.  The middleware wants a session
opened before the handler and committed after it; ours does both in one step at the store, this one
in several, so two requests that bring new names at once may lose one.
"""

from typing import Any

from groundup.interfaces import SessionsLike
from groundup_sessions import Session, UnknownSession
from groundup_sessions.values import encode_value

__all__ = ["AdaptedSessions", "for_requests"]

NAMES = "_names"


def for_requests(sessions: SessionsLike) -> Any:
    """Return what `session_middleware` can use: the manager itself, if it opens and commits."""
    able = all(hasattr(sessions, name) for name in ("open", "commit", "blocking"))
    return sessions if able else AdaptedSessions(sessions)


class AdaptedSessions:
    """A manager with the face of a whole one.  As safe to share as what it stands on."""

    blocking = True  # nobody knows, so it is asked in a worker thread

    def __init__(self, sessions: SessionsLike) -> None:
        self._sessions = sessions

    def open(self, session_id: str | None) -> Session:
        """Return the session of a request: the one with this id, or a new one."""
        if session_id is None or not self._sessions.exists(session_id):
            return Session()
        values = self._load(session_id)
        texts = {name: encode_value(name, value) for name, value in values.items()}
        return Session(session_id, texts)

    def commit(self, session: Session) -> str | None:
        """Keep what was changed in a session, and return the id that it has now, if any.

        Raises:
            UnknownSession: It was ended meanwhile; nothing was kept.
        """
        for ended in session.invalidated:
            self._sessions.expire(ended)
        changes, removed = session.changes()
        session_id = session.id
        if session_id is None:
            session_id = self._add(changes) if changes else None
        elif session.rotated:
            values = {**self._load(session_id), **changes}
            self._sessions.expire(session_id)
            session_id = self._add({k: v for k, v in values.items() if k not in removed})
        elif changes or removed:
            if not self._sessions.exists(session_id):
                raise UnknownSession
            self._change(session_id, changes, removed)
        session.mark_saved(session_id)
        return session_id

    def _load(self, session_id: str) -> dict[str, Any]:
        names: list[str] = self._sessions.get(session_id, NAMES, [])
        return {name: self._sessions.get(session_id, name) for name in names}

    def _add(self, values: dict[str, Any]) -> str:
        session_id = self._sessions.create()
        self._change(session_id, values, set())
        return session_id

    def _change(self, session_id: str, changes: dict[str, Any], removed: set[str]) -> None:
        for name, value in changes.items():
            self._sessions.set(session_id, name, value)
        before: list[str] = self._sessions.get(session_id, NAMES, [])
        names = [name for name in dict.fromkeys([*before, *changes]) if name not in removed]
        if names != before:
            self._sessions.set(session_id, NAMES, names)
        for name in removed:
            self._sessions.delete(session_id, name)
