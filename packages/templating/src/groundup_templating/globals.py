"""The names that every template sees: range, dict, cycler, joiner, namespace, gettext."""

from typing import Any

from groundup_templating.errors import LimitError, SandboxError, TemplateError, shorten
from groundup_templating.sandbox import check_name, public
from groundup_templating.translation import keep, keep_plural

__all__ = ["GLOBALS", "MAX_RANGE", "Cycler", "Joiner", "Namespace", "bounded_range", "set_item"]

MAX_RANGE = 100_000


def bounded_range(*numbers: int) -> range:
    """Return a range of at most MAX_RANGE numbers."""
    result = range(*numbers)
    if len(result) > MAX_RANGE:
        raise LimitError(f"a range must have at most {MAX_RANGE} numbers, got {len(result)}")
    return result


class Namespace(dict[str, Any]):
    """A value whose attributes ``set`` can change from inside of a loop."""


def set_item(owner: Any, name: str, value: Any) -> None:
    """Do ``{% set owner.name = value %}``."""
    if type(owner) is not Namespace:
        raise SandboxError(f"set can change only a namespace(), got {shorten(owner)}")
    check_name(name)
    owner[name] = value


class Cycler:
    """Return values in turn: ``cycler('odd', 'even')``."""

    def __init__(self, *values: Any) -> None:
        if not values:
            raise TemplateError("cycler needs at least one value")
        self.values = values
        self.position = 0

    @property
    def current(self) -> Any:
        """The value that comes next."""
        return self.values[self.position]

    @public
    def next(self) -> Any:
        """Return the value and go on."""
        value = self.current
        self.position = (self.position + 1) % len(self.values)
        return value

    @public
    def reset(self) -> None:
        """Begin anew."""
        self.position = 0


class Joiner:
    """Return nothing at the first call and the separator at all others."""

    template_public = True

    def __init__(self, separator: str = ", ") -> None:
        self.separator = separator
        self.used = False

    def __call__(self) -> str:
        """Return what must stand before the next item."""
        if self.used:
            return self.separator
        self.used = True
        return ""


GLOBALS: dict[str, Any] = {
    "range": bounded_range,
    "dict": dict,
    "cycler": Cycler,
    "joiner": Joiner,
    "namespace": Namespace,
    "gettext": keep,
    "ngettext": keep_plural,
    "_": keep,
}
