"""The variable ``loop`` inside of a loop, made only for loops that mention it."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from groundup_templating.errors import TemplateError
from groundup_templating.sandbox import public
from groundup_templating.undefined import Undefined

__all__ = ["SIZED", "Loop"]

MISSING: Any = object()
# Only where len() costs nothing: of a query that has not run yet it would run it.
EMPTY: dict[str, str] = {}
SIZED: frozenset[type] = frozenset(
    [list, tuple, dict, set, frozenset, str, range, type(EMPTY.items()), type(EMPTY.keys())]
)


class Loop:
    """The variable ``loop``: where a loop is."""

    template_public = True

    def __init__(
        self,
        items: Iterable[Any],
        original: Any,
        undefined: type[Undefined],
        level: int = 0,
        recurse: Callable[[Any, int], Any] | None = None,
    ) -> None:
        self._original = original
        self._iterator = iter(items)
        self._length: int | None = len(original) if type(original) in SIZED else None
        self._recurse = recurse
        self._ahead: deque[Any] = deque()
        self._seen: Any = MISSING
        self.index0 = -1
        self.depth0 = level
        self.previtem: Any = undefined("previtem", self)
        self._undefined = undefined
        self._item: Any = self.previtem

    def __iter__(self) -> "Loop":
        return self

    def __next__(self) -> Any:
        self.previtem = self._item
        self._item = self._ahead.popleft() if self._ahead else next(self._iterator)
        self.index0 += 1
        return self._item

    def __call__(self, items: Any) -> Any:
        """Run a recursive loop over other items."""
        if self._recurse is None:
            raise TemplateError("loop can be called only in a loop that is marked recursive")
        return self._recurse(items, self.depth0 + 1)

    @property
    def index(self) -> int:
        """The number of this turn, from 1."""
        return self.index0 + 1

    @property
    def depth(self) -> int:
        """How deep a recursive loop is, from 1."""
        return self.depth0 + 1

    @property
    def first(self) -> bool:
        """Whether this is the first turn."""
        return self.index0 == 0

    @property
    def last(self) -> bool:
        """Whether this is the last turn."""
        if self._length is not None:
            return self.index == self._length
        return self._peek() is MISSING

    @property
    def nextitem(self) -> Any:
        """The item of the next turn, undefined in the last one."""
        item = self._peek()
        return self._undefined("nextitem", self) if item is MISSING else item

    @property
    def length(self) -> int:
        """How many turns there will be."""
        if self._length is None:
            self._ahead.extend(self._iterator)
            self._length = self.index + len(self._ahead)
        return self._length

    @property
    def revindex(self) -> int:
        """How many turns are left, this one included."""
        return self.length - self.index0

    @property
    def revindex0(self) -> int:
        """How many turns are left after this one."""
        return self.length - self.index

    def _peek(self) -> Any:
        if not self._ahead:
            item = next(self._iterator, MISSING)
            if item is MISSING:
                return MISSING
            self._ahead.append(item)
        return self._ahead[0]

    @public
    def cycle(self, *values: Any) -> Any:
        """Return the values in turn."""
        if not values:
            raise TemplateError("cycle needs at least one value")
        return values[self.index0 % len(values)]

    @public
    def changed(self, *values: Any) -> bool:
        """Whether the values differ from those of the turn before."""
        changed: bool = values != self._seen
        self._seen = values
        return changed
