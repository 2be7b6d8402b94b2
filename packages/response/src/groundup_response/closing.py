"""Close what a response holds: files, generators, and async ones that may have to be awaited.

    file, generator             close()    done when it returns
    async generator             aclose()   returns something to await
    list, any other iterable               needs no closing

An async generator that nobody has started, or that has nothing to clean up, can be closed without
a loop: its ``aclose`` runs to its end at the first step.  One that waits for something cannot, and
leaving it open in silence would leak what it holds, so that is an error.
"""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from types import TracebackType
from typing import Any, Self

__all__ = ["Closing", "can_close", "close_body", "finish_now"]


def can_close(body: object) -> bool:
    """Whether a body holds something that has to be closed."""
    return type(body) is not bytes and (hasattr(body, "close") or hasattr(body, "aclose"))


def close_body(body: object) -> Any:
    """Close a stream that can be closed; return an awaitable when that takes waiting."""
    for name in ("aclose", "close"):
        if (close := getattr(body, name, None)) is not None:
            return close()
    return None


def finish_now(waiting: Awaitable[Any]) -> None:
    """Run an awaitable that has nothing to wait for, as the ``aclose`` of most streams.

    Raises:
        TypeError: It has to wait.
    """
    steps = waiting.__await__()
    try:
        next(steps)
    except StopIteration:
        return
    getattr(steps, "close", _nothing)()
    raise TypeError("closing this response has to wait: use aclose()")


def _nothing() -> None:
    """Close what needs no closing."""


class Closing:
    """Something with a body that is closed once, and with it whatever else was registered."""

    closable: bool = False
    """Whether something must be closed: a body that can be, or what ``call_on_close`` was given.

    Where it is False, ``close`` and ``aclose`` would do nothing and may be left out: a server that
    has sent a page need not wait for it.  It is kept by the response itself, and only read.
    """

    _closers: list[Callable[[], Any]] | None = None

    @property
    def body(self) -> Any:
        """What there is to be closed, if it can be."""
        raise NotImplementedError

    def call_on_close(self, function: Callable[[], Any]) -> None:
        """Have a function called once when the response has been sent, or given up."""
        if self._closers is None:
            self._closers = []
        self._closers.append(function)
        self.closable = True

    def close(self) -> None:
        """Close the body and call what ``call_on_close`` registered; the second time do nothing.

        Each is called even when an earlier one failed; the first error is raised at the end.

        Raises:
            TypeError: Something must be awaited: use ``aclose``.
        """
        errors: list[Exception] = []
        for function in self._take_closers():
            try:
                if isawaitable(waiting := function()):
                    finish_now(waiting)
            except Exception as error:  # noqa: BLE001 - raised below, after the others have run
                errors.append(error)
        if errors:
            raise errors[0]

    async def aclose(self) -> None:
        """Close as ``close`` does, and await what has to be awaited: async streams, coroutines."""
        errors: list[Exception] = []
        for function in self._take_closers():
            try:
                if isawaitable(waiting := function()):
                    await waiting
            except Exception as error:  # noqa: BLE001 - raised below, after the others have run
                errors.append(error)
        if errors:
            raise errors[0]

    def _take_closers(self) -> list[Callable[[], Any]]:
        """Return all that is to be closed, and forget it: closing happens once."""
        if not self.closable:
            return []
        functions, body = self._closers or [], self.body
        self._closers, self.closable = None, False
        return [lambda: close_body(body), *functions] if can_close(body) else functions

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()
