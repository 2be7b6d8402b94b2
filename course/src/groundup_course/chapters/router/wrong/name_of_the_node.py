"""Keeps the name of a parameter in the tree, where routes share it.

first-fail: m4_names
message: 'params': {'slug':
turn: Two routes share a node of your tree, and so its name: keep names with the route, and
  values with the walk.
"""

from typing import Any

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Gives each place of a parameter the first name that it hears."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[tuple[str, ...], str] = {}

    def add(self, pattern: str, handler: Any, **options: Any) -> None:
        """Add the route under the names that its places have already."""
        parts: list[str] = []
        for part in pattern.split("/"):
            if part.startswith(":"):
                place = (*(":" if one[:1] == ":" else one for one in parts), ":")
                part = self._names.setdefault(place, part)  # noqa: PLW2901 - the wrong turn
            parts.append(part)
        super().add("/".join(parts), handler, **options)
