"""The tree of routes, and the walk of one path through it.

    /
    └─ users            1  fits
       ├─ me            2  fits
       │  └─ settings   3  not 'posts'
       └─ :id           4  fits
          └─ posts      5  fits: found

The steps are those of `Router.explain`.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from groundup_router import Router, RouterError
from groundup_router.explain import Explanation

__all__ = ["draw"]

Labels = tuple[str, ...]


class Branch(dict[str, "Branch"]):
    """What may follow a part of a path, and whether a route ends here."""

    ends = False


def draw(routes: str, path: str) -> str:
    """Return the picture: the tree with the steps of the walk, and where it ended.

    Args:
        routes: One pattern a line.
        path: What is looked up.
    """
    router = Router()
    try:
        for pattern in routes.split():
            router.add(pattern, pattern)
        found: Explanation = router.explain(path.strip())
    except RouterError as error:
        return f'<p class="visual-error" role="alert">{escape(str(error))}</p>'
    root = Branch()
    for route in router.routes():
        branch = root
        for label in route.pattern.split("/")[1:]:
            branch = branch.setdefault(label, Branch())
        branch.ends = True
    walk = read_walk(found)
    tree = "".join(draw_branches(root, (), walk))
    return f'<ol class="tree">{tree}</ol>\n{tell_end(found)}'


def read_walk(found: Explanation) -> Mapping[Labels, tuple[int, str]]:
    """Return the number and the verdict of each step, by the labels on the way to it."""
    walk: dict[Labels, tuple[int, str]] = {}
    way: list[str] = []
    segments = found.path.split("/")
    for number, step in enumerate(found.steps, 1):
        if not step.depth:
            continue
        del way[step.depth - 1 :]
        if step.names:
            for name in step.names:
                walk.setdefault((*way, name), (number, f"it is {segments[step.depth]!r}"))
            continue
        way.append(step.label)
        walk[tuple(way)] = (number, step.reason)
    return walk


def draw_branches(branch: Branch, way: Labels, walk: Mapping[Labels, Any]) -> Iterator[str]:
    """Yield an item for each branch, with what is below it."""
    for label, child in sorted(branch.items(), key=lambda item: rank(item[0])):
        here = (*way, label)
        number, reason = walk.get(here, (0, ""))
        kind = "" if not number else "refused" if reason else "fits"
        verdict = f"not: {reason}" if reason else "fits" if number else "not tried"
        mark = f'<b class="step">{number}</b> ' if number else ""
        end = ' <span class="end">route</span>' if child.ends else ""
        below = "".join(draw_branches(child, here, walk))
        yield (
            f'<li class="{kind}"><code>{escape(label) or "(the end)"}</code>{end} '
            f'<span class="verdict">{mark}{escape(verdict)}</span>'
            + (f"<ol>{below}</ol>" if below else "")
            + "</li>"
        )


def rank(label: str) -> tuple[int, str]:
    """Return what sorts labels in the order in which they are tried."""
    return (2 if label == "*" else 1 if label.startswith(":") else 0), label


def tell_end(found: Explanation) -> str:
    """Return where the walk ended, in words."""
    if found.error:
        return f'<p class="visual-error" role="alert">{escape(found.error)}</p>'
    if found.match is None:
        near = "".join(f"<li>{escape(text)}</li>" for text in found.near)
        return "<p><b>No route.</b></p>" + (f"<p>Near:</p><ul>{near}</ul>" if near else "")
    params = ", ".join(f"{name} = {value!r}" for name, value in found.match.params.items())
    return (
        f"<p><b>Route</b> <code>{escape(found.match.pattern)}</code>"
        + (f" with <code>{escape(params)}</code>" if params else "")
        + "</p>"
    )
