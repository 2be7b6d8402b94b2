# type: ignore  # peers are installed only to compare: no type checker can know them
"""Bottle with its own templates, for gunicorn's threads."""

from bottle import Bottle, SimpleTemplate, request, response, static_file
from tests.benchmarks import content

app = Bottle()
notes = content.Notes()
# Another language for the same page; two backslashes take the line break away.
page = SimpleTemplate(
    "<!doctype html>\n<title>{{title}}</title>\n<table>\\\\\n"
    "% for row in rows:\n"
    "<tr><td>{{row['id']}}</td><td>{{row['name']}}</td>"
    "<td>{{row['city']}}</td><td>{{row['score']}}</td></tr>\\\\\n"
    "% end\n"
    "</table>"
)


def pass_on(callback):
    def layer(*arguments, **named):
        return callback(*arguments, **named)

    return layer


for _ in range(content.LAYERS):
    app.install(pass_on)


@app.get("/")
def plaintext():
    response.content_type = "text/plain; charset=utf-8"
    return content.HELLO


@app.get("/json")
def as_json():
    return content.MESSAGE


@app.get("/users/<id>")
def user(id):
    found = {name: request.get_header(name) for name in content.ECHOED}
    return {"id": id, "q": request.query.get("q"), **found}


@app.get("/table")
def table():
    return page.render(title=content.TITLE, rows=content.ROWS)


@app.post("/form")
def form():
    return {name: request.forms.getunicode(name) for name in content.FIELDS}


@app.post("/upload")
def upload():
    file = request.files["file"]
    return {"name": file.filename, "size": len(file.file.read())}


@app.get("/static/<name:path>")
def serve_static(name):
    return static_file(name, root=content.STATIC)


@app.get("/sqlite/<id:int>")
def sqlite(id):
    return content.find_in_sqlite(id)


@app.get("/postgresql/<id:int>")
def postgresql(id):
    return notes.find(id)
