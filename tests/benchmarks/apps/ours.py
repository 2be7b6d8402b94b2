"""The framework, with async handlers; its arguments are port, loop and number of workers."""

import sys
from typing import Any, Literal, cast

from tests.benchmarks import content

from groundup import Application, Request, Response
from groundup_asyncserver import serve
from groundup_messages import use_json_encoder
from groundup_messages.content import make_encode
from groundup_orm import Database
from groundup_templating import DictLoader, Environment

Loop = Literal["auto", "asyncio", "uvloop"]

use_json_encoder(make_encode())  # the standard library's, as the peers', also where orjson is

app = Application(templates=Environment(DictLoader({"table.html": content.TEMPLATE})))
app.static("/static", content.STATIC)
database = Database(content.POSTGRESQL, pool_size=4) if content.POSTGRESQL else None


async def pass_on(request: Request, next: Any) -> Response:
    """Do nothing, as a layer."""
    response: Response = await next()
    return response


for _ in range(content.LAYERS):
    app.use(pass_on)


@app.get("/")
async def plaintext(request: Request) -> Response:
    """Answer a few bytes."""
    return Response(200, content.HELLO)


@app.get("/blocking")
def blocking(request: Request) -> Response:
    """Answer a few bytes from a thread."""
    return Response(200, content.HELLO)


@app.get("/json")
async def as_json(request: Request) -> Response:
    """Answer a small object."""
    return Response.json(content.MESSAGE)


@app.get("/users/:id")
async def user(request: Request) -> Response:
    """Read a parameter, the query and five fields."""
    found = {name: request.headers.get(name) for name in content.ECHOED}
    return Response.json({"id": request.params["id"], "q": request.query.get("q"), **found})


@app.get("/table")
async def table(request: Request) -> Response:
    """Render twenty rows."""
    return app.render("table.html", {"title": content.TITLE, "rows": content.ROWS})


@app.post("/form")
async def form(request: Request) -> Response:
    """Read five fields."""
    sent = request.form
    return Response.json({name: sent[name] for name in content.FIELDS})


@app.post("/upload")
async def upload(request: Request) -> Response:
    """Read a file."""
    sent = request.files["file"]
    return Response.json({"name": sent.filename, "size": len(sent.read())})


@app.get("/sqlite/:id")
async def sqlite(request: Request) -> Response:
    """Read a row in place."""
    return Response.json(content.find_in_sqlite(int(request.params["id"])))


@app.get("/postgresql/:id")
async def postgresql(request: Request) -> Response:
    """Read a row over the network."""
    assert database is not None
    query = content.SQLITE_QUERY
    return Response.json(dict(await database.query_one(query, int(request.params["id"])) or {}))


if __name__ == "__main__":
    port, loop, workers = sys.argv[1:]
    serve(app, port=int(port), loop=cast("Loop", loop), workers=int(workers))
