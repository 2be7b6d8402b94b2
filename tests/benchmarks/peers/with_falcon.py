# type: ignore  # peers are installed only to compare: no type checker can know them
"""Falcon's ASGI application on uvicorn; compiled by Cython."""

import sys

import falcon.asgi
from jinja2 import DictLoader, Environment
from tests.benchmarks import content

templates = Environment(
    loader=DictLoader({"table.html": content.TEMPLATE}), autoescape=True, auto_reload=False
)
notes = content.AsyncNotes()


class PassOn:
    """Do nothing before and after."""

    async def process_request(self, req, resp):
        pass

    async def process_response(self, req, resp, resource, req_succeeded):
        pass


class Plaintext:
    async def on_get(self, req, resp):
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = content.HELLO


class AsJson:
    async def on_get(self, req, resp):
        resp.media = content.MESSAGE


class User:
    async def on_get(self, req, resp, id):
        found = {name: req.get_header(name) for name in content.ECHOED}
        resp.media = {"id": id, "q": req.get_param("q"), **found}


class Table:
    async def on_get(self, req, resp):
        page = templates.get_template("table.html")
        resp.content_type = falcon.MEDIA_HTML
        resp.text = page.render(title=content.TITLE, rows=content.ROWS)


class Form:
    async def on_post(self, req, resp):
        sent = await req.get_media()
        resp.media = {name: sent[name] for name in content.FIELDS}


class Upload:
    async def on_post(self, req, resp):
        async for part in await req.get_media():
            data = await part.stream.read()
            resp.media = {"name": part.filename, "size": len(data)}


class Sqlite:
    async def on_get(self, req, resp, id):
        resp.media = content.find_in_sqlite(int(id))


class Postgresql:
    async def on_get(self, req, resp, id):
        resp.media = await notes.find(int(id))


app = falcon.asgi.App(middleware=[PassOn() for _ in range(content.LAYERS)])
app.add_route("/", Plaintext())
app.add_route("/json", AsJson())
app.add_route("/users/{id}", User())
app.add_route("/table", Table())
app.add_route("/form", Form())
app.add_route("/upload", Upload())
app.add_route("/sqlite/{id}", Sqlite())
app.add_route("/postgresql/{id}", Postgresql())
app.add_static_route("/static", content.STATIC.absolute())

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
