"""``groundup learn``: a chapter, its checks, and the blog on the learner's own parts."""

import click

from groundup_course.commands.blog import plug, report, start, unplug
from groundup_course.commands.checking import check, hint, new, show
from groundup_course.commands.group import Learn, here
from groundup_course.commands.looking import diff, reset, reveal, status
from groundup_course.commands.site import doctor, serve
from groundup_course.errors import WorkspaceError

__all__ = ["learn"]


@click.group(cls=Learn, invoke_without_command=True, context_settings={"max_content_width": 100})
@click.pass_context
def learn(context: click.Context) -> None:
    """Build the framework yourself, chapter by chapter, and have each step checked.

    \b
    groundup learn new router       begin: my_router.py with signatures and docstrings
    groundup learn check            what passes, and what to do about what does not
    groundup learn hint             one of three, when you want one
    groundup learn diff             yours beside ours, once it passes
    groundup learn plug router      the blog on your router; `start` runs it, `report` counts

    Without a command it says where you are.  Everything works offline.
    """  # noqa: D301 - a mark of click: keep these lines
    if context.invoked_subcommand is not None:
        return
    try:
        workspace = here()
        chapter = workspace.choose(None)
    except WorkspaceError as error:
        click.echo(f"Nothing is begun here: {error}\n\ngroundup learn --help says more.")
        return
    reached = workspace.reached(chapter)
    click.echo(f"Chapter {chapter.number}, {chapter.name}: {reached} of 4 milestones.")
    if reached < len(chapter.milestones):
        following = chapter.milestones[reached]
        click.echo(f"Next: {following.title}. {following.goal}\n\ngroundup learn check")
    else:
        unlocked = ", ".join(chapter.unlocks) or "nothing more"
        click.echo(f"It unlocks {unlocked}.\n\ngroundup learn status")


COMMANDS = (new, check, show, hint, diff, reveal, status, plug, start, report, unplug, reset)
for command in (*COMMANDS, serve, doctor):
    learn.add_command(command)
