"""A small site, and requests for its files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from groundup_httpparse import Headers
from groundup_response import Response
from groundup_staticfiles import StaticFiles

CSS = b"body { color: #123 }\n" * 300


class Asked:
    """A request, with what a handler of files reads of it."""

    def __init__(
        self, path: str, fields: dict[str, str], method: str = "GET", query: str = ""
    ) -> None:
        self.method = method
        self.path = path
        self.target = path + query
        self.root_path = ""
        self.headers = Headers(fields)


def ask(path: str, method: str = "GET", query: str = "", **fields: str) -> Asked:
    """Make a request; an underscore in the name of a field stands for a hyphen."""
    return Asked(
        path, {name.replace("_", "-"): value for name, value in fields.items()}, method, query
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with files of some kinds."""
    root = tmp_path / "site"
    (root / "docs").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / ".well-known").mkdir()
    (root / "index.html").write_text("<h1>home</h1>")
    (root / "style.css").write_bytes(CSS)
    (root / "photo.jpg").write_bytes(bytes(range(256)) * 4)
    (root / "video.mp4").write_bytes(bytes(1_000_000))
    (root / "nothing.txt").write_bytes(b"")
    (root / "docs" / "index.html").write_text("<h1>docs</h1>")
    (root / "docs" / "café 1.txt").write_text("café")
    (root / ".env").write_text("SECRET=1")
    (root / ".well-known" / "security.txt").write_text("Contact: x")
    (tmp_path / "secret.txt").write_text("SECRET=1")
    return root


@pytest.fixture
def get(site: Path) -> Callable[..., Response]:
    """Ask a handler of the site."""
    files = StaticFiles(site)

    def get(path: str, method: str = "GET", query: str = "", **fields: str) -> Response:
        return files.respond(ask(path, method, query, **fields))

    return get
