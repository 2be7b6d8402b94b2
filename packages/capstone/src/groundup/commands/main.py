"""Put the subcommands together, ours and those of other distributions.

A distribution adds a command with an entry point of the group ``groundup.commands`` whose object
is a ``click.Command``.
"""

from importlib.metadata import entry_points, version
from typing import Any

import click

from groundup.commands.check import check
from groundup.commands.config import config
from groundup.commands.database import db
from groundup.commands.explain import explain
from groundup.commands.new import new
from groundup.commands.parts import parts
from groundup.commands.routes import routes
from groundup.commands.shell import shell
from groundup.commands.start import start
from groundup.commands.static import static
from groundup.commands.trace import trace
from groundup.commands.verify import verify
from groundup.errors import GroundupError, ListenError
from groundup_compose import OrderError

__all__ = ["cli", "main"]

MACHINE_REFUSED, USER_MISTAKE = 1, 2


class Commands(click.Group):
    """A group whose commands may raise what whoever runs them did wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; a mistake becomes one line and an exit status."""
        try:
            return super().invoke(ctx)
        except (GroundupError, OrderError) as error:
            click.echo(f"groundup: {error}", err=True)
            ctx.exit(MACHINE_REFUSED if isinstance(error, ListenError) else USER_MISTAKE)


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(version("groundup"), prog_name="groundup")
def cli() -> None:
    """A web framework from the ground up.

    \b
    groundup start            serve the example blog on http://localhost:8000
    groundup new site         begin a site of your own in the folder `site`
    groundup start app:app    serve the application `app` of the module app.py
    """  # noqa: D301 - a mark of click: keep these lines


OURS = (start, new, routes, explain, trace, shell, db, parts, config, check, verify, static)
for command in OURS:
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    for entry in entry_points(group="groundup.commands"):
        try:
            cli.add_command(entry.load(), entry.name)
        except Exception as error:  # noqa: BLE001 - a broken guest must not keep ours away
            click.echo(f"groundup: command {entry.name!r} cannot be loaded: {error}", err=True)
    cli.main(prog_name="groundup")
