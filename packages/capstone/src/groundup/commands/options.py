"""Options that several subcommands share, and the way from them to an application."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from groundup.application import Application
from groundup.config import Config, load_config
from groundup.loading import load_application

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
) -> tuple[Application, Config]:
    """Return the application that was named, and its settings."""
    config = load_config(file=config_path, arguments=arguments)
    return load_application(application, config, replaced), config
