# type: ignore  # peers are installed only to compare: no type checker can know them
"""aiohttp's own server with its C parser, on uvloop."""

import asyncio
import sys

import uvloop
from aiohttp import web
from jinja2 import DictLoader, Environment
from tests.benchmarks import content

templates = Environment(
    loader=DictLoader({"table.html": content.TEMPLATE}), autoescape=True, auto_reload=False
)
notes = content.AsyncNotes()
routes = web.RouteTableDef()


@web.middleware
async def pass_on(request, handler):
    return await handler(request)


@routes.get("/")
async def plaintext(request):
    return web.Response(text=content.HELLO)


@routes.get("/json")
async def as_json(request):
    return web.json_response(content.MESSAGE)


@routes.get("/users/{id}")
async def user(request):
    found = {name: request.headers.get(name) for name in content.ECHOED}
    return web.json_response({"id": request.match_info["id"], "q": request.query.get("q"), **found})


@routes.get("/table")
async def table(request):
    page = templates.get_template("table.html").render(title=content.TITLE, rows=content.ROWS)
    return web.Response(text=page, content_type="text/html")


@routes.post("/form")
async def form(request):
    sent = await request.post()
    return web.json_response({name: sent[name] for name in content.FIELDS})


@routes.post("/upload")
async def upload(request):
    file = (await request.post())["file"]
    return web.json_response({"name": file.filename, "size": len(file.file.read())})


@routes.get("/sqlite/{id}")
async def sqlite(request):
    return web.json_response(content.find_in_sqlite(int(request.match_info["id"])))


@routes.get("/postgresql/{id}")
async def postgresql(request):
    return web.json_response(await notes.find(int(request.match_info["id"])))


if __name__ == "__main__":
    app = web.Application(middlewares=[pass_on] * content.LAYERS, client_max_size=16 * 1024 * 1024)
    app.add_routes([*routes, web.static("/static", content.STATIC)])
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
