"""Leave messages that are shown once, on whatever page comes next: "Saved", say.

    POST /posts ─► session.flash("Saved.") ─► 303 ─► GET /posts/7 ─► session.flashes() ─► [Saved.]

Each message is a value of its own in the session, named by its time.  So two requests that leave a
message at the same moment do not overwrite each other's.
"""

import secrets
import time
from collections.abc import MutableMapping
from typing import Any, NamedTuple

__all__ = ["MAX_FLASHES", "Flash", "add_flash", "take_flashes"]

PREFIX = "_flash."
MAX_FLASHES = 20


class Flash(NamedTuple):
    """One message."""

    message: str
    category: str

    def __str__(self) -> str:
        return self.message


def add_flash(session: MutableMapping[str, Any], message: str, category: str = "info") -> None:
    """Leave a message for the next page; of too many, the oldest is forgotten.

    >>> session = {}
    >>> add_flash(session, "Saved.")
    >>> take_flashes(session)
    [Flash(message='Saved.', category='info')]
    >>> session
    {}
    """
    names = find_names(session)
    for name in names[: max(0, len(names) - MAX_FLASHES + 1)]:
        del session[name]
    # Two in a row may find the clock unmoved, and must stay in order.
    last = int(names[-1].split(".")[1]) if names else 0
    number = max(time.time_ns(), last + 1)
    session[f"{PREFIX}{number:020}.{secrets.token_hex(4)}"] = [str(message), str(category)]


def take_flashes(session: MutableMapping[str, Any]) -> list[Flash]:
    """Return the messages in the order in which they were left, and forget them."""
    return [Flash(*session.pop(name)) for name in find_names(session)]


def find_names(session: MutableMapping[str, Any]) -> list[str]:
    """Return the names of the values that hold messages, the oldest first."""
    return sorted(name for name in session if name.startswith(PREFIX))
