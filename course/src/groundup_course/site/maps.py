"""The map of the chapters: five phases as bands, an arrow from each chapter to what it unlocks."""

from groundup_course.site.drawing import Sheet, picture, reduce
from groundup_course.site.frame import LAST, Frame, Phase
from groundup_course.site.notes import links

__all__ = ["draw_map", "tabulate"]

HIGH, BAND, GAP, COLUMNS = 26.0, 84.0, 14.0, 4
TOP, HEAD, SMALL = 38.0, 18.0, 100.0


def draw_map(frame: Frame, prefix: str) -> str:
    """Return the picture of the phases; ``prefix`` stands before a page's name in a link."""
    told = " ".join(
        f"Phase {number}, {phase.title}: {', '.join(phase.chapters)}."
        for number, phase in enumerate(frame.phases, 1)
    )
    told += " Arrows: " + "; ".join(
        f"{name} unlocks {', '.join(frame.unlocks(name))}"
        for name in frame.places
        if frame.unlocks(name)
    )
    title = "The map: eighteen chapters in five phases"
    wide, narrow = Bands(frame, prefix, 720).draw(), Bands(frame, prefix, 352).draw()
    return picture("map", title, f"{told}.", wide, narrow)


class Bands:
    """One layout of the map: a band for each phase, and four columns."""

    def __init__(self, frame: Frame, prefix: str, width: float) -> None:
        self._frame = frame
        self._prefix = prefix
        self._column = width / COLUMNS
        self._small = self._column < SMALL  # no room for numbers
        self._box = min(self._column - 4, 112)
        self._sheet = Sheet(width, len(frame.phases) * (BAND + GAP) - GAP)
        self._spots = {
            name: (row, at)
            for row, phase in enumerate(frame.phases)
            for name, at in zip(phase.chapters, phase.columns, strict=False)
        }

    def draw(self) -> Sheet:
        """Return the layout."""
        for row, phase in enumerate(self._frame.phases):
            top = row * (BAND + GAP)
            self._sheet.band(0, top, self._sheet.width, BAND)
            words = f"{phase.title} · {phase.way}" if self._small else head(row, phase)
            self._sheet.text(10, top + HEAD, words, anchor="start", kind="on-band")
        direct = reduce({name: place.needs for name, place in self._frame.places.items()})
        for name, spot in self._spots.items():
            self._draw_chapter(name, *spot)
            for other in direct[name]:
                self._connect(self._spots[other], spot)
        return self._sheet

    def _draw_chapter(self, name: str, row: int, at: int) -> None:
        place = self._frame.places[name]
        self._sheet.box(
            self._middle(at) - self._box / 2,
            self._top(row),
            self._box,
            HIGH,
            name if self._small else place.label,
            href=f"{self._prefix}{place.page}/",
            state=("done " if place.complete else "") + ("small" if self._small else ""),
            title=f"Chapter {place.label}: {place.level}, {place.time}",
        )

    def _middle(self, at: int) -> float:
        return (at + 0.5) * self._column

    def _top(self, row: int) -> float:
        return row * (BAND + GAP) + TOP

    def _connect(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw an arrow along a band, down to the next one, or between the columns further down."""
        (row, at), (to_row, to_at) = start, end
        x, y, to_x, to_y = self._middle(at), self._top(row), self._middle(to_at), self._top(to_row)
        if row == to_row and to_at == at + 1:
            edges = x + self._box / 2, to_x - self._box / 2 - 3
            self._sheet.line(f"M{edges[0]:g} {y + HIGH / 2:g}H{edges[1]:g}", arrow=True)
        elif row == to_row:  # past a neighbour: below it
            low = f"V{y + HIGH + 13:g}H{to_x:g}V{y + HIGH + 4:g}"
            self._sheet.line(f"M{x:g} {y + HIGH:g}{low}", arrow=True)
        elif to_row == row + 1 or to_row < row:
            self._sheet.curve((x, y + HIGH), (to_x, to_y))
        else:
            lane = (at + (to_at > at)) * self._column
            down, up = y + HIGH + TOP + 8, to_y - TOP - 8
            bend = f"C{x:g} {down - 20:g} {lane:g} {down - 26:g} {lane:g} {down:g}V{up:g}"
            rest = f"C{lane:g} {up + 26:g} {to_x:g} {up + 20:g} {to_x:g} {to_y - 4:g}"
            self._sheet.line(f"M{x:g} {y + HIGH:g}{bend}{rest}", arrow=True)


def head(row: int, phase: Phase) -> str:
    """Return the words at the top of a band."""
    return f"{row + 1}  {phase.title} · {phase.weeks}, {phase.way}"


def tabulate(frame: Frame) -> str:
    """Return the phases as text and tables."""
    lines: list[str] = []
    for number, phase in enumerate(frame.phases, 1):
        lines += [f"## Phase {number}: {phase.title}", ""]
        lines += [f"{phase.weeks.capitalize()}; {phase.way}. At the end: {lower(phase.end)}", ""]
        lines += ["| chapter | you build | level | time | needs | unlocks | today |"]
        lines += ["| --- " * 7 + "|"]
        lines += [row(frame, name) for name in phase.chapters]
        lines += [""]
    return "\n".join(lines)


def row(frame: Frame, name: str) -> str:
    """Return the row of one chapter."""
    place = frame.places[name]
    needs = "all others" if name == LAST else links(frame, place.needs) or "nothing"
    unlocks = links(frame, frame.unlocks(name)) or ("" if name == LAST else "the capstone")
    today = "four milestones" if place.complete else "notes"
    link = f"{place.project.number} [{name}]({place.page}.md)"
    return (
        f"| {link} | {place.what} | {place.level} | {place.time} | {needs} | {unlocks} | {today} |"
    )


def lower(text: str) -> str:
    """Return a sentence as the rest of another."""
    return text[:1].lower() + text[1:]
