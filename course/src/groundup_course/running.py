"""Import a file of a chapter, for authors' tools: attacks, predictions, comparisons."""

from pathlib import Path
from types import ModuleType

from groundup_course.chapter import Chapter
from groundup_course.child import import_file
from groundup_course.errors import ChapterError
from groundup_course.grader import Subject

__all__ = ["functions_of", "import_extra", "import_program", "import_subject"]


def import_extra(chapter: Chapter, name: str) -> ModuleType:
    """Import a file beside the steps, such as ``attack.py``.

    Raises:
        ChapterError: It cannot be imported.
    """
    path = chapter.folder / name
    try:
        return import_file(path, f"groundup_course_{chapter.name}_{path.stem}")
    except Exception as error:
        raise ChapterError(f"{path} must be importable: {type(error).__name__}: {error}") from error


def import_program(chapter: Chapter, path: Path) -> ModuleType:
    """Import a step or another program under a name of its own."""
    return import_file(path, f"groundup_course_{chapter.name}_{path.parent.name}_{path.stem}")


def import_subject(chapter: Chapter) -> ModuleType:
    """Import the package that a chapter leads to, in the learner's words."""
    subject = Subject.of_package(chapter)
    if subject.file is not None:
        return import_program(chapter, subject.file)
    return __import__(subject.module, fromlist=["*"])


def functions_of(module: ModuleType, prefix: str) -> dict[str, object]:
    """Return the functions of a module whose names begin so, in the order of its source."""
    return {
        name: value
        for name, value in vars(module).items()
        if name.startswith(prefix) and callable(value)
    }
