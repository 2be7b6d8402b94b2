"""What REDbot says of a site, when it is installed: it asks in some ten ways, and judges.

It runs in a process of its own, because it has a loop and libraries of its own.
"""

import gzip
import json
import os
import socketserver
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from groundup_httpparse import parse_request, split_target
from groundup_response import Framing, current_date, serialize_head
from groundup_staticfiles import StaticFiles

pytestmark = pytest.mark.skipif(find_spec("redbot") is None, reason="REDbot is not installed")

PATHS = (
    *("/style.css", "/built.css", "/app.js", "/app.3f2a9c1d77e0.js", "/photo.png", "/data.json"),
    *("/", "/docs/", "/docs", "/nothing.txt", "/large.bin", "/missing.css"),
)

# The seed's first request shows ``public`` in Cache-Control, and a site that wants it otherwise
# says so in one word.  Nothing else may be wrong.
UNAVOIDABLE = {"STORE_PUBLIC_UNNECESSARY"}

ASK = """\
import json, sys
from configparser import ConfigParser
import thor
from redbot.resource import HttpResource

config = ConfigParser()
config.read_dict({"redbot": {"enable_local_access": "True"}})
origin, *targets = sys.argv[1:]
resources, waiting = [], set(targets)

def start(target):
    method, _, path = target.partition(" ")
    resource = HttpResource(config["redbot"])
    resource.set_request(origin + path, method)

    @thor.events.on(resource)
    def check_done():
        waiting.discard(target)
        if not waiting:
            thor.stop()

    resources.append((target, resource))
    resource.check()

def notes_of(name, fetcher):
    for note in fetcher.response.notes:
        for one in [note, *getattr(note, "subnotes", [])]:
            yield [name, one.level.value, type(one).__name__, str(one.summary)]

thor.schedule(0, lambda: [start(target) for target in targets])
thor.run()
found = {}
for target, resource in resources:
    notes = list(notes_of("", resource))
    for name, check in resource.subreqs.items():
        notes += notes_of(name, check)
    found[target] = {
        "status": resource.response.status_code,
        "error": resource.fetch_error and str(resource.fetch_error),
        "supports": [resource.inm_support, resource.ims_support, resource.partial_support],
        "gzip": resource.gzip_support,
        "notes": notes,
    }
print(json.dumps(found))
"""


class Blocking(socketserver.StreamRequestHandler):
    """One connection, request after request: all that it takes to serve files."""

    def handle(self) -> None:
        while head := b"".join(iter(self.rfile.readline, b"\r\n")):
            if not head.endswith(b"\n"):
                return
            self._answer(head + b"\r\n")

    def _answer(self, head: bytes) -> None:
        parsed = parse_request(head)
        path, _ = split_target(parsed.target)
        request = SimpleNamespace(method=parsed.method, path=path, headers=parsed.headers)
        server: Any = self.server
        with server.files.respond(request) as response:
            head, framing = serialize_head(
                response,
                method=parsed.method,
                http_version=parsed.version,
                keep_alive=True,
                date=current_date(),
            )
            self.wfile.write(head)
            body: Any = response.body
            if framing is not Framing.NONE:
                for piece in [body] if isinstance(body, bytes) else body:
                    self.wfile.write(piece)


@contextmanager
def serving(files: StaticFiles) -> Generator[str]:
    """Serve files on a port of its own; give where."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 100

    with Server(("127.0.0.1", 0), Blocking) as server:
        vars(server)["files"] = files
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def judge(files: StaticFiles, *targets: str) -> dict[str, dict[str, Any]]:
    """Have REDbot look at some targets ("GET /style.css"), all at once."""
    with serving(files) as origin:
        done = subprocess.run(
            [sys.executable, "-c", ASK, origin, *targets],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def find_problems(found: dict[str, dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return what is worse than a word of information."""
    return [
        (target, *note)
        for target, judgement in found.items()
        for note in judgement["notes"]
        if note[1] in {"warning", "bad"}
    ]


def make_picture() -> bytes:
    """Return a PNG that is one."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    size = struct.pack(">IIBBBBB", 100, 100, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + os.urandom(300) for _ in range(100))
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + pixels + chunk(b"IEND", b"")


@pytest.fixture
def pages(site: Path) -> Path:
    """The site, with files that are what their names say."""
    (site / "photo.png").write_bytes(make_picture())
    (site / "data.json").write_text(json.dumps([{"number": number} for number in range(500)]))
    for name in ("app.js", "app.3f2a9c1d77e0.js"):
        (site / name).write_text("console.log('hello');\n" * 300)
    (site / "built.css").write_bytes(b"p { color: #321 }\n" * 300)
    small = gzip.compress((site / "built.css").read_bytes(), 9, mtime=0)
    (site / "built.css.gz").write_bytes(small)
    (site / "large.bin").write_bytes(os.urandom(1_000_000))
    for folder in (site, site / "docs"):
        page = "<!doctype html><title>x</title>" + "<p>hello</p>" * 200
        (folder / "index.html").write_text(page)
    return site


def judge_all(files: StaticFiles) -> list[tuple[str, ...]]:
    """Have REDbot look at everything; return what is wrong, once it is sure that it has looked."""
    targets = [f"GET {path}" for path in PATHS]
    found = judge(files, *targets, "HEAD /style.css", "POST /style.css")
    special = {"/docs": 307, "/missing.css": 404}
    assert {target: (one["error"], int(one["status"])) for target, one in found.items()} == {
        **{f"GET {path}": (None, special.get(path, 200)) for path in PATHS},
        "HEAD /style.css": (None, 200),
        "POST /style.css": (None, 405),
    }
    for path in ("/style.css", "/built.css", "/photo.png", "/large.bin"):
        assert found[f"GET {path}"]["supports"] == [True, True, True], path
    assert found["GET /style.css"]["gzip"]
    assert found["GET /built.css"]["gzip"]
    return find_problems(found)


def test_redbot_reports_the_public_of_the_seed_and_nothing_else(pages: Path) -> None:
    problems = judge_all(StaticFiles(pages))

    assert {name for _, _, _, name, _ in problems} == UNAVOIDABLE, problems


def test_redbot_reports_nothing_when_the_site_leaves_public_out(pages: Path) -> None:
    assert judge_all(StaticFiles(pages, cache_control="max-age=3600")) == []
