"""``groundup routes``: what the application answers."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from groundup.commands.options import application_argument, config_file, loaded
from groundup.endpoints import Endpoint
from groundup.errors import GroundupError
from groundup.interfaces import SupportsRoutes

__all__ = ["routes"]


@click.command()
@application_argument
@config_file
def routes(application: str | None, config_path: Path | None) -> None:
    """List every route: methods, pattern, name, handler."""
    app, _ = loaded(application, config_path, debug=True)
    if not isinstance(app.router, SupportsRoutes):
        msg = f"{type(app.router).__name__} cannot list its routes: it has no routes()"
        raise GroundupError(msg)
    table = Table(box=None, header_style="bold")
    for title in ("methods", "pattern", "name", "handler"):
        table.add_column(title, overflow="fold")
    for route in app.router.routes():
        endpoint: Any = route.handler
        label = endpoint.label if isinstance(endpoint, Endpoint) else repr(endpoint)
        kind = (
            "WS" if getattr(endpoint, "websocket", False) else " ".join(route.methods or ("any",))
        )
        table.add_row(kind, route.pattern, route.name or "", label)
    Console(soft_wrap=True).print(table)
