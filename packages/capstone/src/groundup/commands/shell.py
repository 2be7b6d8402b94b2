"""``groundup shell``: Python with the application at hand."""

import code
from pathlib import Path

import click

from groundup.commands.options import application_argument, config_file, loaded

__all__ = ["shell"]


@click.command()
@application_argument
@config_file
def shell(application: str | None, config_path: Path | None) -> None:
    """Start Python with `app`, `db` and `config` at hand.

    \b
    groundup shell              of the example blog
    groundup shell shop:app     of the attribute `app` of the module shop.py
    """  # noqa: D301 - a mark of click: keep these lines
    app, config = loaded(application, config_path, debug=True)
    names = {"app": app, "db": app.db, "config": config}
    code.interact(banner=f"groundup shell: {', '.join(names)}", local=names, exitmsg="")
