"""Put the subcommands together, ours and those of other distributions.

A distribution adds a command with an entry point of the group ``groundup.commands`` whose object
is a ``click.Command``.  A command is imported when somebody asks for it: ``groundup start`` waits
for no table printer, and a guest that is broken keeps nobody from ours.
"""

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from groundup.errors import GroundupError, ListenError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["OURS", "cli", "main"]

MACHINE_REFUSED, USER_MISTAKE = 1, 2
GROUP = "groundup.commands"

# The name, and the module of this package with a command of that name in it.
OURS = {
    "check": "check",
    "config": "config",
    "db": "database",
    "explain": "explain",
    "new": "new",
    "parts": "parts",
    "routes": "routes",
    "shell": "shell",
    "start": "start",
    "static": "static",
    "trace": "trace",
    "verify": "verify",
}


class Commands(click.Group):
    """A group whose commands may raise what whoever runs them did wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; a mistake becomes one line and an exit status."""
        try:
            return super().invoke(ctx)
        except mistakes() as error:
            click.echo(f"groundup: {error}", err=True)
            ctx.exit(MACHINE_REFUSED if isinstance(error, ListenError) else USER_MISTAKE)


def mistakes() -> tuple[type[Exception], ...]:
    """Return the errors of whoever runs a command; looked up when there is one."""
    from groundup_compose import OrderError  # noqa: PLC0415 - costs time to start

    return GroundupError, OrderError


class LazyCommands(Commands):
    """The same, with our commands and those of guests, each imported when it is asked for."""

    @cached_property
    def guests(self) -> "dict[str, EntryPoint]":
        """The commands of other distributions; to look for them takes as long as to start."""
        from importlib.metadata import entry_points  # noqa: PLC0415 - see above

        return {entry.name: entry for entry in entry_points(group=GROUP) if entry.name not in OURS}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names."""
        return sorted({*super().list_commands(ctx), *OURS, *self.guests})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None when there is none of that name, or only a broken one."""
        found = super().get_command(ctx, cmd_name)
        if found is None and cmd_name in OURS:
            found = getattr(import_module(f"{__package__}.{OURS[cmd_name]}"), cmd_name)
        elif found is None and cmd_name in self.guests:
            try:
                found = self.guests[cmd_name].load()
            except Exception as error:  # noqa: BLE001 - a broken guest must not keep ours away
                click.echo(f"groundup: command {cmd_name!r} cannot be loaded: {error}", err=True)
        if found is not None:
            self.add_command(found, cmd_name)
        return found


@click.group(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="groundup", prog_name="groundup")
def cli() -> None:
    """A web framework from the ground up.

    \b
    groundup start            serve the example blog on http://localhost:8000
    groundup new site         begin a site of your own in the folder `site`
    groundup start app:app    serve the application `app` of the module app.py
    """  # noqa: D301 - a mark of click: keep these lines


def main() -> None:
    """Run the command line."""
    cli.main(prog_name="groundup")
