# type: ignore  # peers are installed only to compare: no type checker can know them
"""Litestar on uvicorn."""

import sys
from typing import Annotated

from jinja2 import DictLoader, Environment
from litestar import Litestar, MediaType, Request, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.static_files import create_static_files_router
from tests.benchmarks import content

templates = Environment(
    loader=DictLoader({"table.html": content.TEMPLATE}), autoescape=True, auto_reload=False
)
notes = content.AsyncNotes()


class PassOn:
    """Do nothing, as plain ASGI middleware."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


@get("/", media_type=MediaType.TEXT)
async def plaintext() -> str:
    return content.HELLO


@get("/blocking", media_type=MediaType.TEXT, sync_to_thread=True)
def blocking() -> str:
    return content.HELLO


@get("/json")
async def as_json() -> dict[str, str]:
    return content.MESSAGE


@get("/users/{id:str}")
async def user(request: Request, id: str, q: str) -> dict[str, str]:
    return {"id": id, "q": q, **{name: request.headers[name] for name in content.ECHOED}}


@get("/table", media_type=MediaType.HTML)
async def table() -> str:
    page = templates.get_template("table.html")
    return page.render(title=content.TITLE, rows=content.ROWS)


@post("/form", status_code=200)
async def form(request: Request) -> dict[str, str]:
    sent = await request.form()
    return {name: sent[name] for name in content.FIELDS}


@post("/upload", status_code=200)
async def upload(
    data: Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> dict[str, str | int]:
    return {"name": data.filename, "size": len(await data.read())}


@get("/sqlite/{id:int}")
async def sqlite(id: int) -> dict[str, str | int]:
    return content.find_in_sqlite(id)


@get("/postgresql/{id:int}")
async def postgresql(id: int) -> dict[str, str | int]:
    return await notes.find(id)


app = Litestar(
    [
        plaintext,
        blocking,
        as_json,
        user,
        table,
        form,
        upload,
        sqlite,
        postgresql,
        create_static_files_router("/static", [content.STATIC.absolute()]),
    ],
    middleware=[PassOn] * content.LAYERS,
    openapi_config=None,
)

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
