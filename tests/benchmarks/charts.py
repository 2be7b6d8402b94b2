"""Two kinds of plots: bars that are compared, and lines over an axis that grows tenfold."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.benchmarks.svg import Picture

WIDTH = 440.0
LABELS, VALUES = 150.0, 62.0  # left and right of the bars
ROW, BAR, BARS_TOP = 24.0, 13.0, 44.0
PLOT_TOP, PLOT_LEFT, PLOT_RIGHT, PLOT_HEIGHT = 52.0, 64.0, 126.0, 210.0
SAMPLE = 20.0  # of a line, before its name


@dataclass(frozen=True)
class Bar:
    """One bar; the range is that of the turns."""

    label: str
    value: float
    low: float
    high: float
    kind: str = "peer"  # or "ours", "limit"


@dataclass(frozen=True)
class Line:
    """One line over the clients."""

    label: str
    points: tuple[tuple[float, float], ...]
    kind: str = "peer"


def describe_bars(bars: Iterable[Bar], unit: str) -> str:
    """Return what the bars show, in words."""
    return ", ".join(f"{bar.label} {show(bar.value)} {unit}" for bar in bars) + "."


def show(value: float) -> str:
    """Return a figure with two or three digits that mean something.

    >>> show(7.12), show(17.04), show(1401.4), show(0.35)
    ('7.1', '17', '1,401', '0.35')
    """
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def draw_bars(title: str, unit: str, bars: Sequence[Bar]) -> Picture:
    """Draw a bar for each, and below it a thin line from the lowest to the highest turn.

    The figure stands behind both, so nothing crosses it.  What is more than three times as long as
    the middle bar is cut; an arrow before its figure says so.
    """
    middle = sorted(bar.value for bar in bars)[len(bars) // 2]
    end = min(max(bar.high for bar in bars), 3 * middle) or 1
    scale = (WIDTH - LABELS - VALUES) / end
    picture = Picture(WIDTH, BARS_TOP + ROW * len(bars), title, describe_bars(bars, unit))
    picture.words(0, 16, title, "text strong")
    picture.words(0, 34, f"{unit}, less is better; line: lowest to highest turn", "faint")
    for at, bar in enumerate(bars):
        top = BARS_TOP + at * ROW
        length = min(bar.value, end) * scale
        low, high = (min(value, end) * scale for value in (bar.low, bar.high))
        name = "text strong" if bar.kind == "ours" else "text"
        picture.words(LABELS - 8, top + 12, bar.label, name, "end")
        picture.rectangle(LABELS, top + 1, length, BAR, bar.kind)
        if low < high:
            line = [(LABELS + x, top + BAR + 4) for x in (low, high)]
            picture.line(line, "spread")
        cut = "→ " if bar.value > end else ""
        picture.words(LABELS + max(length, high) + 6, top + 12, cut + show(bar.value), name)
    return picture


def draw_lines(title: str, unit: str, axis: str, lines: Sequence[Line]) -> Picture:
    """Draw lines with both axes in powers of ten, and a piece of each before its name."""
    words = "; ".join(
        f"{line.label}: " + ", ".join(f"{show(y)} at {x:,.0f}" for x, y in line.points)
        for line in lines
    )
    picture = Picture(WIDTH, PLOT_TOP + PLOT_HEIGHT + 44, title, f"{words}.")
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    right = math.log10(max(xs)) or 1

    def place(x: float, y: float) -> tuple[float, float]:
        across = PLOT_LEFT + math.log10(x) / right * (WIDTH - PLOT_LEFT - PLOT_RIGHT)
        return across, PLOT_TOP + PLOT_HEIGHT * (high - math.log10(y)) / (high - low)

    picture.words(0, 16, title, "text strong")
    picture.words(0, 34, f"{unit}, more is better", "faint")
    for power in range(low, high + 1):
        _, y = place(1, 10.0**power)
        picture.line([(PLOT_LEFT, y), (WIDTH - PLOT_RIGHT, y)], "rule")
        picture.words(
            PLOT_LEFT - 6, y + 4, f"{10**power if power >= 0 else 10.0**power:,}", "faint", "end"
        )
    for power in range(round(right) + 1):
        x, _ = place(10.0**power, 10.0**low)
        picture.words(x, PLOT_TOP + PLOT_HEIGHT + 18, f"{10**power:,}", "faint", "middle")
    picture.words(WIDTH - PLOT_RIGHT, PLOT_TOP + PLOT_HEIGHT + 36, axis, "faint", "end")
    free = spread([place(*line.points[-1])[1] for line in lines])
    for line, y in zip(lines, free, strict=True):
        picture.line([place(*point) for point in line.points], f"line-{line.kind}")
        x = WIDTH - PLOT_RIGHT + 8
        picture.line([(x, y), (x + SAMPLE, y)], f"line-{line.kind}")
        picture.words(x + SAMPLE + 5, y + 4, line.label)
    return picture


def spread(places: Sequence[float], least: float = 15.0) -> list[float]:
    """Return places moved down until no two words lie upon each other.

    >>> spread([10.0, 12.0, 40.0])
    [10.0, 25.0, 40.0]
    """
    found = dict.fromkeys(range(len(places)), 0.0)
    last = -math.inf
    for at in sorted(found, key=lambda at: places[at]):
        found[at] = last = max(places[at], last + least)
    return list(found.values())
