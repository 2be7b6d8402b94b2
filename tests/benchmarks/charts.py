"""Two kinds of plots: bars that are compared, and lines over an axis that grows tenfold."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.benchmarks.svg import Picture

WIDTH = 440.0
LABELS, VALUES = 150.0, 62.0  # left and right of the bars
ROW = 22.0
PLOT_TOP, PLOT_LEFT, PLOT_RIGHT, PLOT_HEIGHT = 34.0, 58.0, 92.0, 210.0


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
    """Draw a bar for each, with a thin line from the lowest to the highest turn.

    A bar more than three times as long as the middle one is cut, and says so by its figure.
    """
    middle = sorted(bar.value for bar in bars)[len(bars) // 2]
    end = min(max(bar.value for bar in bars), 3 * middle) or 1
    scale = (WIDTH - LABELS - VALUES) / end
    height = 30 + ROW * len(bars)
    picture = Picture(WIDTH, height, f"{title}, {unit}", describe_bars(bars, unit))
    picture.words(0, 16, f"{title}, {unit}")
    for at, bar in enumerate(bars):
        top = 28 + at * ROW
        length = min(bar.value, end) * scale
        picture.words(LABELS - 8, top + 13, bar.label, "text", "end")
        picture.rectangle(LABELS, top + 1, length, ROW - 5, bar.kind)
        if bar.high <= end:
            middle_of_bar = top + (ROW - 3) / 2
            line = [(LABELS + value * scale, middle_of_bar) for value in (bar.low, bar.high)]
            picture.line(line, "rule")
        cut = " →" if bar.value > end else ""
        picture.words(LABELS + length + 6, top + 13, show(bar.value) + cut)
    return picture


def draw_lines(title: str, axis: str, lines: Sequence[Line]) -> Picture:
    """Draw lines with both axes in powers of ten."""
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

    picture.words(0, 16, title)
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
        picture.words(place(*line.points[-1])[0] + 6, y + 4, line.label)
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
