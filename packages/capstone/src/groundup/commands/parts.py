"""``groundup parts``: what an application is made of, and which of it is whose."""

from pathlib import Path
from typing import Any

import click

from groundup.commands.options import application_argument, config_file, loaded, with_option
from groundup.commands.tables import print_table
from groundup.parts import SLOTS, find_parts

__all__ = ["parts"]


@click.command()
@application_argument
@with_option
@config_file
def parts(application: str | None, replaced: tuple[str, ...], config_path: Path | None) -> None:
    """Show the class in each slot, and whether it is the framework's or yours.

    \b
    groundup parts
    groundup parts --with router=my_router:Router
    """  # noqa: D301 - a mark of click: keep these lines
    app, _ = loaded(application, config_path, replaced, debug=True)
    rows = [
        (slot, str(SLOTS[slot]), describe(part), "ours" if is_ours(part) else "yours")
        for slot, part in find_parts(app).items()
    ]
    print_table(("slot", "chapter", "class", "whose"), rows)


def describe(part: Any) -> str:
    """Return the full name of a part's class."""
    if part is None:
        return "(none)"
    kind = part if isinstance(part, type) else type(part)
    return f"{kind.__module__}.{kind.__qualname__}"


def is_ours(part: Any) -> bool:
    """Return whether a part comes with the framework; what the course wraps is a learner's."""
    name = describe(part)
    ours = name.startswith(("groundup.", "groundup_")) and not name.startswith("groundup_course.")
    return part is None or ours
