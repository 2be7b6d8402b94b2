"""``groundup config``: every setting, its value, and where the value comes from."""

from pathlib import Path

import click

from groundup.commands.options import config_file
from groundup.commands.tables import print_table
from groundup.config import SETTINGS, load_config

__all__ = ["config"]


@click.command()
@config_file
def config(config_path: Path | None) -> None:
    """Show every setting, its value, and where the value comes from.

    \b
    groundup config --config site.toml

    \b
    defaults < groundup.toml < environment (GROUNDUP_PORT=80) < command line (--port 80)
    """  # noqa: D301 - a mark of click: keep these lines
    settings = load_config(file=config_path)
    rows: list[tuple[str, ...]] = []
    for name in SETTINGS:
        value = getattr(settings, name)
        shown = ("(set)" if value else "(not set)") if name == "secret_key" else repr(value)
        rows.append((name, shown, settings.origins[name]))
    print_table(("setting", "value", "from"), rows)
