"""Parts of the learner's with an adapter: ``--with parser=groundup_course.plugged:httpparse``.

A name of this module is that of a chapter; its value is what the chapter's ``plug.py`` makes of the
learner's module in the current folder.
"""

from pathlib import Path
from typing import Any

from groundup_course.chapter import load_chapter
from groundup_course.errors import CourseError
from groundup_course.plugging import load_part
from groundup_course.workspace import Workspace

__all__: list[str] = []


def __getattr__(name: str) -> Any:
    """Return the part of a chapter."""
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return load_part(Workspace.find(Path.cwd()), load_chapter(name))[0]
    except CourseError as error:
        raise AttributeError(str(error)) from error
