"""Find attributes and items as a template sees them: for generated code, filters and tests."""

from collections.abc import Callable, Mapping
from keyword import iskeyword
from operator import attrgetter, itemgetter
from typing import Any

from groundup_templating.errors import SandboxError
from groundup_templating.sandbox import OPAQUE, check_name
from groundup_templating.undefined import Undefined

__all__ = ["Lookup"]

Load = Callable[[Any], tuple[Any, ...] | None]

MAX_KINDS = 1000  # types that are remembered, and functions
# Lookup.get, once more for one name: it takes half of the time, and most of a page is such names.
GETTER = """
def get(value):
    kind = type(value)
    if kind is dict:
        try:
            return value['NAME']
        except KeyError:
            return get_attribute(value, 'NAME')
    if kind in plain:
        try:
            return value.NAME
        except AttributeError:
            return miss(value, 'NAME')
    return get_from_new_kind(value, 'NAME')
"""
# Several names at once.  What raises here raises again where each name is looked up alone.
LOADER = """
def load(value):
    kind = type(value)
    try:
        if kind is dict:
            return items(value)
        if kind in plain:
            return ATTRIBUTES
    except Exception:
        return None
"""


def is_python_name(name: str) -> bool:
    """Whether a name can be written behind a dot in Python, too."""
    return name.isidentifier() and not iskeyword(name)


class Lookup:
    """Find attributes and items as a template sees them."""

    def __init__(self, undefined: type[Undefined], *, trusted: bool) -> None:
        self.undefined = undefined
        self.trusted = trusted
        self._plain: set[type] = set()  # neither mappings nor opaque: looked at once
        self._getters: dict[str, Callable[[Any], Any]] = {}
        self._loaders: dict[tuple[str, ...], Load] = {}
        self.filters: Mapping[str, Callable[..., Any]] = {}
        self.tests: Mapping[str, Callable[..., Any]] = {}

    def get(self, value: Any, name: str) -> Any:
        """Return ``value.name``: of a mapping the item first, of others the attribute."""
        kind = type(value)  # pyright: ignore[reportUnknownVariableType]  # of anything
        if kind is dict:
            try:
                return value[name]
            except KeyError:
                return self.get_attribute(value, name)
        if kind in self._plain:
            try:
                return getattr(value, name)
            except AttributeError:
                return self._miss(value, name)
        return self._get_from_new_kind(value, name)

    def make_getter(self, name: str) -> Callable[[Any], Any]:
        """Return a function that does ``get`` for one name: Python remembers where it found it."""
        getter = self._getters.get(name)
        if getter is None:
            if not is_python_name(name):
                return lambda value: self.get(value, name)
            namespace: dict[str, Any] = {
                "get_attribute": self.get_attribute,
                "get_from_new_kind": self._get_from_new_kind,
                "miss": self._miss,
                "plain": self._plain,
            }
            exec(GETTER.replace("NAME", name), namespace)  # noqa: S102 - text of our own, and a name
            made: Callable[[Any], Any] = namespace["get"]
            if len(self._getters) < MAX_KINDS:
                self._getters[name] = made
            return made
        return getter

    def make_loader(self, names: tuple[str, ...]) -> Load:
        """Return a function that looks up several names at once, or gives None if it cannot."""
        known = self._loaders.get(names)
        if known is not None:
            return known
        items: Callable[[Any], tuple[Any, ...]] = itemgetter(*names)  # pyright: ignore[reportUnknownVariableType]  # of anything
        namespace: dict[str, Any] = {"items": items, "plain": self._plain}
        if all(map(is_python_name, names)):
            attributes = ", ".join(f"value.{name}" for name in names)
        else:
            attributes, namespace["attributes"] = "attributes(value)", attrgetter(*names)
        exec(LOADER.replace("ATTRIBUTES", attributes), namespace)  # noqa: S102 - as above
        load: Load = namespace["load"]
        if len(self._loaders) < MAX_KINDS:
            self._loaders[names] = load
        return load

    def _get_from_new_kind(self, value: Any, name: str) -> Any:
        kind: Any = type(value)  # pyright: ignore[reportUnknownVariableType]  # of anything
        if kind in OPAQUE and not self.trusted:
            raise SandboxError(f"a {kind.__name__} has no attributes for templates, got {name!r}")
        if isinstance(value, Undefined):
            return self._miss(value, name)
        if not isinstance(value, Mapping):
            if len(self._plain) > MAX_KINDS:
                self._plain.clear()
            self._plain.add(kind)
            return self.get_attribute(value, name)
        try:
            return value[name]  # pyright: ignore[reportUnknownVariableType]  # of anything
        except KeyError:
            return self.get_attribute(value, name)  # pyright: ignore[reportUnknownArgumentType]  # a mapping of anything

    def get_attribute(self, value: Any, name: str) -> Any:
        """Return an attribute, or what stands for a missing one."""
        try:
            return getattr(value, name)
        except AttributeError:
            return self._miss(value, name)

    def get_item(self, value: Any, index: Any) -> Any:
        """Return ``value[index]``, or what stands for a missing item."""
        try:
            return value[index]
        except (LookupError, TypeError):
            return self._miss(value, index)

    def get_path(self, value: Any, path: str | int) -> Any:
        """Return what a path like ``author.name`` leads to: filters take such paths."""
        if isinstance(path, int):
            return self.get_item(value, path)
        for name in path.split("."):
            if name.isdecimal():
                value = self.get_item(value, int(name))
                continue
            if not self.trusted:
                check_name(name)
            value = self.get(value, name)
        return value

    def _miss(self, value: Any, name: Any) -> Any:
        if isinstance(value, Undefined):
            if not value.chains:
                raise value.error()
            return value
        return self.undefined(name, value)
