"""The group ``groundup learn``: what a person can mend ends in one line and an exit status."""

import sys
from pathlib import Path
from typing import Any

import click

from groundup_course.chapter import chapter_names
from groundup_course.errors import CourseError
from groundup_course.workspace import Workspace

__all__ = ["PASSED", "YET", "Learn", "here", "make_printable"]

PASSED, YET = 0, 1  # exit statuses; 2 is a broken workspace, 3 a fault of the grader


class Learn(click.Group):
    """A group whose commands may raise what whoever runs them can mend."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; a mistake becomes one line and its exit status."""
        make_printable()
        try:
            return super().invoke(ctx)
        except CourseError as error:
            click.echo(f"groundup learn: {error}", err=True)
            ctx.exit(error.exit_code)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return the commands in the order in which a learner needs them."""
        return list(self.commands)


def make_printable() -> None:
    """Let a terminal with a small alphabet show a question mark in place of an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def here() -> Workspace:
    """Return the workspace of the current folder."""
    return Workspace.find(Path.cwd())


def complete_chapter(_context: Any, _parameter: Any, incomplete: str) -> list[str]:
    """Return the chapters that a word may become, for completion in a shell."""
    return [name for name in chapter_names() if name.startswith(incomplete)]


chapter_argument = click.argument(
    "chapter", required=False, metavar="[CHAPTER]", shell_complete=complete_chapter
)
