"""A list of regular expressions, sorted by precedence when a route is added.

Short, and right; each look-up tries the routes one after the other, so it grows with their number.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote


class Router:
    """Tries one expression after the other."""

    def __init__(self) -> None:
        self._routes: list[tuple[tuple[int, ...], re.Pattern[str], list[str], str | None, Any]] = []

    def add(
        self,
        pattern: str,
        handler: Any,
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
    ) -> None:
        """Compile the pattern and put it in its place."""
        names = [part.lstrip(":") for part in pattern.split("/") if part[:1] in {":", "*"}]
        expression, rank = self.compile(pattern), self.rank(pattern)
        for method in methods or (None,):
            self._routes.append((rank, expression, names, method, handler))
        self._routes.sort(key=lambda route: route[0])

    def compile(self, pattern: str) -> re.Pattern[str]:
        """Return the expression of a pattern."""
        return re.compile(write_expression(pattern))

    def rank(self, pattern: str) -> tuple[int, ...]:
        """Return what to sort by: 0 for text, 1 for a parameter, 2 for the rest, by segment."""
        return tuple({":": 1, "*": 2}.get(part[:1], 0) for part in pattern.split("/"))

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Return the first route whose expression fits and whose method is the one."""
        for _, expression, names, own, handler in self._routes:
            fits = method is None or own in {None, method} or (own, method) == ("GET", "HEAD")
            found = expression.fullmatch(path) if fits else None
            if found:
                values = map(decode, found.groups(), names)
                return {"handler": handler, "params": dict(zip(names, values, strict=True))}
        return None


def write_expression(pattern: str) -> str:
    """Return a pattern as a regular expression, with a group for each parameter.

    >>> write_expression("/users/:id/*")
    '/users/([^/]+)/(.*)'
    """
    kinds = {":": "([^/]+)", "*": "(.*)"}
    return "/".join(kinds.get(part[:1]) or re.escape(part) for part in pattern.split("/"))


def decode(text: str, name: str) -> str:
    """Return the text of a parameter; in a wildcard an encoded slash stays encoded."""
    if name != "*":
        return unquote(text)
    return "/".join(unquote(segment).replace("/", "%2F") for segment in text.split("/"))
