"""Ask other frameworks the same questions, and keep what they answered.

``compare.py`` of a chapter holds the questions and a function for each contender; ``compare.json``
the answers, with the versions that gave them.  Ours are asked again in every run of the tests.
"""

import json
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any, cast

from groundup_course.chapter import Chapter
from groundup_course.errors import ChapterError
from groundup_course.running import import_extra

__all__ = ["OURS", "ask", "check_comparison", "read_comparison", "write_comparison"]

OURS = "groundup"
MIN_CASES = 12


def installed(distribution: str) -> str:
    """Return the version of a distribution or of ``python``, with its library; or nothing."""
    if distribution == "python":
        return platform.python_version()
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def ask(answer: Callable[[str], Any], cases: dict[str, str]) -> dict[str, str]:
    """Return the answers of one contender."""
    return {case: str(answer(case)) for case in cases}


def write_comparison(chapter: Chapter) -> dict[str, Any]:
    """Ask all contenders and write ``compare.json``.

    Raises:
        ChapterError: One of them is not installed.
    """
    module = import_extra(chapter, "compare.py")
    versions = {name: installed(module.PACKAGES[name]) for name in module.ANSWERS}
    if missing := [name for name, found in versions.items() if not found]:
        raise ChapterError(f"contenders must be installed to be asked, got none of {missing}")
    answers = {name: ask(answer, module.CASES) for name, answer in module.ANSWERS.items()}
    table = {
        "versions": versions,
        "cases": [
            {
                "case": case,
                "question": question,
                "answers": {name: answers[name][case] for name in answers},
                "worse": module.WORSE.get(case, ""),
            }
            for case, question in module.CASES.items()
        ],
    }
    text = json.dumps(table, indent=2, ensure_ascii=False) + "\n"
    (chapter.folder / "compare.json").write_text(text, encoding="utf-8", newline="\n")
    return table


def read_comparison(chapter: Chapter) -> dict[str, Any]:
    """Return what ``compare.json`` holds.

    Raises:
        ChapterError: It is not there.
    """
    path = chapter.folder / "compare.json"
    try:
        return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ChapterError(f"{path} must be JSON: run `nox -s course -- compare`") from error


def check_comparison(chapter: Chapter) -> list[str]:
    """Return what is no longer as ``compare.json`` says; ask whoever is there in that version."""
    module, table = import_extra(chapter, "compare.py"), read_comparison(chapter)
    problems: list[str] = []
    cases: dict[str, str] = module.CASES
    kept = {row["case"]: row for row in table["cases"]}
    if {case: row["question"] for case, row in kept.items()} != cases:
        problems.append("compare.json must have the cases of compare.py")
    if len(cases) < MIN_CASES:
        problems.append(f"compare.py must have at least {MIN_CASES} cases, got {len(cases)}")
    if not any(row["worse"] for row in kept.values()):
        problems.append("compare.py must say in WORSE where ours is worse")
    for name, answer in module.ANSWERS.items():
        if name != OURS and installed(module.PACKAGES[name]) != table["versions"].get(name):
            continue
        for case, found in ask(answer, cases).items():
            told = kept.get(case, {}).get("answers", {}).get(name)
            if found != told:
                problems.append(f"{name} answers {found!r} to {case}, compare.json says {told!r}")
    return problems
