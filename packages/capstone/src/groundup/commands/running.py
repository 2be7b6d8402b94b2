"""Serve a site: its log, its application, its server.

This is all that `start` does, apart from it because it imports the whole framework: the process
that only watches for changes, and the help, need none of it.
"""

import logging
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from groundup.config import Config, load_config
from groundup.errors import ConfigError
from groundup.loading import load_application
from groundup.serving import has_blocking_parts, serve_async, serve_threads
from groundup_compose import current_request_id
from groundup_errors import Logging, configure_logging

__all__ = ["announce", "run", "serve_site"]


def serve_site(
    application: str | None,
    file: Path | None,
    replaced: Iterable[str],
    arguments: Mapping[str, Any],
    *,
    demo: bool,
) -> None:
    """Serve the application that was named, or the blog, until it is told to stop.

    Args:
        application: ``module:attribute``; None for the blog.
        file: Settings to read instead of ``groundup.toml``.
        replaced: Parts for the blog: ``router=my_router:Router``.
        arguments: Settings of the command line.
        demo: Begin the blog with twenty posts.
    """
    config = load_config(file=file, arguments=arguments)
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
