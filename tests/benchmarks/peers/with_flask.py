# type: ignore  # peers are installed only to compare: no type checker can know them
"""Flask, for gunicorn's threads."""

from flask import Flask, Response, render_template_string, request, send_from_directory
from tests.benchmarks import content

app = Flask(__name__, static_folder=None)
notes = content.Notes()


class PassOn:
    """Do nothing, as WSGI middleware."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        return self.app(environ, start_response)


for _ in range(content.LAYERS):
    app.wsgi_app = PassOn(app.wsgi_app)


@app.get("/")
def plaintext():
    return Response(content.HELLO, mimetype="text/plain")


@app.get("/json")
def as_json():
    return content.MESSAGE


@app.get("/users/<id>")
def user(id):
    found = {name: request.headers.get(name) for name in content.ECHOED}
    return {"id": id, "q": request.args.get("q"), **found}


@app.get("/table")
def table():
    return render_template_string(content.TEMPLATE, title=content.TITLE, rows=content.ROWS)


@app.post("/form")
def form():
    return {name: request.form[name] for name in content.FIELDS}


@app.post("/upload")
def upload():
    file = request.files["file"]
    return {"name": file.filename, "size": len(file.read())}


@app.get("/static/<path:name>")
def static_file(name):
    return send_from_directory(content.STATIC.absolute(), name)


@app.get("/sqlite/<int:id>")
def sqlite(id):
    return content.find_in_sqlite(id)


@app.get("/postgresql/<int:id>")
def postgresql(id):
    return notes.find(id)
