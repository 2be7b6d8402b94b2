"""Lets a parameter at the end of a pattern take all that is left.

first-fail: m2_one_segment
message: {'id': '7/posts'}
turn: Your `:name` takes slashes, too, as `.+` does in an expression: it must stop at the next one.
"""

from typing import Any

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Adds each pattern that ends in a parameter as a wildcard, too."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[Any, str] = {}

    def add(self, pattern: str, handler: Any, **options: Any) -> None:
        """Add the route, and where its last segment is a parameter, once more for longer paths."""
        super().add(pattern, handler, **options)
        front, _, last = pattern.rpartition("/")
        if last.startswith(":"):
            self._names[handler] = last[1:]
            super().add(f"{front}/*", handler, **options)

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Give the rest to the parameter."""
        found = super().match(path, method)
        if found is not None and found["handler"] in self._names and found["params"].get("*"):
            found["params"][self._names[found["handler"]]] = found["params"].pop("*")
        return found if found is None or "" not in found["params"].values() else None
