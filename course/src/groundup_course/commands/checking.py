"""``new``, ``check``, ``show``, ``hint``: the way through a chapter."""

import json
import time
from pathlib import Path
from typing import Any

import click

from groundup_course.chapter import Chapter, Test, load_chapter
from groundup_course.commands.group import PASSED, YET, chapter_argument, here
from groundup_course.errors import WorkspaceError
from groundup_course.grader import Subject, grade, new_seed
from groundup_course.show import find_turn, tell_failure, tell_outcomes, tell_problem
from groundup_course.verdict import Verdict
from groundup_course.workspace import Workspace

__all__ = ["check", "hint", "new", "show"]

PAUSE = 0.3  # seconds between two looks at a file
HINTS = ("a question", "an idea", "nearly the code")


@click.command()
@click.argument("chapter")
def new(chapter: str) -> None:
    """Begin a chapter.

    Its file appears in this folder, with signatures and docstrings and nothing else.
    """
    found = load_chapter(chapter)
    workspace = Workspace.find_or_create(Path.cwd())
    path = workspace.begin(found)
    milestone = found.milestones[0]
    click.echo(f"{path.name} is yours to write.  Chapter {found.number}: {found.title}")
    click.echo(f"\nMilestone 1: {milestone.title}\n{milestone.goal}\n")
    click.echo("groundup learn show m1        what will be tested")
    click.echo(f"groundup learn check {chapter}")


@click.command()
@chapter_argument
@click.option("--to", "upto", type=click.IntRange(1, 4), default=4, help="The last milestone.")
@click.option("--seed", type=click.IntRange(0), help="Repeat the random choices of another run.")
@click.option("--watch", is_flag=True, help="Check again whenever the file changes.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict for programs.")
@click.option("--all", "everything", is_flag=True, help="Check every chapter that was begun.")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="Check another file; nothing is recorded, and no workspace is needed.",
)
def check(
    chapter: str | None,
    upto: int,
    seed: int | None,
    file: Path | None,
    *,
    watch: bool,
    as_json: bool,
    everything: bool,
) -> None:
    """Check your version and say what to do next.

    \b
    groundup learn check router              all that you have of the router
    groundup learn check router --to 2       the first two milestones
    groundup learn check --seed 42           the same random choices once more
    groundup learn check --all --json        for a teacher: one object for each chapter

    Exit status: 0 passed, 1 not yet, 2 the workspace is broken, 3 the grader is.
    """  # noqa: D301 - a mark of click: keep these lines
    workspace = None if file is not None else here()
    seeds = new_seed() if seed is None else seed
    if workspace is not None and everything:
        chapters = list(workspace.started())
    elif workspace is not None:
        chapters = [workspace.choose(chapter)]
    elif chapter is None:
        raise click.UsageError("--file needs the name of the chapter whose tests it shall pass")
    else:
        chapters = [load_chapter(chapter)]
    if not chapters:
        raise WorkspaceError("no chapter was begun: `groundup learn new router` begins one")
    while True:
        before = {one.name: stamp(path_of(workspace, one, file)) for one in chapters}
        verdicts = [run(workspace, one, file, seed=seeds, upto=upto) for one in chapters]
        report(workspace, chapters, verdicts, as_json=as_json, several=everything)
        if not watch:
            break
        wait_for_change(workspace, chapters, file, before)
        seeds = new_seed() if seed is None else seed
        click.echo("\n" + "-" * 40)
    click.get_current_context().exit(PASSED if all(one.passed for one in verdicts) else YET)


def path_of(workspace: Workspace | None, chapter: Chapter, file: Path | None) -> Path:
    """Return the file to check.

    Raises:
        WorkspaceError: It is not there.
    """
    path = file if file is not None or workspace is None else workspace.file(chapter)
    if path is None or not path.is_file():
        name = path.name if path else chapter.module
        raise WorkspaceError(f"{name} is not there: `groundup learn new {chapter.name}` makes it")
    return path


def run(
    workspace: Workspace | None, chapter: Chapter, file: Path | None, *, seed: int, upto: int
) -> Verdict:
    """Grade one chapter."""
    path = path_of(workspace, chapter, file)
    return grade(chapter, Subject.of_file(chapter, path), seed=seed, upto=upto)


