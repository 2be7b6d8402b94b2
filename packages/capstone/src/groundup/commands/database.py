"""``groundup db``: bring the tables of a site from one version to the next, and back."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click

from groundup.commands.options import config_file
from groundup.config import load_config
from groundup.errors import GroundupError
from groundup_orm import Database, Migrator, OrmError

__all__ = ["db"]


@click.group()
def db() -> None:
    """Change the tables of a database by plain SQL files with a way up and a way down.

    \b
    groundup db revision "add tags"     write migrations/0001_add_tags.sql, to be filled in
    groundup db upgrade                 apply what is pending
    groundup db status                  show what is applied
    groundup db downgrade               take the last one back
    """  # noqa: D301 - a mark of click: keep these lines


directory_option = click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("migrations"),
    show_default=True,
    help="The folder of the migrations.",
)


@contextmanager
def migrator(config_path: Path | None, directory: Path) -> Generator[Migrator]:
    """Open the site's database for its migrations; what goes wrong is told in one line."""
    url = load_config(file=config_path).database_url
    if not url:
        msg = "no database: set database_url in groundup.toml, or GROUNDUP_DATABASE_URL"
        raise GroundupError(msg)
    try:
        with Database(url) as database:
            yield Migrator(database, directory)
    except OrmError as error:
        raise GroundupError(str(error)) from error


@db.command()
@directory_option
@config_file
def upgrade(directory: Path, config_path: Path | None) -> None:
    """Apply the migrations that are pending."""
    with migrator(config_path, directory) as found:
        applied = found.upgrade()
    for migration in applied:
        click.echo(f"applied {migration}")
    click.echo(f"{len(applied)} applied" if applied else "nothing to do")


@db.command()
@click.option("--steps", type=click.IntRange(1), default=1, show_default=True, help="How many.")
@directory_option
@config_file
def downgrade(steps: int, directory: Path, config_path: Path | None) -> None:
    """Take the last migrations back."""
    with migrator(config_path, directory) as found:
        undone = found.downgrade(steps)
    for migration in undone:
        click.echo(f"undone {migration}")
    click.echo(f"{len(undone)} undone" if undone else "nothing to do")


@db.command()
@directory_option
@config_file
def status(directory: Path, config_path: Path | None) -> None:
    """Show every migration and whether it is applied."""
    with migrator(config_path, directory) as found:
        states = found.status() if directory.is_dir() else []
    for state in states:
        click.echo(str(state))
    if not states:
        click.echo(f"no migrations in {directory}: groundup db revision NAME writes the first")


@db.command()
@click.argument("name")
@directory_option
@config_file
def revision(name: str, directory: Path, config_path: Path | None) -> None:
    """Write the next migration, to be filled in."""
    directory.mkdir(parents=True, exist_ok=True)
    with migrator(config_path, directory) as found:
        written = found.create(name)
    for path in written:
        click.echo(f"wrote {path}")
