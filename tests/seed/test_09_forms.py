"""Project 9: curl's three requests and the handler, verbatim, on a real server."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from groundup import Application, Request, Response
from groundup_testing import live_server

BLOCK = """\
# In your handler
def handle_form(request):
    username = request.form.get("username")  # alice
    password = request.form.get("password")  # secret123

    return Response(200, "Login successful")
"""


@pytest.fixture
def app(run_block: Callable[..., tuple[dict[str, Any], str]]) -> Application:
    names, _ = run_block(BLOCK, Response=Response)
    app = Application()
    app.post("/login")(names["handle_form"])

    @app.post("/upload")
    def upload(request: Request) -> Response:
        avatar = request.files["avatar"]
        facts = {"name": request.form["name"], "file": avatar.filename, "size": avatar.size}
        return Response.json(facts)

    @app.post("/api/users")
    def create(request: Request) -> Response:
        return Response.json(request.json, status=201)

    return app


@pytest.fixture
def url(app: Application) -> Iterator[str]:
    with live_server(app) as server:
        yield server.url


def curl(*arguments: str) -> str:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    done = subprocess.run(
        ["curl", "-sS", *arguments], capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout


def test_urlencoded_form(url: str) -> None:
    printed = curl("-X", "POST", f"{url}/login", "-d", "username=alice&password=secret123")

    assert printed == "Login successful"


def test_multipart_form_with_file(url: str, tmp_path: Path) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(3000))

    printed = curl("-X", "POST", f"{url}/upload", "-F", "name=Alice", "-F", f"avatar=@{image}")

    assert printed == '{"name":"Alice","file":"image.png","size":3008}'


def test_json_body(url: str) -> None:
    printed = curl(
        *("-X", "POST", f"{url}/api/users", "-H", "Content-Type: application/json"),
        *("-d", '{"name": "Alice", "email": "alice@example.com"}'),
    )

    assert printed == '{"name":"Alice","email":"alice@example.com"}'
