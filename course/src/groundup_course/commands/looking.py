"""``diff``, ``reveal``, ``reset``, ``status``: what you have beside what we have."""

import difflib
import importlib
import inspect
from pathlib import Path

import click

from groundup_course.chapter import Chapter, chapter_names, load_chapter
from groundup_course.commands.group import chapter_argument, here
from groundup_course.errors import WorkspaceError
from groundup_course.projects import load_projects
from groundup_course.workspace import Workspace

__all__ = ["diff", "reset", "reveal", "status", "tell_status"]

LAST = 4
BAR = 10  # characters


@click.command()
@click.argument("words", nargs=-1, metavar="[CHAPTER] [step|package]")
def diff(words: tuple[str, ...]) -> None:
    """Show yours beside ours, once it passes.

    \b
    groundup learn diff router               your file beside the step that you have reached
    groundup learn diff router package       what the package is made of, and where it is
    """  # noqa: D301 - a mark of click: keep these lines
    names = [word for word in words if word not in {"step", "package"}]
    if len(names) > 1:
        raise click.UsageError(f"one chapter at a time, got {', '.join(names)}")
    workspace = here()
    chapter = workspace.choose(names[0] if names else None)
    reached = workspace.reached(chapter)
    if reached == 0 or ("package" in words and reached < LAST):
        wanted = "all four milestones pass" if "package" in words else "a milestone passes"
        click.echo(
            f"Ours is shown once {wanted}: `groundup learn check {chapter.name}` says what is"
            f" missing. If you want to see a step now: `groundup learn reveal {reached + 1}"
            f" {chapter.name}`"
        )
        click.get_current_context().exit(1)
    if "package" in words:
        click.echo(tell_package(chapter))
        return
    mine = workspace.file(chapter).read_text(encoding="utf-8").splitlines()
    ours = chapter.steps[reached].read_text(encoding="utf-8").splitlines()
    lines = difflib.unified_diff(mine, ours, f"yours: {chapter.module}.py", f"ours: step {reached}")
    for line in difflib_lines(lines):
        colour = {"+": "green", "-": "red"}.get(line[:1])
        click.secho(line, fg=colour)
    if reached == LAST:
        click.echo(f"\nWhat the package adds: groundup learn diff {chapter.name} package")


def difflib_lines(lines: object) -> list[str]:
    """Return lines of a difference without their line ends."""
    found = [str(line).rstrip("\n") for line in lines]  # type: ignore[attr-defined]
    return found or ["no difference"]


def tell_package(chapter: Chapter) -> str:
    """Return the modules of the package behind a chapter, with what each is for."""
    package = importlib.import_module(chapter.package)
    folder = Path(inspect.getfile(package)).parent
    lines = [f"{chapter.package}, in {folder}", inspect.getdoc(package) or "", ""]
    for path in sorted(folder.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines.append(f"  {path.name:<20} {len(text.splitlines()):>4} lines")
    lines.append(f"\nStep 4 is its essence in {count_lines(chapter.steps[LAST])} lines.")
    return "\n".join(lines)


def count_lines(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


@click.command()
@click.argument("step", type=click.IntRange(1, LAST))
@chapter_argument
def reveal(step: int, chapter: str | None) -> None:
    """Show our step now, passed or not.

    It is noted, and nothing follows from that.
    """
    workspace = here()
    found = workspace.choose(chapter)
    revealed: list[int] = workspace.record(found)["revealed"]
    if step not in revealed:
        revealed.append(step)
        revealed.sort()
        workspace.save()
    click.echo(found.steps[step].read_text(encoding="utf-8").rstrip())


@click.command()
@chapter_argument
@click.option("--all", "everything", is_flag=True, help="Every chapter that was begun.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(chapter: str | None, *, everything: bool, yes: bool) -> None:
    """Begin a chapter anew.

    Your file is kept in .groundup/replaced.
    """
    workspace = here()
    if not everything and chapter is None:
        raise click.UsageError("say which chapter, or --all")
    chapters = list(workspace.started()) if everything else [load_chapter(chapter or "")]
    names = ", ".join(one.name for one in chapters)
    if not chapters:
        raise WorkspaceError("no chapter was begun, so there is nothing to reset")
    if not yes:
        click.confirm(f"Begin {names} anew?", abort=True)
    for one in chapters:
        kept = workspace.reset(one)
        place = f"; yours is {kept.relative_to(workspace.root).as_posix()}" if kept else ""
        click.echo(f"{one.module}.py is as it was at first{place}")


@click.command()
def status() -> None:
    """Show how far you are in each chapter."""
    click.echo(tell_status(here()))


def tell_status(workspace: Workspace) -> str:
    """Return a line for each of the eighteen chapters."""
    there = set(chapter_names())
    lines: list[str] = []
    total = 0
    for name, project in load_projects().items():
        if name not in there:
            lines.append(f"{project.number:>2} {name:<12} not written yet")
            continue
        chapter = load_chapter(name)
        reached = workspace.reached(chapter)
        total += reached
        bar = ("#" * round(BAR * reached / LAST)).ljust(BAR, ".")
        extra = "plugged in" if name in workspace.progress["plugged"] else ""
        begun = workspace.file(chapter).is_file()
        text = f"{reached} of 4" if begun else "not begun"
        lines.append(f"{project.number:>2} {name:<12} {bar} {text:<10} {extra}".rstrip())
    share = round(100 * total / (LAST * max(len(there), 1)))
    return "\n".join([*lines, f"\n{share} % of the chapters that are there"])
