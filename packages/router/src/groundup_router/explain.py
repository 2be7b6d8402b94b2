"""Show what the router sees: its tree, and the walk of one path through it.

    GET /users/4x
      users             fits
        me, new         none is '4x'
        :id<int>        not '4x': must be 1 to 18 digits
    no route
      near: /users/:id<int>

The walk is the one that `Tree.search` makes, recorded, and not a second opinion.  The functions
that requests run give the same answer; a test holds the two together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from groundup_router.errors import PathError
from groundup_router.match import Match, Route
from groundup_router.segments import Key, Static
from groundup_router.tree import Step, Tree, split_path

__all__ = ["Explanation", "draw", "explain"]

MAX_NAMES = 6  # shown of the names at one node
MAX_NEAR = 3
WIDTH = 60


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a path was looked up; ``str()`` tells it.

    Attributes:
        match: What ``match`` returned.
        steps: What was tried, in order.
        near: What the client may have meant, and why it was not that.
        error: Why the path could not be read at all.
    """

    path: str
    method: str | None
    match: Match | None
    steps: tuple[Step, ...] = ()
    near: tuple[str, ...] = ()
    error: str = ""

    def __str__(self) -> str:
        head = f"{self.method or 'any method'} {self.path}"
        if self.error:
            return f"{head}\nerror: {self.error}"
        segments = split_path(self.path)
        lines = [head, *(write_step(step, segments) for step in self.steps if step.depth)]
        if self.match is None:
            return "\n".join([*lines, "no route", *(f"  near: {text}" for text in self.near)])
        lines.append(f"route: {self.match.route}")
        lines += [f"  {name} = {value!r}" for name, value in self.match.params.items()]
        return "\n".join(lines)


def write_step(step: Step, segments: list[str]) -> str:
    """Return the line of one step."""
    text = repr(segments[step.depth]) if step.depth < len(segments) else ""
    label, verdict = step.label, "fits"
    if step.names:
        label, verdict = name_few(step.names, segments[step.depth]), f"none is {text}"
    elif not text:
        verdict = step.reason
    elif step.reason:
        verdict = f"not {text}: {step.reason}"
    return f"{'  ' * step.depth}{label:<{max(24 - 2 * step.depth, 1)}}  {verdict}".rstrip()


def name_few(names: Iterable[str], text: str) -> str:
    """Return the nearest of the names, and how many more there are."""
    ordered = sorted(names)
    close = get_close_matches(text, ordered, MAX_NAMES, 0.3)
    shown = [*close, *(name for name in ordered if name not in close)][:MAX_NAMES]
    more = f" and {len(ordered) - MAX_NAMES} more" if len(ordered) > MAX_NAMES else ""
    return ", ".join(name or "''" for name in shown) + more


def explain(tree: Tree, path: str, method: str | None) -> Explanation:
    """Look a path up and keep the walk."""
    steps: list[Step] = []
    try:
        match = tree.search(path, method, steps)
    except PathError as error:
        return Explanation(path, method, None, error=str(error))
    near = () if match else tuple(dict.fromkeys(find_near(tree, path, method, steps)))
    return Explanation(path, method, match, tuple(steps), near[:MAX_NEAR])


def find_near(tree: Tree, path: str, method: str | None, steps: list[Step]) -> Iterator[str]:
    """Yield what would have matched with one thing changed."""
    for routes, _ in tree.every(path):
        names = ", ".join(sorted(name for name in routes if name))
        yield f"{routes[None].pattern} has {names}, but not {method}"
    other = path[:-1] if path.endswith("/") else f"{path}/"
    if other and (match := tree.search(other, method)):
        yield f"{other} ({match.pattern})"
    segments = split_path(path)
    for step in steps:
        if step.names:
            for name in get_close_matches(segments[step.depth], step.names, MAX_NEAR):
                changed = "/".join([*segments[: step.depth], name, *segments[step.depth + 1 :]])
                if match := tree.search(changed, method):
                    yield f"{changed} ({match.pattern})"
        elif step.reason and step.depth < len(segments):
            yield f"{step.label}: {segments[step.depth]!r} {step.reason}"


class Branch(dict[tuple[Key, str], "Branch"]):
    """The branches of a drawing below one segment, and the routes that end at it."""

    def __init__(self) -> None:
        super().__init__()
        self.routes: list[Route] = []


def draw(routes: Iterable[Route]) -> str:
    """Return the tree of routes as a drawing, branches in the order in which they are tried."""
    root = Branch()
    for route in routes:
        branch = root
        for segment in route.parsed.segments[1:]:
            branch = branch.setdefault((segment.key, str(segment)), Branch())
        branch.routes.append(route)
    end = Static("")
    head = root.pop((end.key, ""), Branch())
    return "\n".join([describe("/", head.routes), *draw_branch(root, "")])


def describe(head: str, routes: list[Route]) -> str:
    """Return a line with the routes that end at it."""
    ends = sorted(
        f"{','.join(route.methods or ('any',))} {name_handler(route.handler)}" for route in routes
    )
    return f"{head:<28} {'; '.join(ends)}".rstrip()


def draw_branch(branch: Branch, indent: str) -> Iterator[str]:
    """Yield the lines of all that is below a branch."""
    ordered = sorted(branch.items())
    for at, ((_, label), child) in enumerate(ordered, 1):
        corner, below = ("└─ ", "   ") if at == len(ordered) else ("├─ ", "│  ")
        yield describe(f"{indent}{corner}{label or '(slash at the end)'}", child.routes)
        yield from draw_branch(child, indent + below)


def name_handler(handler: Any) -> str:
    """Return what to call a handler."""
    return str(getattr(handler, "__qualname__", None) or repr(handler))[:WIDTH]
