"""Make what pages include from what is tested: ``python -m groundup_course.generate [FOLDER]``.

Everything in the folder is a picture of a chapter's files at this moment: differences between
steps, tests, hints, messages, answers, tables, outlines.  Nothing in it is written by hand and
nothing of it is committed.
"""

import ast
import contextlib
import difflib
import inspect
import io
import sys
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from groundup_course import visual
from groundup_course.chapter import Chapter, Wrong, chapter_names, load_chapter
from groundup_course.comparing import OURS, read_comparison
from groundup_course.grader import Subject, grade
from groundup_course.matrix import at_once
from groundup_course.predicting import read_predictions
from groundup_course.running import functions_of, import_extra
from groundup_course.show import tell_failure, tell_problem

__all__ = ["generate", "main", "outline", "pieces", "step_diff"]

# A program with what it prints, and the learner's part; the page's script gives them their buttons.
PLAY = """\
<div class="playground" markdown data-packages="{chapter.package}" data-label="A program to change">

```python
{code}```

```text
{printed}```

</div>
"""
GRADE = """\
<div class="playground" markdown data-grade="{chapter.name}" data-label="Your {chapter.module}.py"
 data-packages="groundup_course groundup_testing">

```python
{code}```

</div>
"""

LABELS = ("First hint: a question", "Second hint: an idea", "Third hint: nearly the code")


def step_diff(chapter: Chapter, number: int) -> str:
    """Return the lines that are new and gone from one step to the next, with their surroundings."""
    old, new = (
        chapter.steps[k].read_text(encoding="utf-8").splitlines() for k in (number - 1, number)
    )
    names = f"step {number - 1}", f"step {number}"
    return "\n".join(difflib.unified_diff(old, new, *names, lineterm="")) + "\n"


def outline(source: str) -> str:
    r"""Return the classes and functions of a program with their first sentences.

    >>> print(outline("class A:\n    'Keeps.'\n    def run(self, x: int) -> str:\n        'Run.'"))
    class A                                     Keeps.
        run(x) -> str                           Run.
    """
    return "\n".join(outline_body(ast.parse(source).body, ""))


def outline_body(body: list[ast.stmt], indent: str) -> Iterator[str]:
    """Yield the lines of an outline."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            bases = ", ".join(map(ast.unparse, node.bases))
            yield entry(f"{indent}class {node.name}{f'({bases})' if bases else ''}", node)
            yield from outline_body(node.body, indent + "    ")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)]
            names = [name for name in names if name not in {"self", "cls"}]
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            yield entry(f"{indent}{node.name}({', '.join(names)}){returns}", node)


def entry(head: str, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return one line of an outline."""
    doc = (ast.get_docstring(node) or "").partition("\n")[0]
    gap = "\n" + " " * 44 if doc and len(head) > 42 else ""  # noqa: PLR2004 - two columns
    return f"{head:<44}{gap}{doc}".rstrip()


def hints(chapter: Chapter, number: int) -> str:
    """Return the goal of a milestone and its hints, each closed until it is wanted."""
    milestone = chapter.milestones[number - 1]
    lines = [milestone.goal, ""]
    for label, hint in zip(LABELS, milestone.hints, strict=True):
        lines += [f'??? question "{label}"', f"    {hint}", ""]
    return "\n".join(lines)


def wrong_message(chapter: Chapter, wrong: Wrong) -> str:
    """Return what a wrong program is told; what it does after that milestone is not asked."""
    upto = next((one.milestone for one in chapter.tests if one.name == wrong.first_fail), 4)
    verdict = grade(chapter, Subject.of_file(chapter, wrong.path), upto=upto)
    if verdict.problem:
        return tell_problem(chapter, verdict) + "\n"
    failure = verdict.first_failure
    assert failure is not None, f"{wrong.path} must fail"  # noqa: S101 - the linter says so first
    return tell_failure(chapter, failure, turn=wrong.turn) + "\n"


