"""Notice a line of code that loads a relationship for one object after another.

    for post in session.query(Post).all():      1 query
        print(post.author.name)                 and one more for each post

Ten posts in a test are quick; ten thousand in production are not.  The line is found by walking up
the stack to the first frame outside this package, which costs little next to a query.
"""

import sys
import warnings
from collections import Counter
from pathlib import Path
from types import FrameType

from groundup_orm.errors import NPlusOneWarning

__all__ = ["LazyLoadCounter"]

PACKAGE = str(Path(__file__).parent)


class LazyLoadCounter:
    """Counts the lazy loads of one session by relationship and line."""

    def __init__(self, threshold: int) -> None:
        self.threshold = threshold
        self._counts: Counter[tuple[str, str, int]] = Counter()

    def note(self, relationship: str) -> None:
        """Count a lazy load; warn when one line has made too many."""
        frame = calling_frame()
        if not self.threshold or frame is None:
            return
        place = (relationship, frame.f_code.co_filename, frame.f_lineno)
        self._counts[place] += 1
        if self._counts[place] == self.threshold:
            _, filename, line = place
            warnings.warn_explicit(
                f"{relationship} was loaded {self.threshold} times one by one at "
                f"{filename}:{line}: add .include({relationship}) to the query",
                NPlusOneWarning,
                filename,
                line,
                registry=frame.f_globals.setdefault("__warningregistry__", {}),  # once, not always
            )


def calling_frame() -> FrameType | None:
    """Return the innermost frame that is not of this package."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - inspect.stack() reads source files
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return frame
