# type: ignore  # peers are installed only to compare: no type checker can know them
"""Sanic's own server: httptools and uvloop, one process."""

import sys

from jinja2 import DictLoader, Environment
from sanic import Sanic
from sanic.response import html, json, text
from tests.benchmarks import content

templates = Environment(
    loader=DictLoader({"table.html": content.TEMPLATE}), autoescape=True, auto_reload=False
)
notes = content.AsyncNotes()
app = Sanic("bench", configure_logging=False)
app.config.ACCESS_LOG = False
app.static("/static", content.STATIC)


async def pass_on(request):
    pass


for _ in range(content.LAYERS):
    app.register_middleware(pass_on)


@app.get("/")
async def plaintext(request):
    return text(content.HELLO)


@app.get("/json")
async def as_json(request):
    return json(content.MESSAGE)


@app.get("/users/<id>")
async def user(request, id):
    found = {name: request.headers.get(name) for name in content.ECHOED}
    return json({"id": id, "q": request.args.get("q"), **found})


@app.get("/table")
async def table(request):
    page = templates.get_template("table.html")
    return html(page.render(title=content.TITLE, rows=content.ROWS))


@app.post("/form")
async def form(request):
    return json({name: request.form.get(name) for name in content.FIELDS})


@app.post("/upload")
async def upload(request):
    file = request.files.get("file")
    return json({"name": file.name, "size": len(file.body)})


@app.get("/sqlite/<id:int>")
async def sqlite(request, id):
    return json(content.find_in_sqlite(id))


@app.get("/postgresql/<id:int>")
async def postgresql(request, id):
    return json(await notes.find(id))


if __name__ == "__main__":
    app.run(
        host="127.0.0.1", port=int(sys.argv[1]), single_process=True, motd=False, access_log=False
    )
