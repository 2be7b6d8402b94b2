"""Build the path of a route: the way back from ``match``.

    route   /users/:id        url_for("user", id="a/b", tab="posts")
    path    /users/a%2Fb      each value is encoded for the one segment that it is
    query   ?tab=posts        what the pattern does not name

A path is given out only if it leads back to the same route with the same values; ``id="me"`` where
``/users/me`` is a route of its own does not.  Links that a program writes are links that work.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from groundup_router.errors import BuildError, PathError
from groundup_router.match import Match, Route
from groundup_router.segments import Mixed, Param, Segment, Static, Wildcard

__all__ = ["build_url"]

# What a segment may hold as it is: RFC 3986, section 3.3.
SEGMENT_CHARACTERS = "!$&'()*+,-.:;=@_~"


def build_url(
    route: Route, params: Mapping[str, Any], find: Callable[[str, str | None], Match | None]
) -> str:
    """Return the path of a route, with what is left of the parameters as its query.

    Raises:
        BuildError: A parameter is missing, or the path would not match back.
    """
    names = set(route.parsed.names)
    if missing := sorted(names - params.keys()):
        raise BuildError(f"parameter {missing[0]!r} must be given for {route.pattern!r}")
    texts: dict[str, str] = {}
    for segment in route.parsed.segments:
        texts.update(format_segment(segment, params))
    path = "/".join([join_segment(segment, texts) for segment in route.parsed.segments])
    check_back(route, path, texts, find)
    query = urlencode(
        [
            (name, value)
            for name, value in params.items()
            if name not in names and value is not None
        ],
        doseq=True,
    )
    return f"{path}?{query}" if query else path


def format_segment(segment: Segment, params: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a segment's values by name."""
    match segment:
        case Static():
            return {}
        case Wildcard(name):
            return {name: str(params[name])}
        case Param():
            return {segment.name: format_value(segment, params[segment.name])}
        case Mixed():
            return {param.name: format_value(param, params[param.name]) for param in segment.params}


def format_value(param: Param, value: Any) -> str:
    """Return the text of a value.

    Raises:
        BuildError: The converter has no text for it.
    """
    try:
        return param.format(value)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        msg = f"value of {param} must have a text, got {value!r:.40}: {error}"
        raise BuildError(msg) from error


def join_segment(segment: Segment, texts: Mapping[str, str]) -> str:
    """Return a segment as it is sent."""
    match segment:
        case Static(text):
            return quote(text, safe=SEGMENT_CHARACTERS)
        case Wildcard(name):
            # %2F in the rest of a path is a slash that belongs to a segment: see `read_rest`.
            return "/".join(
                quote(text.replace("%2F", "/"), safe=SEGMENT_CHARACTERS)
                for text in texts[name].split("/")
            )
        case Param(name):
            return quote(texts[name], safe=SEGMENT_CHARACTERS)
        case Mixed(parts):
            return "".join(join_segment(part, texts) for part in parts)


def check_back(
    route: Route,
    path: str,
    texts: Mapping[str, str],
    find: Callable[[str, str | None], Match | None],
) -> None:
    """Refuse a path that does not lead where it was built for."""
    if path.startswith("//"):
        raise BuildError(f"path must not start with '//', which names a host, got {path[:40]!r}")
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise BuildError(
            f"segments must not be '.' or '..', which clients remove, got {path[:40]!r}"
        )
    try:
        found = find(path, route.methods[0] if route.methods else None)
    except PathError as error:
        raise BuildError(f"path must match back: {error}") from error
    if found is None or (found.route is not route and found.route.parsed.key != route.parsed.key):
        other = f"it leads to {found.pattern!r}" if found else "it leads nowhere"
        raise BuildError(f"path of {route.pattern!r} must match back, got {path[:40]!r}: {other}")
    back: dict[str, str] = {}
    for segment in found.route.parsed.segments:
        back.update(format_segment(segment, found.params))
    if list(back.values()) != list(texts.values()):
        msg = f"values must come back as they are, got {path[:40]!r}: it gives {found.params!r:.80}"
        raise BuildError(msg)
