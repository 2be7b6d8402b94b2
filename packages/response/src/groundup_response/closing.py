"""Close what a response holds: files, generators, and async ones that may have to be awaited.

    file, generator             close()    done when it returns
    async generator             aclose()   returns something to await
    list, any other iterable               needs no closing

An async generator that nobody has started, or that has nothing to clean up, can be closed without
a loop: its ``aclose`` runs to its end at the first step.  One that waits for something cannot, and
leaving it open in silence would leak what it holds, so that is an error.
"""

from collections.abc import Awaitable
from typing import Any

__all__ = ["can_close", "close_body", "finish_now"]


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
