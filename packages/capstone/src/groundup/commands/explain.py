"""``groundup explain``: where a path goes and why, and which layers it meets on its way."""

from pathlib import Path
from typing import Any

import click

from groundup.commands.options import config_file, loaded, with_option
from groundup.interfaces import (
    SupportsAllowedMethods,
    SupportsExplain,
    SupportsRedirect,
    SupportsRoutes,
    SupportsUrlFor,
)
from groundup_compose.show import format_chain
from groundup_middleware import Pipeline

__all__ = ["explain"]

# What a router may be able to do, and what happens where it is not.
ABILITIES: tuple[tuple[type[Any], str], ...] = (
    (SupportsExplain, "explain: nobody can tell why a path takes its way"),
    (SupportsAllowedMethods, "allowed_methods: 404 in place of 405, no answer to OPTIONS"),
    (SupportsRedirect, "redirect_for: another spelling of a path is a 404"),
    (SupportsUrlFor, "url_for: pages cannot ask for the path of a name"),
    (SupportsRoutes, "routes: `groundup routes` cannot list them"),
)


@click.command()
@click.argument("path")
@click.argument("application", required=False, metavar="[MODULE:APP]")
@click.option("-X", "--method", default="GET", show_default=True, help="The method to ask with.")
@with_option
@config_file
def explain(
    path: str,
    application: str | None,
    method: str,
    replaced: tuple[str, ...],
    config_path: Path | None,
) -> None:
    """Show which route a path takes and why, and the layers around its handler.

    \b
    groundup explain /posts/hello
    groundup explain /posts/7 -X PUT
    groundup explain / --with router=my_router:Router
    """  # noqa: D301 - a mark of click: keep these lines
    app, _ = loaded(application, config_path, replaced, debug=True)
    router = app.router
    if isinstance(router, SupportsExplain):
        click.echo(router.explain(path, method))
    for ability, without in ABILITIES:
        if not isinstance(router, ability):
            click.echo(f"{type(router).__name__} lacks {without}")
    match = router.match(path, method)
    layers = [*app.layers, *(match["handler"].layers if match else ())]
    click.echo("\nlayers, outermost first:")
    handler = match["handler"].handler if match and not match["handler"].websocket else None
    click.echo(format_chain(Pipeline(layers), handler), nl=False)
