"""``plug``, ``unplug``, ``start``, ``report``: the blog on the learner's own parts."""

import logging
from typing import Any

import click

from groundup_course.chapter import Chapter, load_chapter
from groundup_course.commands.group import here
from groundup_course.errors import WorkspaceError
from groundup_course.plugging import load_part, make_blog, owner_of, target_of
from groundup_course.settings import write_parts
from groundup_course.workspace import Workspace

__all__ = ["plug", "report", "start", "unplug"]


@click.command()
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...")
def plug(chapters: tuple[str, ...]) -> None:
    """Let the blog run on your parts; all others stay ours.

    \b
    groundup learn plug router
    groundup learn start            the blog, with a count of who served what
    groundup start                  the same without the count: groundup.toml names your parts
    """  # noqa: D301 - a mark of click: keep these lines
    workspace = here()
    for name in chapters:
        chapter = load_chapter(name)
        _, origin = load_part(workspace, chapter)
        owner, file = owner_of(origin, workspace)
        shown = file or f"{origin.__module__}.{getattr(origin, '__qualname__', origin)}"
        click.echo(f"{chapter.slot}: {owner} ({shown})")
        if workspace.reached(chapter) < len(chapter.milestones):
            click.echo(f"  it has not passed all milestones: groundup learn check {name}")
    set_plugged(workspace, [*workspace.progress["plugged"], *chapters])
    targets = " ".join(f"--with {target_of(load_chapter(name))}" for name in chapters)
    click.echo("\ngroundup learn start            runs the blog on it, and counts")
    click.echo(f"groundup start {targets}")


@click.command()
@click.argument("chapters", nargs=-1, metavar="[CHAPTER...]")
def unplug(chapters: tuple[str, ...]) -> None:
    """Take your parts out of the blog again.

    Those that are named, or all.
    """
    workspace = here()
    for name in chapters:
        load_chapter(name)
    kept = [name for name in workspace.progress["plugged"] if chapters and name not in chapters]
    set_plugged(workspace, kept)
    click.echo(f"plugged in: {', '.join(kept) or 'nothing'}")


def set_plugged(workspace: Workspace, names: list[str]) -> None:
    """Record which chapters are plugged in, and tell ``groundup start``."""
    chosen = {load_chapter(name).slot: name for name in names}
    workspace.progress["plugged"] = sorted(chosen.values())
    write_parts(workspace.root, [target_of(one) for one in plugged(workspace)])
    workspace.save()


def plugged(workspace: Workspace) -> list[Chapter]:
    """Return the chapters that are plugged in."""
    return [load_chapter(name) for name in workspace.progress["plugged"]]


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.option("--data", help="Folder of the blog's data.  [default: blog-data]")
@click.option("--demo", is_flag=True, help="Begin with twenty posts.")
def start(port: int | None, data: str | None, *, demo: bool) -> None:
    """Run the blog on your parts, and count.

    Until Ctrl+C; then, and with `report` later, it says whose part has served how much.
    """
    from groundup.commands.running import run  # noqa: PLC0415 - takes the whole framework
    from groundup.config import load_config  # noqa: PLC0415 - as above
    from groundup_compose import current_request_id  # noqa: PLC0415 - as above
    from groundup_errors import configure_logging  # noqa: PLC0415 - as above

    workspace = here()
    config = load_config(arguments={"port": port, "data": data})
    with configure_logging(logging.INFO, context_vars={"request_id": current_request_id}):
        app, ledger = make_blog(workspace, plugged(workspace), config)
        if demo:
            from groundup.blog.demo import add_demo_posts  # noqa: PLC0415 - as above

            add_demo_posts(app)
        try:
            run(app, config)
        finally:
            ledger.write()
            click.echo(tell_report(workspace))


@click.command()
def report() -> None:
    """Say whose part served how many calls.

    It is about the last time that `groundup learn start` ran.
    """
    click.echo(tell_report(here()))


def tell_report(workspace: Workspace) -> str:
    """Return a line for each slot.

    Raises:
        WorkspaceError: The blog has not run yet.
    """
    slots: dict[str, dict[str, Any]] = workspace.read_file("report.json").get("slots", {})
    if not slots:
        raise WorkspaceError("the blog has not run here yet: `groundup learn start` runs it")
    order = sorted(slots, key=lambda slot: (slots[slot]["owner"] != "yours", slot))
    lines: list[str] = []
    for slot in order:
        facts = slots[slot]
        file = f" ({facts['file']})" if facts["file"] else ""
        lines.append(f"{slot}: {facts['owner']}{file}, {facts['calls']} {facts['what']}")
    return "\n".join(lines)
