"""Hold a chapter against the rules: ``nox -s course -- lint router``.

    names       number, titles and words are those of the projects
    files       everything that must be there is there, and nothing else
    steps       10 to 60 new lines from one to the next, step 4 at most 150 lines, nothing in step 0
    matrix      who passes what: see `matrix`
    attack      gets through the weak program, and not through step 4 or the package
    predict     the answers are among the choices
    compare     compare.json is what the contenders say
    shots       the transcripts are what their scripts print
    page        every block of a complete page is checked, every test and every term is on it

A rule is a function that yields what is wrong; no output means that all is well.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from groundup_course.chapter import Chapter, chapter_names, load_chapter
from groundup_course.comparing import check_comparison
from groundup_course.errors import CourseError
from groundup_course.fences import check_page
from groundup_course.matrix import check_matrix
from groundup_course.predicting import read_predictions
from groundup_course.projects import load_projects
from groundup_course.running import functions_of, import_extra, import_program, import_subject
from groundup_course.shots import find_shots, golden, run_shot

__all__ = ["RULES", "Problem", "lint", "main"]

MIN_NEW, MAX_NEW, MAX_STEP = 10, 60, 150  # lines
MIN_WRONG, MIN_ALT = 6, 2
LEVELS = ("beginner", "intermediate", "advanced", "expert")
FILES = (
    *("chapter.toml", "milestones.py", "package.py", "plug.py", "attack.py", "play.py"),
    *("predict.py", "compare.py", "compare.json"),
)
FOLDERS = {
    **dict.fromkeys(("steps", "wrong", "alt"), (".py",)),
    "shots": (".sh", ".out"),
    "blog": (".html",),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a chapter, and by which rule."""

    chapter: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.chapter}: {self.rule}: {self.message}"


def check_titles(chapter: Chapter) -> Iterator[str]:
    """Number and titles are the project's."""
    project = load_projects().get(chapter.name)
    if project is None:
        yield f"name must be that of a project, got {chapter.name!r}"
        return
    if (chapter.number, chapter.title) != (project.number, project.title):
        yield f"number and title must be {project.number} {project.title!r}, got {chapter.title!r}"
    for milestone, title in zip(chapter.milestones, project.milestones, strict=True):
        if milestone.title != title:
            yield f"milestone {milestone.number} must be {title!r}, got {milestone.title!r}"
        if "\n" in milestone.goal:
            yield f"goal of milestone {milestone.number} must be one line"


def check_names(chapter: Chapter) -> Iterator[str]:
    """Titles are the project's; the folder, the module and the level have their form."""
    yield from check_titles(chapter)
    if chapter.folder.name != chapter.name:
        yield f"folder must be {chapter.name!r}, got {chapter.folder.name!r}"
    if chapter.level not in LEVELS:
        yield f"level must be one of {', '.join(LEVELS)}, got {chapter.level!r}"
    if not chapter.module.isidentifier() or chapter.module in sys.stdlib_module_names:
        yield f"module must be a name of its own, got {chapter.module!r}"
    known = load_projects()
    for name in (*chapter.needs, *chapter.unlocks):
        if name not in known:
            yield f"needs and unlocks must name projects, got {name!r}"


def check_strays(chapter: Chapter) -> Iterator[str]:
    """Nothing may lie about."""
    for path in sorted(chapter.folder.rglob("*")):
        inside = path.relative_to(chapter.folder)
        if path.is_dir() or any(part.startswith((".", "__")) for part in inside.parts):
            continue
        known = (
            inside.name in FILES
            if len(inside.parts) == 1
            else len(inside.parts) == 2  # noqa: PLR2004 - a folder and a file
            and inside.suffix in FOLDERS.get(inside.parts[0], ())
        )
        if not known or (inside.parts[0] == "steps" and path not in chapter.steps):
            yield f"nothing else may be in a chapter, got {inside.as_posix()}"


def check_files(chapter: Chapter) -> Iterator[str]:
    """What must be there is there, and nothing else."""
    yield from check_strays(chapter)
    for path in (*chapter.steps, chapter.milestones_file, chapter.folder / "attack.py"):
        if not path.is_file():
            yield f"{path.relative_to(chapter.folder).as_posix()} must be there"
    if len(chapter.wrong) < MIN_WRONG:
        yield f"wrong/ must have at least {MIN_WRONG} programs, got {len(chapter.wrong)}"
    if len(chapter.alternatives) < MIN_ALT:
        yield f"alt/ must have at least {MIN_ALT} programs, got {len(chapter.alternatives)}"
    order = [test.milestone for test in chapter.tests]
    if sorted(set(order)) != [1, 2, 3, 4] or order != sorted(order):
        yield f"each milestone must have tests, in their order, got those of {order}"
    for script in find_shots(chapter):
        if not golden(script).is_file():
            yield f"{script.name} must have its transcript: run `nox -s course -- shots`"


