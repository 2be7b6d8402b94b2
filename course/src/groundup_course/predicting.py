"""Predict boxes: a question, choices, and an answer that is computed and not written.

The docstring of ``p1_...`` in a chapter's ``predict.py`` is the question, a line of choices with
bars between them, and the reason; its return value says which choice is right.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from groundup_course.chapter import Chapter, join_lines
from groundup_course.errors import ChapterError
from groundup_course.running import functions_of, import_extra

__all__ = ["Prediction", "read_predictions"]

LINE = re.compile(r"^(choices|because): *(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prediction:
    """One question with its choices and the right one."""

    name: str
    question: str
    choices: tuple[str, ...]
    answer: str
    because: str


def read_predictions(chapter: Chapter) -> list[Prediction]:
    """Return the predictions of a chapter, with their answers computed now.

    Raises:
        ChapterError: One is not written as it must be, or none of its choices is right.
    """
    if not (chapter.folder / "predict.py").is_file():
        return []
    found = functions_of(import_extra(chapter, "predict.py"), "p")
    return [
        predict(name, cast("Callable[[], object]", function))
        for name, function in found.items()
        if re.match(r"p\d_", name)
    ]


def predict(name: str, function: Callable[[], Any]) -> Prediction:
    """Return one prediction."""
    doc = join_lines(inspect.getdoc(function) or "")
    lines = dict(LINE.findall(doc))
    choices = tuple(choice.strip() for choice in lines.get("choices", "").split(" | "))
    if len(choices) < 2 or len(set(choices)) < len(choices) or "because" not in lines:  # noqa: PLR2004 - one is no choice
        raise ChapterError(f"docstring of {name} must have different choices and because: {doc!r}")
    answer = str(function())
    if answer not in choices:
        raise ChapterError(f"answer of {name} must be one of {choices}, got {answer!r}")
    return Prediction(name, doc.splitlines()[0], choices, answer, lines["because"])
