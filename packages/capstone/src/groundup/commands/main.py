"""Put the subcommands together, ours and those of other distributions.

A distribution adds a command with an entry point of the group ``groundup.commands`` whose object
is a ``click.Command``.
"""

import sys
from importlib.metadata import entry_points, version

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
from groundup.commands.trace import trace
from groundup.errors import GroundupError

__all__ = ["main"]

USER_MISTAKE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("groundup"), prog_name="groundup")
def cli() -> None:
    r"""A web framework from the ground up.

    \b
    groundup start            serve the example blog on http://localhost:8000
    groundup new site         begin a site of your own in the folder `site`
    groundup start app:app    serve the application `app` of the module app.py
    """


for command in (start, new, routes, explain, trace, shell, db, parts, config, check):
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    for entry in entry_points(group="groundup.commands"):
        cli.add_command(entry.load(), entry.name)
    try:
        cli.main(prog_name="groundup", standalone_mode=True)
    except GroundupError as error:
        click.echo(f"groundup: {error}", err=True)
        sys.exit(USER_MISTAKE)
