"""``groundup start``: serve an application until it is told to stop."""

import logging
import sys
from pathlib import Path
from typing import Any

import click

from groundup.commands.options import application_argument, config_file, with_option
from groundup.config import Config, load_config
from groundup.errors import ConfigError
from groundup.loading import load_application
from groundup.serving import has_blocking_parts, serve_async, serve_threads
from groundup_compose import current_request_id
from groundup_errors import Logging, configure_logging

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
    config = load_config(file=config_path, arguments=arguments)
    with open_log(config):
        app = load_application(application, config, replaced)
        if demo:
            from groundup.blog.demo import add_demo_posts  # noqa: PLC0415 - only the blog has them

            add_demo_posts(app)
        run(app, config)


def open_log(config: Config) -> Logging:
    """Send log lines where the settings say, by a thread: a full disk must not stop a request.

    Raises:
        ConfigError: The file or the system's log cannot be had.
    """
    if config.log_file and config.workers > 1:
        msg = f"log_file is for one worker, got {config.workers}: use log_syslog, or standard error"
        raise ConfigError(msg)
    host, colon, port = config.log_syslog.rpartition(":")
    syslog = (host, int(port)) if colon and port.isdecimal() else config.log_syslog or None
    try:
        return configure_logging(
            logging.DEBUG if config.debug else logging.INFO,
            file=config.log_file or None,
            syslog=syslog,
            program="groundup",
            context_vars={"request_id": current_request_id},
            queued=True,
        )
    except OSError as error:
        place = config.log_file if error.filename == config.log_file else config.log_syslog
        msg = f"log cannot be written to {place or config.log_file!r}: {error.strerror or error}"
        raise ConfigError(msg) from error


def run(app: Any, config: Config) -> None:
    """Serve with the server that the settings name; parts that block decide where they do not."""
    threads = config.server == "threads"
    if config.origins.get("server") == "default":
        threads = has_blocking_parts(app)
    serve = serve_threads if threads else serve_async
    serve(app, config, announce)


def announce(host: str, port: int) -> None:
    """Say where the application answers; whoever waits for readiness reads this line."""
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104 - compared, not bound
    shown = f"[{shown}]" if ":" in shown else shown
    click.echo(f"Application running on http://{shown}:{port}")
    sys.stdout.flush()
