"""``groundup explain``: where a path goes and why, and which layers it meets on its way."""

from pathlib import Path

import click

from groundup.commands.options import config_file, loaded
from groundup.interfaces import SupportsExplain
from groundup_compose.show import format_chain
from groundup_middleware import Pipeline

__all__ = ["explain"]


@click.command()
@click.argument("path")
@click.argument("application", required=False, metavar="[MODULE:APP]")
@click.option("-X", "--method", default="GET", show_default=True, help="The method to ask with.")
@config_file
def explain(path: str, application: str | None, method: str, config_path: Path | None) -> None:
    r"""Show which route a path takes and why, and the layers around its handler.

    \b
    groundup explain /posts/hello
    groundup explain /posts/7 -X PUT
    """
    app, _ = loaded(application, config_path, debug=True)
    router = app.router
    if isinstance(router, SupportsExplain):
        click.echo(router.explain(path, method))
    else:
        click.echo(f"{type(router).__name__} does not tell why a path takes its way")
    match = router.match(path, method)
    layers = [*app.layers, *(match["handler"].layers if match else ())]
    click.echo("\nlayers, outermost first:")
    handler = match["handler"].handler if match and not match["handler"].websocket else None
    click.echo(format_chain(Pipeline(layers), handler), nl=False)
