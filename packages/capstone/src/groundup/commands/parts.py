"""``groundup parts``: what an application is made of, and which of it is whose."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from groundup.commands.options import application_argument, config_file, loaded, with_option
from groundup.parts import SLOTS, find_parts

__all__ = ["parts"]


@click.command()
@application_argument
@with_option
@config_file
def parts(application: str | None, replaced: tuple[str, ...], config_path: Path | None) -> None:
    r"""Show the class in each slot, and whether it is the framework's or yours.

    \b
    groundup parts
    groundup parts --with router=my_router:Router
    """
    app, _ = loaded(application, config_path, replaced, debug=True)
    table = Table(box=None, header_style="bold")
    for title in ("slot", "chapter", "class", "whose"):
        table.add_column(title)
    for slot, part in find_parts(app).items():
        table.add_row(slot, str(SLOTS[slot]), describe(part), "ours" if is_ours(part) else "yours")
    Console(soft_wrap=True).print(table)


def describe(part: Any) -> str:
    """Return the full name of a part's class."""
    if part is None:
        return "(none)"
    kind = part if isinstance(part, type) else type(part)
    return f"{kind.__module__}.{kind.__qualname__}"


def is_ours(part: Any) -> bool:
    """Return whether a part comes with the framework."""
    return part is None or describe(part).startswith(("groundup.", "groundup_"))
