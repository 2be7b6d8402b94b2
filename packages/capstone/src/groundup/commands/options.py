"""Options that several subcommands share, and the way from them to an application."""

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from groundup.application import Application
    from groundup.config import Config

__all__ = ["application_argument", "config_file", "loaded", "with_option"]

F = TypeVar("F", bound=Callable[..., Any])


def application_argument(command: F) -> F:
    """Add the argument that names the application."""
    return click.argument("application", required=False, metavar="[MODULE:APP]")(command)


def config_file(command: F) -> F:
    """Add the option that names the file with settings."""
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Settings to read instead of groundup.toml.",
    )(command)


def with_option(command: F) -> F:
    """Add the option that puts parts of the user's own into the example blog."""
    return click.option(
        "--with",
        "replaced",
        multiple=True,
        metavar="SLOT=MODULE:CLASS",
        help="Run the example blog on a part of your own, such as router=my_router:Router.",
    )(command)


def loaded(
    application: str | None,
    config_path: Path | None,
    replaced: Iterable[str] = (),
    **arguments: Any,
) -> "tuple[Application, Config]":
    """Return the application that was named, and its settings, for a command that only looks.

    Looking leaves nothing behind: where the blog has no data yet, it gets a folder that is gone
    with the command.
    """
    # A command tells of its options without them.
    from groundup.config import load_config  # noqa: PLC0415 - see above
    from groundup.loading import load_application  # noqa: PLC0415 - see above

    config = load_config(file=config_path, arguments=arguments)
    context = click.get_current_context()
    if application is None and not Path(config.data).exists():
        folder = context.with_resource(TemporaryDirectory(prefix="groundup-"))
        config = dataclasses.replace(config, data=folder)
    app = load_application(application, config, replaced)
    if app.db is not None:
        context.call_on_close(app.db.close)
    return app, config
