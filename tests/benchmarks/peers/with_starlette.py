# type: ignore  # peers are installed only to compare: no type checker can know them
"""Starlette on uvicorn (C parser and loop) or, by ``granian``, on that server's ASGI interface."""

import sys

from jinja2 import DictLoader, Environment
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from tests.benchmarks import content

templates = Environment(
    loader=DictLoader({"table.html": content.TEMPLATE}), autoescape=True, auto_reload=False
)
notes = content.AsyncNotes()


async def plaintext(request):
    return PlainTextResponse(content.HELLO)


def blocking(request):
    return PlainTextResponse(content.HELLO)


async def as_json(request):
    return JSONResponse(content.MESSAGE)


async def user(request):
    found = {name: request.headers.get(name) for name in content.ECHOED}
    return JSONResponse(
        {"id": request.path_params["id"], "q": request.query_params.get("q"), **found}
    )


async def table(request):
    page = templates.get_template("table.html")
    return HTMLResponse(page.render(title=content.TITLE, rows=content.ROWS))


async def form(request):
    sent = await request.form()
    return JSONResponse({name: sent[name] for name in content.FIELDS})


async def upload(request):
    async with request.form() as sent:
        file = sent["file"]
        return JSONResponse({"name": file.filename, "size": len(await file.read())})


async def sqlite(request):
    return JSONResponse(content.find_in_sqlite(int(request.path_params["id"])))


async def postgresql(request):
    return JSONResponse(await notes.find(int(request.path_params["id"])))


class PassOn:
    """Do nothing, as plain ASGI middleware: the fast way that Starlette's documentation gives."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


app = Starlette(
    routes=[
        Route("/", plaintext),
        Route("/blocking", blocking),
        Route("/json", as_json),
        Route("/users/{id}", user),
        Route("/table", table),
        Route("/form", form, methods=["POST"]),
        Route("/upload", upload, methods=["POST"]),
        Route("/sqlite/{id}", sqlite),
        Route("/postgresql/{id}", postgresql),
        Mount("/static", StaticFiles(directory=content.STATIC)),
    ]
)
for _ in range(content.LAYERS):
    app.add_middleware(PassOn)

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
