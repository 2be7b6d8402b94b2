"""The framework with a thread for each connection, and handlers that are plain functions."""

import sys
from typing import Any

from tests.benchmarks import content

from groundup import Application, Request, Response
from groundup.config import Config
from groundup.serving import serve_threads
from groundup_messages import use_json_encoder
from groundup_messages.content import make_encode
from groundup_orm import Database
from groundup_templating import DictLoader, Environment

use_json_encoder(make_encode())  # the standard library's, as the peers', also where orjson is

app = Application(templates=Environment(DictLoader({"table.html": content.TEMPLATE})))
app.static("/static", content.STATIC)
database = Database(content.POSTGRESQL, pool_size=4) if content.POSTGRESQL else None


def pass_on(request: Request, next: Any) -> Response:
    """Do nothing, as a layer."""
    response: Response = next()
    return response


for _ in range(content.LAYERS):
    app.use(pass_on)


@app.get("/")
def plaintext(request: Request) -> Response:
    """Answer a few bytes."""
    return Response(200, content.HELLO)


@app.get("/json")
def as_json(request: Request) -> Response:
    """Answer a small object."""
    return Response.json(content.MESSAGE)


@app.get("/users/:id")
def user(request: Request) -> Response:
    """Read a parameter, the query and five fields."""
    found = {name: request.headers.get(name) for name in content.ECHOED}
    return Response.json({"id": request.params["id"], "q": request.query.get("q"), **found})


@app.get("/table")
def table(request: Request) -> Response:
    """Render twenty rows."""
    return app.render("table.html", {"title": content.TITLE, "rows": content.ROWS})


@app.post("/form")
def form(request: Request) -> Response:
    """Read five fields."""
    sent = request.form
    return Response.json({name: sent[name] for name in content.FIELDS})


@app.post("/upload")
def upload(request: Request) -> Response:
    """Read a file."""
    sent = request.files["file"]
    return Response.json({"name": sent.filename, "size": len(sent.read())})


@app.get("/sqlite/:id")
def sqlite(request: Request) -> Response:
    """Read a row in place."""
    return Response.json(content.find_in_sqlite(int(request.params["id"])))


@app.get("/postgresql/:id")
def postgresql(request: Request) -> Response:
    """Read a row over the network."""
    assert database is not None
    query = content.SQLITE_QUERY
    return Response.json(dict(database.fetch_one(query, int(request.params["id"])) or {}))


if __name__ == "__main__":
    serve_threads(app, Config(port=int(sys.argv[1])), lambda host, port: None)