def new_lines(old: str, new: str) -> int:
    """Return how many lines of a text are new, blank ones apart."""
    one, other = old.splitlines(), new.splitlines()
    count = 0
    for kind, _, _, start, end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind in {"replace", "insert"}:
            count += sum(bool(line.strip()) for line in other[start:end])
    return count


def check_steps(chapter: Chapter) -> Iterator[str]:
    """Steps are small, step 4 is short, and step 0 gives nothing away."""
    texts = [path.read_text(encoding="utf-8") for path in chapter.steps]
    for number in range(1, 5):
        count = new_lines(texts[number - 1], texts[number])
        if not MIN_NEW <= count <= MAX_NEW:
            yield f"step {number} must have {MIN_NEW} to {MAX_NEW} new lines, got {count}"
    if (length := len(texts[-1].splitlines())) > MAX_STEP:
        yield f"step 4 must have at most {MAX_STEP} lines, got {length}"
    for node in ast.walk(ast.parse(texts[0])):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_empty(node):
            yield f"step 0 must have no code, got a body in {node.name}"


def is_empty(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a function consists of its docstring, or of an ellipsis."""
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in node.body
    )


def check_attacks(chapter: Chapter) -> Iterator[str]:
    """Each attack gets through its weak program only."""
    if not (chapter.folder / "attack.py").is_file():
        return
    module = import_extra(chapter, "attack.py")
    found: dict[str, Any] = functions_of(module, "attack_")
    weak: dict[str, str] = getattr(module, "WEAK", {})
    if not found or found.keys() != weak.keys():
        yield f"WEAK must name a program for each attack, got {sorted(weak)} for {sorted(found)}"
        return
    for name, attack in found.items():
        if attack(import_program(chapter, chapter.folder / weak[name])) is not True:
            yield f"{name} must get through {weak[name]}"
        for label, part in (
            ("step 4", import_program(chapter, chapter.steps[-1])),
            ("the package", import_subject(chapter)),
        ):
            if attack(part) is not False:
                yield f"{name} must not get through {label}"


def check_predictions(chapter: Chapter) -> Iterator[str]:
    """Answers are among the choices: reading them checks it."""
    read_predictions(chapter)
    yield from ()


def check_compare(chapter: Chapter) -> Iterator[str]:
    """The answers are those of compare.json."""
    if (chapter.folder / "compare.py").is_file():
        yield from check_comparison(chapter)


def check_shots(chapter: Chapter) -> Iterator[str]:
    """The transcripts are what their scripts print."""
    if sys.platform == "win32":
        return  # they are scripts for sh
    for script in find_shots(chapter):
        kept = golden(script)
        told = run_shot(chapter, script)
        if kept.is_file() and kept.read_text(encoding="utf-8") != told:
            yield f"{kept.name} must be what {script.name} prints, got:\n{told}"


def check_fences(chapter: Chapter) -> Iterator[str]:
    """The page is checked, where there is one: the wheel has none."""
    page = find_root() / "course" / "docs" / chapter.page
    if page.is_file():
        yield from check_page(chapter, page, find_root())


def find_root() -> Path:
    """Return the folder of the repository, as far as this file is in one."""
    return Path(__file__).parents[3]


RULES: dict[str, Callable[[Chapter], Iterable[str]]] = {
    "names": check_names,
    "files": check_files,
    "steps": check_steps,
    "matrix": check_matrix,
    "attack": check_attacks,
    "predict": check_predictions,
    "compare": check_compare,
    "shots": check_shots,
    "page": check_fences,
}


def lint(chapter: Chapter, rules: Iterable[str] = tuple(RULES)) -> Iterator[Problem]:
    """Yield all that is wrong with a chapter."""
    for rule in rules:
        try:
            for message in RULES[rule](chapter):
                yield Problem(chapter.name, rule, message)
        except (CourseError, OSError, SyntaxError) as error:
            yield Problem(chapter.name, rule, str(error))


def main(arguments: list[str]) -> int:
    """Lint the chapters that are named, or all: 0 when all is well."""
    count = 0
    for name in arguments or chapter_names():
        for problem in lint(load_chapter(name)):
            print(problem)  # noqa: T201 - the report
            count += 1
    print(f"{count} problems" if count else "all keep the rules")  # noqa: T201 - the report
    return min(count, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
