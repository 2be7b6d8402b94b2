"""Boxes, lines and whole pictures as SVG, in two layouts: wide, and for a phone.

A picture is one ``<svg>`` with one inner ``<svg>`` for each layout; the site's style sheet shows
the one that fits (class ``wide`` or ``narrow``).  Colours are the style sheet's, too: a box has the
class of its state.  Without a style sheet both layouts stand below each other, in outlines.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html import escape

__all__ = ["Sheet", "picture", "reduce"]

GAP = 4  # between a line's end and the box that it points to


@dataclass(slots=True)
class Sheet:
    """One layout: what has been drawn on a sheet of this size."""

    width: float
    height: float
    lines: list[str] = field(default_factory=list[str])
    shapes: list[str] = field(default_factory=list[str])

    def box(  # noqa: PLR0913 - a box is what it is
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        label: str,
        *,
        href: str = "",
        state: str = "",
        title: str = "",
        note: str = "",
    ) -> None:
        """Draw a box with a label, perhaps a link; the state is a class of the style sheet."""
        number, _, name = label.partition(" ") if label[:1].isdigit() else ("", "", label)
        small = f'<tspan class="number">{number}</tspan> ' if number else ""
        more = f' <tspan class="note" dx="4">{escape(note)}</tspan>' if note else ""
        inner = (
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5" fill="none" '
            f'stroke="currentColor"/><text x="{x + width / 2:g}" y="{y + height / 2 + 4:g}" '
            f'text-anchor="middle">{small}{escape(name)}{more}</text>'
        )
        if title:
            inner = f"<title>{escape(title)}</title>{inner}"
        now = ' aria-current="page"' if state == "now" else ""
        link = f'<a href="{escape(href)}"{now}>{inner}</a>' if href else inner
        self.shapes.append(f'<g class="{f"box {state}".strip()}">{link}</g>')

    def band(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a ground for boxes to stand on."""
        self.lines.insert(
            0,
            f'<rect class="band" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
            'rx="6" fill="none"/>',
        )

    def text(
        self, x: float, y: float, text: str, *, anchor: str = "middle", kind: str = ""
    ) -> None:
        """Write a line of text."""
        self.shapes.append(
            f'<text class="{f"words {kind}".strip()}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">'
            f"{escape(text)}</text>"
        )

    def line(self, path: str, *, arrow: bool = False, kind: str = "") -> None:
        """Draw a line; the last point of an arrow is where its head is."""
        head = ' marker-end="url(#g-arrow)"' if arrow else ""
        self.lines.append(
            f'<path class="{f"line {kind}".strip()}" d="{path}" fill="none" '
            f'stroke="currentColor"{head}/>'
        )

    def curve(
        self, start: tuple[float, float], end: tuple[float, float], *, kind: str = ""
    ) -> None:
        """Draw an arrow that leaves downwards and arrives from above."""
        (x, y), (to_x, to_y) = start, (end[0], end[1] - GAP)
        bend = max(14, abs(to_y - y) / 2)
        path = f"M{x:g} {y:g}C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}"
        self.line(path, arrow=True, kind=kind)

    def svg(self, kind: str) -> str:
        """Return the layout as an inner picture."""
        inner = "\n".join([*self.lines, *self.shapes])
        return (
            f'<svg class="{kind}" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'preserveAspectRatio="xMidYMin meet">\n{inner}\n</svg>'
        )


ARROW = (
    '<defs><marker id="g-arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6" '
    'markerHeight="6" orient="auto-start-reverse"><path d="M0 0.8 7 4 0 7.2z" '
    'fill="currentColor"/></marker></defs>'
)


def picture(name: str, title: str, told: str, wide: Sheet, narrow: Sheet) -> str:
    """Return a whole picture; ``told`` says in words what it shows, for who cannot see it."""
    ratio = ";".join(
        f"--{kind}:{sheet.width:g}/{sheet.height:g}"
        for kind, sheet in (("wide", wide), ("narrow", narrow))
    )
    opening = (
        f'<svg class="drawn" xmlns="http://www.w3.org/2000/svg" role="group" style="{ratio}" '
        f'aria-labelledby="{name}-title {name}-told" font-family="inherit" font-size="12.5">'
    )
    parts = [
        opening,
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-told">{escape(told)}</desc>',
        ARROW,
        wide.svg("wide"),
        narrow.svg("narrow"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def reduce(needs: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Leave out what follows from the rest: fewer arrows say the same.

    >>> reduce({"a": [], "b": ["a"], "c": ["a", "b"]})
    {'a': [], 'b': ['a'], 'c': ['b']}
    """

    def below(name: str) -> set[str]:
        return {name}.union(*(below(other) for other in needs[name]))

    return {
        name: [
            one
            for one in wanted
            if not any(one in below(other) for other in wanted if other != one)
        ]
        for name, wanted in needs.items()
    }
