"""The replaceable parts of an application: their slots, and how another part gets into one.

--with router=my_router:Router      a class, made without arguments
--with templates=engine:templates   an object that is there already
"""

import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from groundup.errors import LoadError
from groundup.importing import find_object
from groundup.interfaces import TemplatesLike

__all__ = ["REPLACEABLE", "SLOTS", "find_parts", "load_parts", "make_templates", "split_part"]

# The slot, and the chapter that builds what is in it.
SLOTS = {
    "server": 1,
    "parser": 2,
    "router": 3,
    "pipeline": 5,
    "templates": 6,
    "sessions": 8,
    "auth": 10,
    "errors": 11,
    "database": 12,
    "rooms": 16,
}
REPLACEABLE = (
    *("server", "parser", "router", "pipeline", "templates", "sessions", "errors", "rooms"),
)
# What is made anew for each server, connection or route: their slots hold what makes one.
MADE_LATER = frozenset(("server", "parser", "pipeline"))


def find_parts(app: Any) -> dict[str, Any]:
    """Return the part in each slot of an application."""
    found = {slot: getattr(app, slot, None) for slot in SLOTS}
    return found | {"database": app.db, "pipeline": app.pipeline}


def make_templates(folder: str | Path, *, debug: bool) -> TemplatesLike:
    """Return the templates of a folder, read anew in debug mode when they change."""
    # A site without pages does not wait for a compiler of templates.
    from groundup_templating import Environment  # noqa: PLC0415 - see above

    return Environment(folder, auto_reload=debug)


def split_part(text: str) -> tuple[str, str]:
    """Return slot and target of ``SLOT=MODULE:ATTRIBUTE``.

    Raises:
        LoadError: It is not written so, or there is no such slot.
    """
    slot, equals, target = text.partition("=")
    if not equals or slot not in REPLACEABLE:
        msg = f"a part is SLOT=MODULE:CLASS with a slot of {', '.join(REPLACEABLE)}, got {text!r}"
        raise LoadError(msg)
    return slot, target


def load_parts(replaced: Iterable[str]) -> dict[str, Any]:
    """Return the parts that ``SLOT=MODULE:ATTRIBUTE`` texts name, by slot.

    Raises:
        LoadError: There is no such slot, module or attribute.
    """
    parts: dict[str, Any] = {}
    for text in replaced:
        slot, target = split_part(text)
        found = find_object(target)
        parts[slot] = found() if inspect.isclass(found) and slot not in MADE_LATER else found
    return parts
