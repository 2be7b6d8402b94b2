"""Run a layer for some requests only.

    if_method(["POST", "PUT"], csrf)        ─┐
    if_path("/admin/*", log_in)              ├─ condition(request)? layer : straight on
    if_header("Upgrade", handshake)          │
    when(condition, layer), unless(…)       ─┘

A condition is a plain function that looks at the request and does not block: it is called wherever
the request is.  The layer may be sync or async; a request that it is not meant for costs no thread.

Paths are compared as the router reads them, segment by segment and decoded.  Compared as text,
``/%61dmin`` would pass by a guard on ``/admin`` and still reach the page.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias
from urllib.parse import unquote

from groundup_compose.factories import annotate
from groundup_middleware import (
    Layer,
    Next,
    RequestLike,
    colour_free,
    describe,
    is_async,
    nonblocking,
)

__all__ = ["if_header", "if_method", "if_path", "unless", "when"]

Condition: TypeAlias = Callable[[Any], object]


def when(condition: Condition, layer: Layer, otherwise: Layer | None = None) -> Layer:
    """Run ``layer`` if the condition is true, ``otherwise`` (or nothing) if it is not.

    >>> from groundup_middleware import Pipeline
    >>> from groundup_response import Response
    >>> deny = lambda request, next: Response(403)
    >>> pipeline = Pipeline([when(lambda request: request == "bad", deny)])
    >>> [pipeline.run_sync(name, lambda request: Response(200)).status for name in ("good", "bad")]
    [200, 403]
    """
    label = f"when({describe(condition)})"
    return _choose(condition, layer, otherwise, label)


def unless(condition: Condition, layer: Layer) -> Layer:
    """Run ``layer`` if the condition is false."""
    _refuse_async(condition)
    return _choose(
        lambda request: not condition(request), layer, None, f"unless({describe(condition)})"
    )


def if_method(methods: str | Iterable[str], layer: Layer) -> Layer:
    """Run ``layer`` for these methods: ``if_method(["POST", "PUT", "DELETE"], check)``."""
    wanted = frozenset([methods] if isinstance(methods, str) else methods)
    if odd := {method for method in wanted if method != method.upper()}:
        raise ValueError(f"methods are case-sensitive and in capitals, got {sorted(odd)}")

    def condition(request: RequestLike) -> bool:
        return request.method in wanted

    return _choose(condition, layer, None, f"if_method({', '.join(sorted(wanted))})")


def if_header(name: str, layer: Layer, value: str | None = None) -> Layer:
    """Run ``layer`` if the request has a field, or has it with just this value."""

    def condition(request: RequestLike) -> bool:
        found = request.headers.get(name)
        return found is not None if value is None else found == value

    label = f"if_header({name})" if value is None else f"if_header({name}: {value})"
    return _choose(condition, layer, None, label)


def if_path(pattern: str | re.Pattern[str] | Iterable[str], layer: Layer) -> Layer:
    r"""Run ``layer`` for certain paths.

    Args:
        pattern: One or several of: a path (``/about``); one with parameters (``/users/:id/edit``);
            one that ends in a star, for itself and everything below (``/admin/*``); or a compiled
            regular expression that must match the whole decoded path.  A slash at the end makes no
            difference: a guard must not be left out because of one.
        layer: What to run.

    >>> matches = compile_pattern("/admin/*")
    >>> matches("/admin"), matches("/%61dmin/users?page=2"), matches("/administer")
    (True, True, False)
    """
    several = [pattern] if isinstance(pattern, str | re.Pattern) else list(pattern)
    tests = [compile_pattern(one) for one in several]

    def condition(request: RequestLike) -> bool:
        path = request.path
        return any(test(path) for test in tests)

    names = [one if isinstance(one, str) else one.pattern for one in several]
    return _choose(condition, layer, None, f"if_path({', '.join(names)})")


def compile_pattern(pattern: str | re.Pattern[str]) -> Callable[[str], bool]:
    """Return the function that tells whether a path, as it was sent, fits a pattern."""
    if isinstance(pattern, re.Pattern):
        expression = pattern
        return lambda path: expression.fullmatch("/".join(["", *split_path(path)])) is not None
    if not pattern.startswith("/"):
        raise ValueError(f"a path starts with a slash, got {pattern!r:.40}")
    wanted = [segment for segment in pattern.split("/") if segment]
    deep = bool(wanted) and wanted[-1] == "*"
    if deep:
        wanted.pop()
    if "*" in wanted:
        raise ValueError(f"a star stands at the end, after a slash, got {pattern!r:.40}")

    def matches(path: str) -> bool:
        segments = split_path(path)
        if len(segments) < len(wanted) or (len(segments) > len(wanted) and not deep):
            return False
        pairs = zip(wanted, segments, strict=False)  # below a star there are more of the latter
        return all(want == segment or want.startswith(":") for want, segment in pairs)

    return matches


def split_path(path: str) -> list[str]:
    """Return the decoded segments of a path; an encoded slash stays inside of its segment."""
    return [unquote(segment) for segment in path.partition("?")[0].split("/") if segment]


def _choose(condition: Condition, layer: Layer, otherwise: Layer | None, label: str) -> Layer:
    _refuse_async(condition)
    chosen = colour_free(layer)
    other = None if otherwise is None else colour_free(otherwise)

    @nonblocking
    def conditional(request: Any, next: Next) -> Any:
        if condition(request):
            return chosen(request, next)
        return next() if other is None else other(request, next)

    layers = (layer,) if otherwise is None else (layer, otherwise)
    return annotate(conditional, label, *layers, together=True)


def _refuse_async(condition: Condition) -> None:
    if is_async(condition):
        raise TypeError(f"a condition must be a plain function, {describe(condition)} is async")
