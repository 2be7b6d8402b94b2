"""``groundup new``: begin a site: an application, a page, a test, settings."""

import re
import sys
from pathlib import Path

import click

__all__ = ["new"]

REFUSED = 1

FILES = {
    "app.py": '''\
"""The site."""

from pathlib import Path

from groundup import Application, Request, Response

app = Application(templates=Path(__file__).parent / "templates")


@app.get("/", name="home")
async def home(request: Request) -> Response:
    """Show the front page."""
    return app.render("home.html", {"name": request.query.get("name", "world")})


app.static("/static", Path(__file__).parent / "static")
''',
    "templates/home.html": """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>SITE</title>
    <link rel="stylesheet" href="{{ static_url('site.css') }}">
  </head>
  <body>
    <h1>Hello, {{ name }}!</h1>
  </body>
</html>
""",
    "static/site.css": """\
:root {
  color-scheme: light dark;
  font-family: system-ui, sans-serif;
}

body {
  max-width: 40rem;
  margin: 2rem auto;
  padding: 0 1rem;
}
""",
    "groundup.toml": """\
# Settings; the environment (GROUNDUP_PORT=80) and the command line (--port 80) win over these.
# Secrets belong into the environment: GROUNDUP_SECRET_KEY.
[groundup]
port = 8000
""",
    "tests/test_app.py": '''\
"""The pages of the site."""

from groundup_testing import TestClient

from app import app


def test_home_greets() -> None:
    with TestClient(app) as client:
        response = client.get("/", params={"name": "Ada"})

    assert response.status == 200
    assert "Hello, Ada!" in response.text
''',
    ".gitignore": "__pycache__/\n*.db*\n.env\n",
}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Begin a site in a new folder.

    \b
    groundup new site
    cd site && groundup start app --reload
    """  # noqa: D301 - a mark of click: keep these lines
    name = folder.name
    if not re.fullmatch(r"[A-Za-z][\w-]*", name):
        raise click.BadParameter(f"a site's name is letters, digits, - and _, got {name!r}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        click.echo(
            f"groundup: {folder} is there already and not empty: choose another name", err=True
        )
        sys.exit(REFUSED)
    for path, text in FILES.items():
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text.replace("SITE", name), encoding="utf-8")
        except OSError as error:
            click.echo(f"groundup: {place} cannot be written: {error.strerror}", err=True)
            sys.exit(REFUSED)
        click.echo(f"wrote {place}")
    click.echo(f"\nNow: cd {folder} && groundup start app --reload")
