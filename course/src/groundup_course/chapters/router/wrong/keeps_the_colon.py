"""Names a parameter with its colon.

first-fail: m2_parameter
message: {':id':
turn: The colon marks the parameter in the pattern; the name in `params` goes without it.
"""

from typing import Any

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Finds the right routes and names what it took wrongly."""

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Put the colon back."""
        found = super().match(path, method)
        if found is not None:
            params = found["params"]
            found["params"] = {key if key == "*" else f":{key}": params[key] for key in params}
        return found
