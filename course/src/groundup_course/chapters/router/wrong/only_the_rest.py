"""Forgets the parameters that stand before a wildcard.

first-fail: m3_with_parameter
message: {'*': 'a/b'}
turn: A wildcard adds to the parameters before it; yours begins a new dictionary.
"""

from typing import Any

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Has room for the wildcard alone."""

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Keep the rest and nothing else."""
        found = super().match(path, method)
        if found is not None and "*" in found["params"]:
            found["params"] = {"*": found["params"]["*"]}
        return found
