"""The meter of one rendering, which also judges what a template calls.

One ``Run`` belongs to one call of ``render``.  It counts what the template takes, so the generated
code stays free of counters: a loop over a list pays for all its turns at once, before the first.
"""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from groundup_templating.errors import LimitError, SandboxError, TemplateError, shorten
from groundup_templating.lookup import Lookup
from groundup_templating.loop import SIZED
from groundup_templating.macro import Macro, Module
from groundup_templating.sandbox import Limits, check_method, is_public
from groundup_templating.undefined import Undefined

__all__ = ["Output", "Run", "Stream"]

TURNS_OF_A_CALL = 10  # what entering a macro or template costs, in turns of a loop
SETTLE_AFTER = 64  # turns of loops between two looks at the clock and the size of the output
PIECES = 64  # of a stream, before it is looked whether a part of the page is ready


class Output(list[str]):
    """The pieces of a text, and how many of them have been counted."""

    __slots__ = ("counted", "size")
    room = sys.maxsize  # pieces before somebody wants to take them away

    def __init__(self) -> None:
        super().__init__()
        self.counted = 0
        self.size = 0


class Stream(Output):
    """An output whose text is taken away while it is being written."""

    __slots__ = ("part", "taken")
    room = PIECES

    def __init__(self, part: int) -> None:
        super().__init__()
        self.part = part  # characters that are worth a pause
        self.taken = 0  # characters

    @property
    def ready(self) -> bool:
        """Whether enough has been counted for a pause."""
        return self.size - self.taken >= self.part

    def take(self) -> str:
        """Return what has been written, but for a line break at its end, which may go."""
        text = "".join(self)
        kept = text[-1:] if text.endswith("\n") else ""
        self[:] = [kept] if kept else []
        self.counted = len(self)
        self.taken += len(text) - len(kept)
        return text.removesuffix(kept)


class Run:
    """The meter of one rendering, and the judge of its calls."""

    __slots__ = ("_deadline", "_explicit", "_ids", "_left", "_ticks", "depth", "limits", "trusted")

    def __init__(self, explicit: Mapping[str, Any], limits: Limits, *, trusted: bool) -> None:
        self.limits = limits
        self.trusted = trusted
        self.depth = 0
        self._explicit = explicit
        self._ids: frozenset[int] | None = None
        self._left = limits.iterations
        self._ticks = 0
        seconds = limits.seconds
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def each(self, items: Any, out: Output) -> Iterable[Any]:
        """Return what a loop iterates over, paid for."""
        if type(items) not in SIZED:
            return self._count(items, out)
        count = len(items)
        self.spend(count)
        self._ticks += count
        if count > SETTLE_AFTER:
            return chain.from_iterable(self._portions(items, count, out))
        if self._ticks > SETTLE_AFTER:
            self.settle(out)
        return items  # type: ignore[no-any-return]  # one of SIZED

    def spend(self, count: int) -> None:
        """Pay for turns of a loop or calls of a macro."""
        if self._left is not None:
            self._left -= count
            if self._left < 0:
                raise LimitError(
                    f"a template may take at most {self.limits.iterations} turns of loops and "
                    "calls: give it less data, or the environment higher limits"
                )

    def settle(self, out: Output) -> None:
        """Look at the clock and at the size of the output; join its pieces on the way."""
        self._ticks = 0
        piece = "".join(out[out.counted :])
        out[out.counted :] = [piece]
        out.counted += 1
        out.size += len(piece)
        if self.limits.output is not None and out.size > self.limits.output:
            raise LimitError(f"the output must have at most {self.limits.output} characters")
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise LimitError(f"a template must be done in {self.limits.seconds} seconds")

    def finish(self, out: Output) -> str:
        """Return the whole text of an output."""
        if self.limits.output is not None:
            size = out.size + sum(map(len, out[out.counted :]))
            if size > self.limits.output:
                raise LimitError(
                    f"the output must have at most {self.limits.output} characters, got {size}"
                )
        return "".join(out)

    def rest(self, seconds: float) -> None:
        """Leave out of account that nothing has been done for some time."""
        if self._deadline is not None:
            self._deadline += seconds

    def _portions(self, items: Iterable[Any], count: int, out: Output) -> Iterator[Iterable[Any]]:
        """Yield the items in portions, and settle between them: that costs no turn anything."""
        iterator = iter(items)
        for _ in range(0, count, SETTLE_AFTER):
            yield islice(iterator, SETTLE_AFTER)
            self.settle(out)

    def _count(self, items: Any, out: Output) -> Iterator[Any]:
        try:
            iterator = iter(items)
        except TypeError:
            raise TemplateError(
                f"a loop must have something to iterate over, got {shorten(items)}"
            ) from None
        for number, item in enumerate(iterator):
            self.spend(1)
            if number % SETTLE_AFTER == SETTLE_AFTER - 1:
                self.settle(out)
            yield item

    def enter(self) -> None:
        """Go one level deeper: into a macro, a block or an included template."""
        self.spend(TURNS_OF_A_CALL)
        self.depth += 1
        if self.limits.depth is not None and self.depth > self.limits.depth:
            raise LimitError(
                f"macros and includes must be nested at most {self.limits.depth} deep: "
                "does one call itself without an end?"
            )

    def leave(self) -> None:
        """Come back from a level."""
        self.depth -= 1

    def call(self, function: Any, /, *arguments: Any, **named: Any) -> Any:
        """Call what a name of the template holds, if templates may."""
        if type(function) is not Macro and not self.trusted and not self._may_call(function):
            name = getattr(function, "__name__", None) or shorten(function)
            raise SandboxError(
                f"{name} may not be called from a template: give it to the context under a name "
                "of its own, or mark it with @public"
            )
        return function(*arguments, **named)

    def _may_call(self, function: Any) -> bool:
        if isinstance(function, Undefined):
            raise function.error()
        if self._ids is None:
            self._ids = frozenset(map(id, self._explicit.values()))
        return id(function) in self._ids or is_public(function)

    def call_method(
        self, lookup: Lookup, value: Any, name: str, /, *arguments: Any, **named: Any
    ) -> Any:
        """Call ``value.name(…)``: a method of the table first, then what a look-up finds."""
        if not self.trusted and not isinstance(value, Undefined | Module):
            if check_method(value, name, arguments):
                return getattr(value, name)(*arguments, **named)
        elif self.trusted and isinstance(value, Mapping) and hasattr(value, name):  # pyright: ignore[reportUnknownArgumentType]  # of anything
            return getattr(value, name)(*arguments, **named)  # pyright: ignore[reportUnknownArgumentType]  # of anything
        return self.call(lookup.get(value, name), *arguments, **named)
