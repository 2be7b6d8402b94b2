"""What every log record of a request should say, without anyone passing it on: context variables.

    with log_context(request_id="7f3a"):    in a layer
        ...
            bind(user_id=42)                deep inside, when it is known
            logger.info("paid")             {"message": "paid", "request_id": "7f3a", "user_id": 42}

    with counting() as counts:              in a layer
        ...
            count("queries")                deep inside, each time
    counts                                  {"queries": 3}

The values follow into tasks by themselves; into a thread that you start, with ``carry``.
"""

import contextvars
import logging
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

__all__ = [
    "Bound",
    "ContextFilter",
    "RequestScope",
    "bind",
    "carry",
    "count",
    "counting",
    "current_bound",
    "current_context",
    "log_context",
]

P = ParamSpec("P")
T = TypeVar("T")

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Bound:
    """What is bound, and what a formatter has made of it: the lines of a request share that.

    It is replaced and never changed: a task that has a copy of the context keeps its own.
    """

    __slots__ = ("values", "written")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.written: tuple[object, str | None] | None = None  # by whom, and what


UNBOUND = Bound(NOTHING)
_context: ContextVar[Bound] = ContextVar("groundup_log_context", default=UNBOUND)


def current_context() -> Mapping[str, Any]:
    """Return what is bound here."""
    return _context.get().values


def current_bound() -> Bound:
    """Return the same with what was made of it."""
    return _context.get()


def bind(**values: Any) -> None:
    """Add values to the records of this task, until the `log_context` around it ends.

    A value of None takes one away.
    """
    merged = {**current_context(), **values}
    kept = {name: value for name, value in merged.items() if value is not None}
    _context.set(Bound(MappingProxyType(kept)))


@contextmanager
def log_context(**values: Any) -> Generator[None, None, None]:
    """Add values to the records of a block; what is bound inside ends with it.

    >>> with log_context(request_id="7f3a"):
    ...     bind(user_id=42)
    ...     dict(current_context())
    {'request_id': '7f3a', 'user_id': 42}
    >>> dict(current_context())
    {}
    """
    before = _context.get()
    bind(**values)
    try:
        yield
    finally:
        # Not reset(token): a layer may leave in another context than it came in, when a server
        # closes an abandoned request, and a token is good for its own context only.
        _context.set(before)


# One object for all tasks and threads of a request: each adds to the same counts.
_counts: ContextVar[dict[str, int] | None] = ContextVar("groundup_log_counts", default=None)
_lock = threading.Lock()  # held for one addition


def count(name: str, number: int = 1) -> None:
    """Count something that a request does, such as its queries.

    Nothing happens outside of `counting`, so whoever has something to count need not ask.
    """
    counts = _counts.get()
    if counts is not None:
        with _lock:
            counts[name] = counts.get(name, 0) + number


@contextmanager
def counting() -> Generator[dict[str, int], None, None]:
    """Collect what is counted in a block, in the tasks and threads that it starts, too.

    >>> with counting() as counts:
    ...     count("queries")
    ...     count("queries", 2)
    >>> counts
    {'queries': 3}
    """
    before = _counts.get()
    counts: dict[str, int] = {}
    _counts.set(counts)
    try:
        yield counts
    finally:
        _counts.set(before)  # not reset(token), as above


class RequestScope:
    """`log_context` and `counting` in one, for a layer around every request: a third of the time.

    >>> with RequestScope(request_id="7f3a") as counts:
    ...     count("queries")
    ...     current_context()["request_id"], counts
    ('7f3a', {'queries': 1})
    """

    __slots__ = ("_before", "_counts", "_id")

    def __init__(self, request_id: object) -> None:
        self._id = request_id

    def __enter__(self) -> dict[str, int]:
        self._before, self._counts = _context.get(), _counts.get()
        if self._id is not None:
            values = {**self._before.values, "request_id": self._id}
            _context.set(Bound(MappingProxyType(values)))
        counts: dict[str, int] = {}
        _counts.set(counts)
        return counts

    def __exit__(self, *error: object) -> None:
        _context.set(self._before)
        _counts.set(self._counts)


def carry(function: Callable[P, T]) -> Callable[P, T]:
    """Return a function that runs with the context of this moment, in whatever thread.

    >>> with log_context(request_id="7f3a"):
    ...     later = carry(lambda: current_context()["request_id"])
    >>> later()
    '7f3a'
    """
    context = contextvars.copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        # A context can be entered once at a time; a copy lets two threads call one function.
        return context.copy().run(function, *args, **kwargs)

    return run


class ContextFilter(logging.Filter):
    """Puts what is bound onto each record as attributes.  It belongs on a handler.

    A filter on a logger would not see the records of the loggers below it.

    Args:
        variables: Context variables of others, by the name that the attribute gets.
    """

    def __init__(self, variables: Mapping[str, ContextVar[Any]] | None = None) -> None:
        super().__init__()
        self.variables = dict(variables or {})

    def filter(self, record: logging.LogRecord) -> bool:
        """Complete the record; it always passes."""
        names = record.__dict__
        for name, value in current_context().items():
            names.setdefault(name, value)
        self.add_variables(names)
        return True

    def add_variables(self, names: dict[str, Any]) -> None:
        """Add the context variables of others, where the fields do not say it themselves."""
        for name, variable in self.variables.items():
            value = variable.get(None)
            if value is not None:
                names.setdefault(name, value)
