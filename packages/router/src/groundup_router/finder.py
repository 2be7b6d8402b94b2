"""Compile the walks that `source` writes, each when the first path comes to it.

    by_method["GET"] ──► find(path) ──► table["repos"] ──► below_repos(parts, n) ──► Match | None
                           │                  │
              written and compiled      likewise, at the first
              at the first GET          path below /repos

Before that there is a function in its place that does this work, puts the result where it was
found itself, and calls it.  Two threads may do so at once: they write the same.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import ModuleSpec
from itertools import count
from typing import Any

from groundup_router.match import Match, Route
from groundup_router.source import Branch, Later, Unit, write_entry, write_unit
from groundup_router.tree import ANY, Node, Tree, pick

__all__ = ["Finder"]

Find = Callable[[str], Match | None]

SERIAL = count(1)  # no two functions of a process have the same file name


class Finder:
    """Finds the routes of paths, by functions made for these routes.

    Attributes:
        tree: The routes as a tree, for whoever asks for more than one match.
        by_method: The function for each method that a route names, and for None; under `ANY` the
            one for all other methods.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.tree = Tree(routes)
        self.by_method: dict[str | None, Find] = {}
        for method in self.tree.methods:
            self.by_method[method] = self._postpone(method)

    def find(self, path: str, method: str | None) -> Match | None:
        """Return the match of a path, or None."""
        return (self.by_method.get(method) or self.by_method[ANY])(path)

    def write_source(self, method: str | None) -> str:
        """Return all functions for a method, also those that no path has needed so far."""
        known = method if method in self.by_method else ANY
        return "\n".join(write_all(self._write_entry(known))).rstrip("\n")

    def _postpone(self, method: str | None) -> Find:
        def first(path: str) -> Match | None:
            find: Find = compile_unit(self._write_entry(method))
            self.by_method[method] = find
            return find(path)

        return first

    def _write_entry(self, method: str | None) -> Unit:
        whole = {
            path: route
            for path, routes in self.tree.whole.items()
            if (route := pick(routes, method))
        }
        return write_entry(Branch(method, self.tree.root.get("", Node(1))), whole)


def postpone(later: Later) -> None:
    """Put a function into a table that writes and compiles what should be there, when called."""

    def first(parts: list[str], *more: Any) -> Match | None:
        key = next(iter(later.keys)) if later.at is None else parts[later.at]
        function = later.table[key] = compile_unit(write_unit(later.branches(key)))
        found: Match | None = function(parts, *more)
        return found

    # One for all: a router of 20,000 routes would be slow to make so many.
    later.table.update(dict.fromkeys(later.keys, first))


def compile_unit(unit: Unit) -> Callable[..., Any]:
    """Compile a function, so that a traceback through it shows its lines."""
    for later in unit.later:
        postpone(later)
    file = f"router-{next(SERIAL)}-{unit.name}.py"
    # What the linecache module asks for the source of a file that is on no disk.
    spec: Any = ModuleSpec(file, None)
    spec.loader = Text(unit.text)
    unit.names.update(__name__=file, __spec__=spec, __loader__=spec.loader)
    exec(compile(unit.text, file, "exec"), unit.names)  # noqa: S102 - `source` quotes all texts
    function: Callable[..., Any] = unit.names[unit.name]
    return function


class Text:
    """The part of a module loader that tracebacks use."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, _name: str, /) -> str:
        """Return the source."""
        return self._text


def write_all(unit: Unit) -> Iterator[str]:
    """Yield the source of a function and of all that it leads to."""
    yield unit.text
    for later in unit.later:
        for key in later.keys:
            yield from write_all(write_unit(later.branches(key)))
