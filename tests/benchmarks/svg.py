"""Write pictures as SVG: rectangles, lines and words, and nothing else.

A picture is read beside the page's text, on a phone, by day and by night: so it is narrow, its
letters are large, its background is the page's, its colours are few and named, and a style in it
gives each name a value for light and for dark pages.  Its ``title`` and ``desc`` say what it shows
to those who hear it.

>>> picture = Picture(100, 40, "One bar", "It is half as wide as it could be.")
>>> picture.rectangle(0, 0, 50, 20, "ours")
>>> picture.words(54, 14, "a bar")
>>> print(str(picture).splitlines()[-2])
<text class="text" x="54" y="14">a bar</text>
"""

from collections.abc import Iterable
from html import escape

STYLE = """
svg { font: 13px system-ui, sans-serif; }
.text { fill: #1f2328; } .faint { fill: #59636e; } .strong { font-weight: 600; }
.spread { stroke: #59636e; stroke-width: 1.5; fill: none; }
.rule { stroke: #d1d9e0; fill: none; } .inside { fill: #1f2328; font-size: 11px; }
.ours { fill: #3949ab; } .peer { fill: #9aa4b2; } .limit { fill: #1a7f37; }
.line-ours { stroke: #3949ab; } .line-peer { stroke: #7a8594; } .line-limit { stroke: #1a7f37; }
.line-ours, .line-peer, .line-limit { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
.line-peer { stroke-dasharray: 2 3; } .line-limit { stroke-dasharray: 8 3; }
.heat0 { fill: #c5cae9; } .heat1 { fill: #b2dfdb; } .heat2 { fill: #ffe0b2; }
.heat3 { fill: #f8bbd0; } .heat4 { fill: #f0f4c3; } .heat5 { fill: #cfd8dc; }
@media (prefers-color-scheme: dark) {
.text { fill: #e6edf3; } .faint { fill: #9ea7b3; } .rule { stroke: #3d444d; }
.spread { stroke: #9ea7b3; }
.ours { fill: #8c9eff; } .peer { fill: #6b7685; } .limit { fill: #57ab5a; }
.line-ours { stroke: #8c9eff; } .line-peer { stroke: #9aa4b2; } .line-limit { stroke: #57ab5a; }
}
"""


def number(value: float) -> str:
    """Return a coordinate, as short as it can be."""
    return f"{value:.1f}".removesuffix(".0")


class Picture:
    """A drawing of a size, to which things are added; ``str`` gives the file."""

    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        self.width, self.height = width, height
        self._title, self._description = title, description
        self._parts: list[str] = []

    def rectangle(self, x: float, y: float, width: float, height: float, name: str) -> None:
        """Add a rectangle."""
        size = f'width="{number(width)}" height="{number(height)}"'
        self._parts.append(f'<rect class="{name}" x="{number(x)}" y="{number(y)}" {size} rx="2"/>')

    def words(
        self, x: float, y: float, words: str, name: str = "text", anchor: str = "start"
    ) -> None:
        """Add words, which start, have their middle, or end at a place."""
        at = "" if anchor == "start" else f' text-anchor="{anchor}"'
        place = f'x="{number(x)}" y="{number(y)}"{at}'
        self._parts.append(f'<text class="{name}" {place}>{escape(words)}</text>')

    def line(self, points: Iterable[tuple[float, float]], name: str) -> None:
        """Add a line through points."""
        path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self._parts.append(f'<polyline class="{name}" points="{path}"/>')

    def __str__(self) -> str:
        box = f"0 0 {number(self.width)} {number(self.height)}"
        size = f'viewBox="{box}" width="{number(self.width)}"'
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="t d">',
                f'<title id="t">{escape(self._title)}</title>',
                f'<desc id="d">{escape(self._description)}</desc>',
                f"<style>{STYLE}</style>",
                *self._parts,
                "</svg>",
                "",
            ]
        )
