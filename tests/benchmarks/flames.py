"""Draw where the time goes: a flame graph of stacks that were looked at many times a second.

Every box is a function; what it calls lies above it, and its width is the share of looks in which
it was on the stack.  Boxes side by side are in the order in which a request comes by (`ORDER`), and
what that does not name comes last: the picture shows shares and not a course of time.  Colours
are packages.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.benchmarks.svg import Picture

WIDTH = 560.0
ROW = 19.0
LETTER = 6.0  # the width of one, about
LEAST = 0.004  # of all looks: less is a box that nobody can see

# What is called from one place, first things first.
ORDER = (
    *("RequestParser.take_head", "HTTPProtocol._begin", "Application.handle", "Exchange._send"),
    *("Router.match", "plaintext", "user", "Response.serialize_small", "Exchange._finish"),
)
PACKAGES = ("asyncserver", "httpparse", "messages", "router", "response")


@dataclass
class Flame:
    """A function, how often it was seen, and what it called."""

    name: str
    count: int = 0
    above: dict[str, "Flame"] = field(default_factory=dict[str, "Flame"])


def grow(stacks: Mapping[str, int]) -> Flame:
    """Return the tree of stacks ``main;serve;answer``, each with the number of its looks.

    >>> tree = grow({"a;b": 3, "a;c": 1})
    >>> tree.count, tree.above["a"].above["b"].count
    (4, 3)
    """
    root = Flame("all")
    for stack, count in stacks.items():
        root.count += count
        at = root
        for name in stack.split(";"):
            at = at.above.setdefault(name, Flame(name))
            at.count += count
    return root


def boxes(flame: Flame, left: float = 0.0, level: int = 0) -> Iterator[tuple[Flame, float, int]]:
    """Yield each function with where it begins, in looks, and its level."""
    yield flame, left, level
    for above in sorted(flame.above.values(), key=rank):
        yield from boxes(above, left, level + 1)
        left += above.count


def rank(flame: Flame) -> tuple[int, str]:
    """Return where a function stands among those beside it."""
    name = short(flame.name)
    return (ORDER.index(name) if name in ORDER else len(ORDER)), flame.name


def kind(name: str) -> str:
    """Return the colour of a function: that of its package."""
    for at, package in enumerate(PACKAGES):
        if f"groundup_{package}" in name:
            return f"heat{at}"
    return "heat5"


def draw_flames(title: str, stacks: Mapping[str, int]) -> Picture:
    """Draw the picture, with the deepest function on top."""
    root = grow(stacks)
    seen = [box for box in boxes(root) if box[0].count >= root.count * LEAST]
    levels = max(level for _, _, level in seen) + 1
    top = 26.0
    own = sorted(own_shares(stacks).items(), key=lambda item: -item[1])[:5]
    words = "; ".join(f"{short(name)} {share:.0%}" for name, share in own)
    bottom = top + levels * ROW + 8
    picture = Picture(WIDTH, bottom + ROW, title, f"Most time of their own have {words}.")
    picture.words(0, 16, title)
    x = 0.0
    for at, package in enumerate([*PACKAGES, "others"]):
        picture.rectangle(x, bottom, 11, 11, f"heat{at}")
        picture.words(x + 15, bottom + 10, package, "faint")
        x += 26 + len(package) * 7.4
    for flame, left, level in seen:
        x, width = left / root.count * WIDTH, flame.count / root.count * WIDTH
        y = top + (levels - 1 - level) * ROW
        picture.rectangle(x, y, max(width - 0.6, 0.4), ROW - 1, kind(flame.name))
        letters = int((width - 6) / LETTER)
        if letters >= 3:
            picture.words(x + 3, y + 13, short(flame.name)[:letters], "inside")
    return picture


def short(name: str) -> str:
    """Return the function without its file.

    >>> short("feed (groundup_httpparse/parser.py)")
    'feed'
    """
    return name.partition(" (")[0]


def own_shares(stacks: Mapping[str, int]) -> dict[str, float]:
    """Return the share of looks in which each function was the one that ran."""
    total, found = sum(stacks.values()), dict[str, float]()
    for stack, count in stacks.items():
        name = stack.rpartition(";")[2]
        found[name] = found.get(name, 0.0) + count / total
    return found
