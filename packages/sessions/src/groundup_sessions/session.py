"""What a handler sees: a mapping that knows what was changed in it.

    loaded  {"user_id": 42, "cart": ["tea"]}
            session["cart"].append("milk")        found by comparing, at the end
            session["theme"] = "dark"             noted
            del session["user_id"]                noted
    changes {"cart": ["tea", "milk"], "theme": "dark"}, removed {"user_id"}

Only what was changed is written, into whatever the store holds then.  Nothing here waits for a
store: values were loaded before, and are saved after, so a session can be used in a sync handler,
in a coroutine, in a template.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from groundup_sessions.flash import Flash, add_flash, take_flashes
from groundup_sessions.values import decode_value, encode_value

__all__ = ["CSRF_NAME", "Session"]

CSRF_NAME = "_csrf"


class Session(MutableMapping[str, Any]):
    """The session of one request.  Belongs to that request; use it from one thread at a time.

    >>> session = Session()
    >>> session["user_id"] = 42
    >>> session.new, session.changes()
    (True, ({'user_id': 42}, set()))
    """

    def __init__(
        self, session_id: str | None = None, texts: Mapping[str, str] | None = None
    ) -> None:
        self._id = session_id
        self._texts = dict(texts or {})
        self._values: dict[str, Any] = {}
        self._accessed = False
        self._rotated = False
        self._invalidated: list[str] = []

    def __repr__(self) -> str:
        state = "new" if self.new else "known"
        return f"<Session {state}, {len(self._names())} values>"  # neither the id nor a value

    @property
    def id(self) -> str | None:
        """The id; None for a session that is not kept yet."""
        return self._id

    @property
    def new(self) -> bool:
        """Whether the session is not kept yet."""
        return self._id is None

    @property
    def accessed(self) -> bool:
        """Whether the answer can depend on the session."""
        return self._accessed

    @property
    def rotated(self) -> bool:
        """Whether another id was asked for."""
        return self._rotated

    @property
    def invalidated(self) -> list[str]:
        """The ids of the sessions that were ended here."""
        return self._invalidated

    # The mapping

    def __getitem__(self, name: str) -> Any:
        self._accessed = True
        if name not in self._values:
            self._values[name] = decode_value(self._texts[name])
        if self._values[name] is REMOVED:
            raise KeyError(name)
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        encode_value(name, value)  # an error belongs to the line that made it
        self._accessed = True
        self._values[name] = value

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self._values[name] = REMOVED

    def __contains__(self, name: object) -> bool:
        self._accessed = True
        return name in self._names()

    def __iter__(self) -> Iterator[str]:
        self._accessed = True
        return iter(self._names())

    def __len__(self) -> int:
        self._accessed = True
        return len(self._names())

    def __bool__(self) -> bool:
        return len(self) > 0

    # More than a mapping

    def rotate(self) -> None:
        """Ask for another id: at every log-in, so that an id that was planted before is worthless.

        The values stay, but the secret of forms: whoever planted the id could know it.
        """
        self._accessed = True
        self._rotated = True
        self.pop(CSRF_NAME, None)

    def invalidate(self) -> None:
        """End the session, as at a log-out.  What is set afterwards goes into a new one."""
        self._accessed = True
        if self._id is not None:
            self._invalidated.append(self._id)
        self._id, self._rotated = None, False
        self._texts, self._values = {}, {}

    def flash(self, message: str, category: str = "info") -> None:
        """Leave a message for the next page."""
        add_flash(self, message, category)

    def flashes(self) -> list[Flash]:
        """Return the messages that were left, and forget them."""
        return take_flashes(self)

    # For whoever keeps it

    def changes(self) -> tuple[dict[str, Any], set[str]]:
        """Return the values that were set or changed inside, and the names that were removed."""
        changed: dict[str, Any] = {}
        removed: set[str] = set()
        for name, value in self._values.items():
            if value is REMOVED:
                removed |= {name} & self._texts.keys()
            elif name not in self._texts or encode_value(name, value) != self._texts[name]:
                changed[name] = value
        return changed, removed

    def mark_saved(self, session_id: str | None) -> None:
        """Forget what was changed: it is kept now, under this id."""
        kept = {name: value for name, value in self._values.items() if value is not REMOVED}
        names = self._names()
        texts = {name: self._texts[name] for name in names if name not in kept}
        self._texts = texts | {name: encode_value(name, value) for name, value in kept.items()}
        self._id, self._values = session_id, {}
        self._rotated, self._invalidated = False, []

    def _names(self) -> list[str]:
        """Return the names of the values that are there."""
        names = dict.fromkeys([*self._texts, *self._values])
        return [name for name in names if self._values.get(name) is not REMOVED]


REMOVED: Any = object()
