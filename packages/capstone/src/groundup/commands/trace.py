"""``groundup trace``: send one request through the application, and print its story."""

from pathlib import Path

import click

from groundup.commands.options import config_file, loaded, with_option
from groundup.interfaces import SupportsExplain
from groundup.tracing import tell

__all__ = ["trace"]


@click.command()
@click.argument("method")
@click.argument("path")
@click.argument("application", required=False, metavar="[MODULE:APP]")
@click.option("-H", "--header", "headers", multiple=True, metavar="NAME:VALUE", help="A field.")
@click.option("-d", "--data", help="The body, as a form such as name=Ada&year=1843.")
@with_option
@config_file
def trace(
    method: str,
    path: str,
    application: str | None,
    headers: tuple[str, ...],
    data: str | None,
    replaced: tuple[str, ...],
    config_path: Path | None,
) -> None:
    """Send one request through the application in memory, and print what happened to it.

    \b
    groundup trace GET /
    groundup trace GET /posts/hello -H "Accept: text/html"
    groundup trace POST /register -d "username=ada&email=ada@example.com&password=Loveletters1"
    """  # noqa: D301 - a mark of click: keep these lines
    from groundup_testing import TestClient  # noqa: PLC0415 - a server does not need it

    app, _ = loaded(application, config_path, replaced, debug=True)
    fields = dict(split_header(line) for line in headers)
    if data is not None:
        fields.setdefault("Content-Type", "application/x-www-form-urlencoded")
    if isinstance(app.router, SupportsExplain):
        click.echo(app.router.explain(path.partition("?")[0], method))
    else:
        click.echo(f"{method} {path}")
    story = tell(app)
    with TestClient(app, follow_redirects=False) as client:
        answer = client.request(method, path, headers=fields, content=(data or "").encode())
    click.echo("\n".join(story.lines))
    click.secho(f"{answer.status} {answer.reason}", bold=True)
    for name, value in answer.headers.multi_items():
        click.echo(f"{name}: {value}")
    click.echo(f"{len(answer.body)} bytes of content")


def split_header(line: str) -> tuple[str, str]:
    """Return name and value of a field as curl writes it."""
    name, colon, value = line.partition(":")
    if not colon:
        raise click.BadParameter(f"a field is NAME:VALUE, got {line!r}", param_hint="-H")
    return name.strip(), value.strip()
