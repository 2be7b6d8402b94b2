"""``groundup config``: every setting, its value, and where the value comes from."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from groundup.commands.options import config_file
from groundup.config import SETTINGS, load_config

__all__ = ["config"]


@click.command()
@config_file
def config(config_path: Path | None) -> None:
    """Show every setting, its value, and where the value comes from."""
    settings = load_config(file=config_path)
    table = Table(box=None, header_style="bold")
    for title in ("setting", "value", "from"):
        table.add_column(title)
    for name in SETTINGS:
        value = getattr(settings, name)
        shown = ("(set)" if value else "(not set)") if name == "secret_key" else repr(value)
        table.add_row(name, shown, settings.origins[name])
    Console(soft_wrap=True).print(table)
