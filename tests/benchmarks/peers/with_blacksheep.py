# type: ignore  # peers are installed only to compare: no type checker can know them
"""BlackSheep on uvicorn; its requests, responses and routes are compiled by Cython."""

import sys

from blacksheep import Application, Content, Request, Response, json, text
from jinja2 import DictLoader, Environment
from tests.benchmarks import content

templates = Environment(
    loader=DictLoader({"table.html": content.TEMPLATE}), autoescape=True, auto_reload=False
)
notes = content.AsyncNotes()
app = Application()
app.serve_files(content.STATIC, root_path="static", extensions={".txt"})
ECHOED = [(name, name.lower().encode()) for name in content.ECHOED]


async def pass_on(request, handler):
    return await handler(request)


for _ in range(content.LAYERS):
    app.middlewares.append(pass_on)


@app.router.get("/")
async def plaintext(request: Request):
    return text(content.HELLO)


@app.router.get("/json")
async def as_json(request: Request):
    return json(content.MESSAGE)


@app.router.get("/users/{id}")
async def user(request: Request):
    found = {name: request.get_first_header(key).decode() for name, key in ECHOED}
    return json({"id": request.route_values["id"], "q": request.query["q"][0], **found})


@app.router.get("/table")
async def table(request: Request):
    page = templates.get_template("table.html").render(title=content.TITLE, rows=content.ROWS)
    return Response(200, None, Content(content.HTML.encode(), page.encode()))


@app.router.post("/form")
async def form(request: Request):
    sent = await request.form()
    return json({name: sent[name] for name in content.FIELDS})


@app.router.post("/upload")
async def upload(request: Request):
    (file,) = await request.files("file")
    data = file.data if isinstance(file.data, bytes) else await file.read()
    return json({"name": as_text(file.file_name), "size": len(data)})


def as_text(value):
    return value.decode() if isinstance(value, bytes) else value


@app.router.get("/sqlite/{id}")
async def sqlite(request: Request):
    return json(content.find_in_sqlite(int(request.route_values["id"])))


@app.router.get("/postgresql/{id}")
async def postgresql(request: Request):
    return json(await notes.find(int(request.route_values["id"])))


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
