# type: ignore  # peers are installed only to compare: no type checker can know them
"""FastAPI on uvicorn: parameters and fields by annotations, as its documentation shows."""

import sys
from typing import Annotated

from fastapi import FastAPI, Form, Header, UploadFile
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import DictLoader, Environment
from tests.benchmarks import content

templates = Environment(
    loader=DictLoader({"table.html": content.TEMPLATE}), autoescape=True, auto_reload=False
)
notes = content.AsyncNotes()
app = FastAPI()
app.mount("/static", StaticFiles(directory=content.STATIC))


class PassOn:
    """Do nothing, as plain ASGI middleware."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


for _ in range(content.LAYERS):
    app.add_middleware(PassOn)


@app.get("/", response_class=PlainTextResponse)
async def plaintext():
    return content.HELLO


@app.get("/blocking", response_class=PlainTextResponse)
def blocking():
    return content.HELLO


@app.get("/json")
async def as_json():
    return content.MESSAGE


@app.get("/users/{id}")
async def user(
    id: str,
    q: str,
    host: Annotated[str, Header()],
    user_agent: Annotated[str, Header()],
    accept: Annotated[str, Header()],
    accept_language: Annotated[str, Header()],
    x_request_id: Annotated[str, Header()],
):
    values = (host, user_agent, accept, accept_language, x_request_id)
    return {"id": id, "q": q, **dict(zip(content.ECHOED, values, strict=True))}


@app.get("/table", response_class=HTMLResponse)
async def table():
    page = templates.get_template("table.html")
    return page.render(title=content.TITLE, rows=content.ROWS)


@app.post("/form")
async def form(
    name: Annotated[str, Form()],
    email: Annotated[str, Form()],
    city: Annotated[str, Form()],
    language: Annotated[str, Form()],
    comment: Annotated[str, Form()],
):
    values = (name, email, city, language, comment)
    return dict(zip(content.FIELDS, values, strict=True))


@app.post("/upload")
async def upload(file: UploadFile):
    return {"name": file.filename, "size": len(await file.read())}


@app.get("/sqlite/{id}")
async def sqlite(id: int):
    return content.find_in_sqlite(id)


@app.get("/postgresql/{id}")
async def postgresql(id: int):
    return await notes.find(id)


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
