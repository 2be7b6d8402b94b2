"""What went wrong in a test, in parts that a person can act on."""

from typing import Any

__all__ = ["Failure", "point_at_difference", "shorten"]

MAX_SHOWN = 400  # characters of a value
BEFORE, AFTER = 30, 50  # characters around the first difference of two long texts


class Failure(AssertionError):  # noqa: N818 - says what happened
    """A test did not pass.

    Attributes:
        kind: ``assert`` when a value was wrong, ``crash`` when an exception came out.
        expected: What was expected, as written in Python or in words.
        got: What came.
        caret: A line to put below `got` that points at the first difference; may be empty.
        why: What the rule alone does not say about this case.
    """

    def __init__(
        self, kind: str, *, expected: str, got: str, caret: str = "", why: str = ""
    ) -> None:
        super().__init__(f"expected {expected}, got {got}")
        self.kind, self.expected, self.got = kind, expected, got
        self.caret, self.why = caret, why


def shorten(value: Any, *, quote: bool = False) -> str:
    """Return a text of at most 400 characters; with ``quote`` the value as Python writes it."""
    if quote:
        try:
            text = repr(value)
        except Exception as error:  # noqa: BLE001 - a learner's __repr__ may raise anything
            text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    else:
        text = str(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}... ({len(text)} characters)"


def point_at_difference(got: Any, want: Any) -> tuple[str, str]:
    """Return a value as written in Python, and a line with a caret below its first difference.

    Only texts and bytes have a caret; of long ones the surroundings of the difference are shown.

    >>> shown, caret = point_at_difference(b"GET /a", b"GET /b")
    >>> print(shown, caret, sep="|")
    b'GET /a'|       ^ byte 5: expected b'b'
    """
    if not isinstance(got, str | bytes) or type(got) is not type(want):
        return shorten(got, quote=True), ""
    place = next(
        (at for at, (one, other) in enumerate(zip(got, want, strict=False)) if one != other),
        min(len(got), len(want)),
    )
    start = 0 if len(got) <= MAX_SHOWN else max(place - BEFORE, 0)
    piece = got[start:] if len(got) <= MAX_SHOWN else got[start : place + AFTER]
    head = "..." if start else ""
    column = len(head) + len(repr(got[start:place])) - 1
    unit = "byte" if isinstance(got, bytes) else "character"
    expected = repr(want[place : place + 1]) if place < len(want) else "the end"
    return f"{head}{piece!r}", f"{' ' * column}^ {unit} {place}: expected {expected}"