def report(
    workspace: Workspace | None,
    chapters: list[Chapter],
    verdicts: list[Verdict],
    *,
    as_json: bool,
    several: bool,
) -> None:
    """Record verdicts and tell them."""
    for chapter, verdict in zip(chapters, verdicts, strict=True):
        fresh = workspace.note(chapter, verdict) if workspace is not None else []
        if not as_json:
            if several:
                click.secho(f"\n{chapter.name}", bold=True)
            tell(workspace, chapter, verdict, fresh)
    if as_json:
        data: Any = [verdict.as_json() for verdict in verdicts]
        click.echo(json.dumps(data if several else data[0], indent=2, ensure_ascii=False))


def tell(workspace: Workspace | None, chapter: Chapter, verdict: Verdict, fresh: list[int]) -> None:
    """Tell one verdict: what passes, the first failure in full, and what comes next."""
    if verdict.problem:
        click.echo(tell_problem(chapter, verdict))
        return
    click.echo(tell_outcomes(chapter, verdict))
    first = verdict.first_failure
    if first is not None:
        record = workspace.record(chapter) if workspace is not None else {}
        hints = int(record.get("hints", {}).get(str(first.milestone), 0))
        wrong = find_turn(chapter, first)
        turn = wrong.turn if wrong else ""
        click.secho(f"\n{first.name}", bold=True)
        click.echo(tell_failure(chapter, first, seed=verdict.seed, hints=hints, turn=turn))
    if fresh:
        click.secho(
            f"\nNew: {', '.join(chapter.milestones[n - 1].title for n in fresh)}.", bold=True
        )
    if first is None and verdict.reached == len(chapter.milestones):
        click.echo(f"\nAll four milestones. Compare: groundup learn diff {chapter.name}")
        if chapter.slot:
            click.echo(f"Run the blog on it: groundup learn plug {chapter.name}")
    elif fresh and verdict.reached < verdict.upto:
        following = chapter.milestones[verdict.reached]
        click.echo(f"Next, milestone {following.number}: {following.title}. {following.goal}")


def stamp(path: Path) -> int:
    """Return what changes when a file is saved."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def wait_for_change(
    workspace: Workspace | None, chapters: list[Chapter], file: Path | None, before: dict[str, int]
) -> None:
    """Wait until one of the files is saved."""
    click.echo("\nwatching; Ctrl+C ends")
    paths = {one.name: file or (workspace.file(one) if workspace else Path()) for one in chapters}
    while all(stamp(path) in {before[name], 0} for name, path in paths.items()):
        time.sleep(PAUSE)


@click.command()
@click.argument("what", metavar="m1|m2_NAME")
@chapter_argument
def show(what: str, chapter: str | None) -> None:
    """Show the tests of a milestone, or one test.

    They are no secret: read them before you write, or after a check has failed.
    """
    found = here().choose(chapter) if chapter is None else load_chapter(chapter)
    chosen = [test for test in found.tests if matches(test, what)]
    if not chosen:
        names = ", ".join(["m1", "m2", "m3", "m4", *(test.name for test in found.tests)])
        raise click.UsageError(f"a test or a milestone is one of {names}; got {what!r}")
    click.echo("\n\n\n".join(test.text for test in chosen))


def matches(test: Test, what: str) -> bool:
    """Return whether a word names a test or its milestone."""
    return what in {test.name, f"m{test.milestone}", str(test.milestone)}


@click.command()
@chapter_argument
def hint(chapter: str | None) -> None:
    """Give the next of three hints.

    They are for the milestone that you are at: a question, an idea, nearly the code.
    """
    workspace = here()
    found = workspace.choose(chapter)
    reached = workspace.reached(found)
    if reached == len(found.milestones):
        click.echo("You have passed all four milestones: no hint is left to give.")
        return
    milestone = found.milestones[reached]
    seen: dict[str, int] = workspace.record(found)["hints"]
    number = min(seen.get(str(milestone.number), 0) + 1, len(milestone.hints))
    seen[str(milestone.number)] = number
    workspace.save()
    click.echo(f"Milestone {milestone.number}: {milestone.title}")
    click.secho(f"Hint {number} of 3, {HINTS[number - 1]}:", bold=True)
    click.echo(milestone.hints[number - 1])
