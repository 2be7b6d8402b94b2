"""``groundup start``: serve an application until it is told to stop."""

import sys
from pathlib import Path
from typing import Any

import click

from groundup.commands.options import application_argument, config_file, with_option
from groundup.importing import uncollected

__all__ = ["start"]


@click.command()
@application_argument
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8000]"
)
@click.option(
    "--server",
    type=click.Choice(["async", "threads"]),
    help="One event loop, or one thread for each connection.  [default: async]",
)
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Processes that share the port.  [default: 1]"
)
@click.option(
    "--data", help="Folder for database, uploads and keys of the blog.  [default: blog-data]"
)
@click.option("--debug/--no-debug", default=None, help="Show errors with their source.")
@click.option("--reload", is_flag=True, help="Start again when a source file changes.")
@click.option("--demo", is_flag=True, help="Begin the example blog with twenty posts.")
@with_option
@config_file
def start(
    application: str | None,
    config_path: Path | None,
    *,
    reload: bool,
    demo: bool,
    replaced: tuple[str, ...],
    **arguments: Any,
) -> None:
    """Serve an application until SIGINT (Ctrl+C) or SIGTERM.

    \b
    groundup start                    the example blog
    groundup start --demo             the same with twenty posts in it
    groundup start shop.app:app       the attribute `app` of the module shop/app.py
    groundup start app --port 80      the attribute `app` of app.py, on port 80
    groundup start --workers 4        four processes; redis_url lets them share what is live
    groundup start --with router=my_router:Router      the blog on a router of your own
    """  # noqa: D301 - a mark of click: keep these lines
    if demo and application is not None:
        raise click.UsageError("--demo is for the example blog: leave the application out")
    if reload:
        from groundup.reloading import run_with_reload  # noqa: PLC0415 - needs the extra `reload`

        sys.exit(run_with_reload())
    # Half of the time to start, and a watcher does not need it.
    with uncollected():
        from groundup.commands.running import serve_site  # noqa: PLC0415 - see above

    serve_site(application, config_path, replaced, arguments, demo=demo)
