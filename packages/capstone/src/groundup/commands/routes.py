"""``groundup routes``: what the application answers."""

from pathlib import Path
from typing import Any

import click

from groundup.commands.options import application_argument, config_file, loaded, with_option
from groundup.commands.tables import print_table
from groundup.endpoints import Endpoint
from groundup.errors import GroundupError
from groundup.interfaces import SupportsRoutes

__all__ = ["routes"]


@click.command()
@application_argument
@with_option
@config_file
def routes(application: str | None, replaced: tuple[str, ...], config_path: Path | None) -> None:
    """List every route: methods, pattern, name, handler.

    \b
    groundup routes             of the example blog
    groundup routes shop:app    of the attribute `app` of the module shop.py
    """  # noqa: D301 - a mark of click: keep these lines
    app, _ = loaded(application, config_path, replaced, debug=True)
    if not isinstance(app.router, SupportsRoutes):
        msg = f"{type(app.router).__name__} cannot list its routes: it has no routes()"
        raise GroundupError(msg)
    rows: list[tuple[str, ...]] = []
    for route in app.router.routes():
        endpoint: Any = route.handler
        label = endpoint.label if isinstance(endpoint, Endpoint) else repr(endpoint)
        kind = (
            "WS" if getattr(endpoint, "websocket", False) else " ".join(route.methods or ("any",))
        )
        rows.append((kind, route.pattern, route.name or "", label))
    print_table(("methods", "pattern", "name", "handler"), rows)
