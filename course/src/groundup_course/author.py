"""The authors' command: ``nox -s course -- lint|generate|shots|compare [CHAPTER ...]``.

lint        hold chapters against the rules
generate    make what pages include, in course/generated
shots       run the transcripts anew and keep what they print
compare     ask the contenders anew and keep what they answer
"""

import sys
from pathlib import Path

from groundup_course import lint
from groundup_course.chapter import chapter_names, load_chapter
from groundup_course.comparing import write_comparison
from groundup_course.errors import CourseError
from groundup_course.generate import generate
from groundup_course.shots import find_shots, golden, run_shot
from groundup_course.site import make

__all__ = ["main"]

TASKS = ("lint", "generate", "shots", "compare")


def say(text: str) -> None:
    """Print a line."""
    print(text)  # noqa: T201 - the command's output


def main(arguments: list[str]) -> int:
    """Run a task for the chapters that are named, or for all."""
    if not arguments or arguments[0] not in TASKS:
        say(f"a task must be one of {', '.join(TASKS)}, got {arguments[:1]}")
        return 2
    task, *names = arguments
    try:
        if task == "lint":
            return lint.main(names)
        if task == "generate":
            generate(Path("course/generated"), names, log=say)
            make(Path("course/generated/site"), Path())
            return 0
        for name in names or chapter_names():
            renew(task, name)
    except CourseError as error:
        say(str(error))
        return error.exit_code
    return 0


def renew(task: str, name: str) -> None:
    """Write the transcripts or the answers of a chapter anew."""
    chapter = load_chapter(name)
    if task == "compare" and (chapter.folder / "compare.py").is_file():
        write_comparison(chapter)
        say(f"{name}: compare.json")
    for script in find_shots(chapter) if task == "shots" else []:
        text = run_shot(chapter, script)
        golden(script).write_text(text, encoding="utf-8", newline="\n")
        say(f"{name}: {golden(script).name}\n{text}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
