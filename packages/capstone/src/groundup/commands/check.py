"""``groundup check``: find what would go wrong later, before anyone else does."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from groundup.application import Application
from groundup.commands.options import application_argument, config_file, loaded
from groundup.config import MIN_SECRET, Config
from groundup_templating import Environment, lint

__all__ = ["check", "find_mistakes", "find_risks"]

FOUND = 1


@click.command()
@application_argument
@click.option("--deploy", is_flag=True, help="Look for what is fine at home and wrong in public.")
@config_file
def check(application: str | None, config_path: Path | None, *, deploy: bool) -> None:
    """Load the application and look for mistakes, also in its templates.

    Exit status 1 when there are any.

    \b
    groundup check --deploy             is the example blog fit for the open internet?
    groundup check shop:app --deploy    is the attribute `app` of the module shop.py?
    """  # noqa: D301 - a mark of click: keep these lines
    app, config = loaded(application, config_path)
    risks = list(find_mistakes(app))
    risks += find_risks(app, config) if deploy else ()
    for risk in risks:
        click.echo(f"- {risk}")
    if risks:
        sys.exit(FOUND)
    click.echo("nothing found")


def find_mistakes(app: Application) -> Iterator[str]:
    """Yield what is wrong in the application's templates, whether or not a page shows it."""
    if isinstance(app.templates, Environment):
        for finding in lint(app.templates):
            yield f"template {finding}".replace("\n", "\n  ")


def find_risks(app: Application, config: Config) -> Iterator[str]:
    """Yield what a public site should not have, each with the way out."""
    if config.debug or app.debug:
        yield "debug is on: errors show source and values; unset GROUNDUP_DEBUG"
    if len(config.secret_key) < MIN_SECRET:
        yield (
            f"no secret_key of {MIN_SECRET} characters: other processes would not take our tokens; "
            "set GROUNDUP_SECRET_KEY"
        )
    if config.trusted_hosts == "*":
        yield "any Host is answered: set trusted_hosts to the names of the site"
    if config.database_url.startswith("sqlite") or not config.database_url:
        yield "SQLite serves one machine: set database_url to PostgreSQL for more"
    if not config.redis_url:
        yield "sessions and rooms are this process's own: set redis_url for more than one"
