"""Which Python variable stands for a name of the template.

A loop, ``with``, macro or block begins a scope: what is bound in it ends with it.  Each binding
gets a variable of its own, ``v3_user``: 3 is the number of the scope.  A name that no scope binds
comes from the context, and the generated function looks it up once, when it begins.
"""

from collections.abc import Iterator

from groundup_templating.nodes import Expression, Name, TupleDisplay
from groundup_templating.statements import (
    FromImport,
    If,
    Import,
    Macro,
    Set,
    SetBlock,
    Statement,
)

__all__ = ["Scope", "assigned_names", "target_names"]


class Scope:
    """The names that are bound in one place, and where the search goes on."""

    def __init__(
        self, number: int, parent: "Scope | None" = None, *, exports: bool = False
    ) -> None:
        self.number = number
        self.parent = parent
        self.exports = exports  # what is bound here is also visible to blocks and includes
        self.bound: dict[str, str] = {}
        self.used: set[str] = set()
        self.free: dict[str, str] = {}  # of the outermost scope: names from the context

    def bind(self, name: str) -> str:
        """Return the variable of a name that is bound in this scope."""
        return self.bound.setdefault(name, f"v{self.number}_{name}")

    def find(self, name: str) -> str:
        """Return the variable of a name, wherever it is bound."""
        scope = self
        while True:
            if name in scope.bound:
                scope.used.add(name)
                return scope.bound[name]
            if scope.parent is None:
                return scope.free.setdefault(name, f"v_{name}")
            scope = scope.parent

    def visible(self) -> dict[str, str]:
        """Return the names that a template met here must be given besides the context."""
        names: dict[str, str] = {}
        scope: Scope | None = self
        while scope is not None:
            if not scope.exports:
                for name in scope.bound:
                    if name not in names:
                        names[name] = self.find(name)
            scope = scope.parent
        return names


def target_names(target: Expression) -> Iterator[str]:
    """Yield the names that the target of a loop or ``set`` binds."""
    if isinstance(target, Name):
        yield target.name
    elif isinstance(target, TupleDisplay):
        for value in target.values:
            yield from target_names(value)


def assigned_names(body: list[Statement]) -> dict[str, None]:
    """Return the names that these statements bind in the scope where they stand, in order."""
    names: dict[str, None] = {}
    for statement in body:
        match statement:
            case Set():
                names.update(dict.fromkeys(target_names(statement.target)))
            case SetBlock() | Macro() | Import():
                names[statement.name] = None
            case FromImport():
                names.update(dict.fromkeys(alias for _, alias in statement.names))
            case If():
                for _, branch in statement.branches:
                    names.update(assigned_names(branch))
                names.update(assigned_names(statement.otherwise))
            case _:
                pass
    return names
