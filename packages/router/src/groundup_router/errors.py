"""The errors of this package, all below ``RouterError``.

Those that a program makes are raised while it is put together (``add``, ``url_for``).  Only
``PathError`` comes from a client, so only it carries the ``status`` to answer with.
"""

__all__ = ["BuildError", "PathError", "PatternError", "RouteConflict", "RouterError"]


class RouterError(ValueError):
    """A route, a path or a parameter is not what it must be."""


class PatternError(RouterError):
    """A pattern cannot be read: ``pattern`` is its text, ``offset`` where it goes wrong."""

    def __init__(self, message: str, pattern: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.pattern = pattern
        self.offset = offset


class RouteConflict(RouterError):  # noqa: N818 - says what happened, as StopIteration does
    """Two routes would answer the same request, or have the same name."""


class BuildError(RouterError, LookupError):
    """No path can be built: no such name, a parameter missing, or it would not match back."""


class PathError(RouterError):
    """The path of a request cannot be read: ``status`` is what a server should answer."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