def compare_table(chapter: Chapter) -> str:
    """Return the table of the others, and where ours is worse."""
    table = read_comparison(chapter)
    names = [OURS, *(name for name in table["versions"] if name != OURS)]
    heads = [f"{name} {table['versions'][name]}" for name in names]
    rows = [["case", *heads], ["---"] * (len(names) + 1)]
    rows += [
        [row["question"], *(cell(row["answers"][name]) for name in names)] for row in table["cases"]
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    worse = [row for row in table["cases"] if row["worse"]]
    lines += ["", "Where ours is the worse answer:", ""] if worse else []
    lines += [f"- {row['question']}: {row['worse']}" for row in worse]
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """Return an answer as it stands in a table."""
    return f"<code>{escape(text, quote=False).replace('|', '&#124;')}</code>"


def head(chapter: Chapter) -> str:
    """Return the facts at the top of a page."""
    minutes = sum(chapter.minutes)
    facts = [
        f"about {minutes // 60} h {minutes % 60:02} min" if minutes > 59 else f"{minutes} min",  # noqa: PLR2004 - an hour
        f"level: {chapter.level}",
        f"needs: {', '.join(chapter.needs) or 'nothing before it'}",
        f"unlocks: {', '.join(chapter.unlocks) or 'the end'}",
        *([", ".join(chapter.rfc)] if chapter.rfc else []),
    ]
    return " · ".join(facts) + "\n"


def predict_box(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """Yield each predict box under the name of its file."""
    for one in read_predictions(chapter):
        choices = "".join(f"    - `{choice}`\n" for choice in one.choices)
        answer = f'    ??? success "The answer"\n        `{one.answer}`. {one.because}\n'
        box = f'!!! question "Predict"\n    {one.question}\n\n{choices}\n{answer}'
        yield f"{one.name}.md", box


def attacks(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """Yield the source of each attack."""
    if (chapter.folder / "attack.py").is_file():
        module = import_extra(chapter, "attack.py")
        for name, function in functions_of(module, "attack_").items():
            yield f"{name}.py", inspect.getsource(function)  # type: ignore[arg-type]


def pieces(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every generated file of a chapter."""
    yield "head.md", head(chapter)
    for number in range(1, 5):
        own = [test.text for test in chapter.tests if test.milestone == number]
        yield f"step{number}.diff", step_diff(chapter, number)
        yield f"m{number}.py", "\n\n\n".join(own) + "\n"
        yield f"hints{number}.md", hints(chapter, number)
    for test in chapter.tests:
        yield f"{test.name}.py", test.text + "\n"
    if chapter.name in visual.EXAMPLES:
        yield "visual.md", visual.box(chapter.name)
    if (chapter.folder / "play.py").is_file():
        yield "play.md", playground(chapter)
    yield "grade.md", GRADE.format(chapter=chapter, code=chapter.steps[0].read_text("utf-8"))
    yield "outline.txt", outline(chapter.steps[-1].read_text(encoding="utf-8")) + "\n"
    told = at_once(partial(wrong_message, chapter), chapter.wrong)
    for wrong, message in zip(chapter.wrong, told, strict=True):
        code = strip_docstring(wrong.path)
        yield f"wrong_{wrong.path.stem}.txt", message
        page = f"```python\n{code}```\n\n```text\n{message}```\n\n{wrong.turn}\n"
        yield f"wrong_{wrong.path.stem}.md", page
    yield from predict_box(chapter)
    yield from attacks(chapter)
    if (chapter.folder / "compare.json").is_file():
        yield "compare.md", compare_table(chapter)


def playground(chapter: Chapter) -> str:
    """Return the chapter's program for the page, what it prints, and what makes it run there."""
    source = (chapter.folder / "play.py").read_text(encoding="utf-8")
    code = strip_docstring(chapter.folder / "play.py")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "play.py", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own
    return PLAY.format(chapter=chapter, code=code, printed=printed.getvalue())


def strip_docstring(path: Path) -> str:
    """Return a program without its docstring, which is for the grader."""
    source = path.read_text(encoding="utf-8")
    first = ast.parse(source).body[0]
    return "\n".join(source.splitlines()[first.end_lineno :]).strip("\n") + "\n"


def generate(folder: Path, names: list[str] | None = None, *, log: Callable[[str], Any]) -> None:
    """Write everything that pages include."""
    for name in names or chapter_names():
        chapter = load_chapter(name)
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        made: set[str] = set()
        for file, text in pieces(chapter):
            (target / file).write_text(text, encoding="utf-8", newline="\n")
            made.add(file)
        for old in target.iterdir():
            if old.name not in made:
                old.unlink()
        log(f"{name}: {len(made)} files in {target}")


def main(arguments: list[str]) -> None:
    """Write into the folder that is named, or into ``course/generated``."""
    folder = Path(arguments[0]) if arguments else Path("course/generated")
    generate(folder, log=print)


if __name__ == "__main__":
    main(sys.argv[1:])
