"""The life of a request: one picture, in which the chapter that you read is lit.

    bytes in ─► socket ─► parser ─► request ─► layers ─► route ─► handler ─► response ─┐
    bytes out ◄────────────────────────────────────────────────────────────────────────┘

Below each stage stand the chapters that build it.  Those before the current one are filled.
"""

from groundup_course.site.drawing import Sheet, picture
from groundup_course.site.frame import LAST, Frame, Place

__all__ = ["draw_life"]

COLUMN, BOX, HIGH, ROW = 104, 98, 24, 30
MARGIN = 6
# What belongs to no stage: it stands below all of them.
WHOLE = {"testing": "sends it all of this, without a socket", LAST: "all parts, wired"}


def draw_life(frame: Frame, number: int | None, prefix: str) -> str:
    """Return the picture for the chapter of this number, or for a page that is none.

    Args:
        frame: The stages and their chapters.
        number: The chapter's number; None lights and fills nothing.
        prefix: What stands before a page's name in a link: ``../`` on a page of a chapter.
    """
    stages = [
        (stage.name, [frame.places[name] for name in stage.chapters]) for stage in frame.stages
    ]
    told = "A request passes " + "; ".join(
        f"{name} ({', '.join(place.label for place in places)})" for name, places in stages
    )
    told += ". The response goes back to the socket as bytes."
    drawn = Drawing(frame, number, prefix)
    title = "The life of a request"
    if number is not None:
        here = next(one for one in frame.places.values() if one.project.number == number)
        title += f", with chapter {here.label} lit"
    return picture("life", title, told, drawn.wide(stages), drawn.narrow(stages))


class Drawing:
    """What both layouts share: which box is lit, and where its link goes."""

    def __init__(self, frame: Frame, number: int | None, prefix: str) -> None:
        self._frame = frame
        self._number = number
        self._prefix = prefix

    def chapter(self, sheet: Sheet, x: float, y: float, width: float, place: Place) -> None:
        """Draw the box of a chapter."""
        own, current = place.project.number, self._number
        state = "" if current is None or own > current else "now" if own == current else "done"
        href, title = f"{self._prefix}{place.page}/", f"Chapter {own}: {place.project.title}"
        note = WHOLE.get(place.project.name, "")
        sheet.box(x, y, width, HIGH, place.label, href=href, state=state, title=title, note=note)

    def wide(self, stages: list[tuple[str, list[Place]]]) -> Sheet:
        """Return the layout with a column for each stage."""
        deepest = max(len(places) for _, places in stages)
        floor = 44 + deepest * ROW
        sheet = Sheet(COLUMN * len(stages) + 2, floor + 2 * ROW + 26)
        right, left = COLUMN * len(stages) - COLUMN / 2, COLUMN / 2
        for index, (name, places) in enumerate(stages):
            middle = index * COLUMN + COLUMN / 2
            sheet.text(middle, 20, name, kind="stage")
            if index:
                start, end = (
                    middle - COLUMN + width_of(stages[index - 1][0]),
                    middle - width_of(name),
                )
                sheet.line(f"M{start:g} 16H{end:g}", arrow=True, kind="way")
            for row, place in enumerate(places):
                self.chapter(sheet, middle - BOX / 2, 34 + row * ROW, BOX, place)
        bottom = 34 + len(stages[-1][1]) * ROW
        path = f"M{right:g} {bottom:g}V{floor:g}H{left:g}V{34 + len(stages[0][1]) * ROW + 2:g}"
        sheet.line(path, arrow=True, kind="way")
        sheet.text((right + left) / 2, floor + 16, "bytes back to who asked")
        whole = COLUMN * len(stages) - MARGIN
        for row, name in enumerate(WHOLE):
            self.chapter(sheet, 3, floor + 26 + row * ROW, whole, self._frame.places[name])
        return sheet

    def narrow(self, stages: list[tuple[str, list[Place]]]) -> Sheet:
        """Return the layout for a phone: a row for each stage, two boxes side by side."""
        width, label, box = 344.0, 76.0, 128.0
        sheet = Sheet(width, 0)
        y = 4.0
        for index, (name, places) in enumerate(stages):
            sheet.text(8, y + 16, name, anchor="start", kind="stage")
            for at, place in enumerate(places):
                x = label + at % 2 * (box + MARGIN)
                self.chapter(sheet, x, y + at // 2 * ROW, box, place)
            rows = (len(places) + 1) // 2
            if index < len(stages) - 1:
                sheet.line(f"M22 {y + 22:g}V{y + rows * ROW + 4:g}", arrow=True, kind="way")
            y += rows * ROW + 4
        sheet.line(f"M22 {y - 12:g}V{y + 12:g}", arrow=True, kind="way")
        sheet.text(label, y + 12, "bytes back to who asked", anchor="start")
        y += 26
        for name in WHOLE:
            self.chapter(sheet, 3, y, width - MARGIN, self._frame.places[name])
            y += ROW
        sheet.height = y
        return sheet


def width_of(name: str) -> float:
    """Return about half the width of a stage's name, and some air."""
    return len(name) * 3.7 + 6
