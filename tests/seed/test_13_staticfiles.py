"""Project 13: curl's four requests, on a real server."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundup import Application
from groundup_testing import live_server


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    (tmp_path / "style.css").write_text("body { color: #123 }\n" * 300)
    (tmp_path / "video.mp4").write_bytes(bytes(1_000_000))
    (tmp_path / "data.json").write_text('[{"name": "Alice"}]' * 500)
    app = Application()
    app.static("/", tmp_path)
    with live_server(app) as server:
        yield server.url


def curl(*arguments: str) -> tuple[str, dict[str, str], bytes]:
    done = subprocess.run(
        ["curl", "-sS", "-i", *arguments], capture_output=True, check=True, timeout=30
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return status, dict(re.split(": ", line, maxsplit=1) for line in lines), body


def test_first_request(url: str) -> None:
    status, headers, body = curl(f"{url}/style.css")

    assert status == "HTTP/1.1 200 OK"
    assert headers["Content-Type"].partition(";")[0] == "text/css"
    assert re.fullmatch(r'"[^"]+"', headers["ETag"])
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", headers["Last-Modified"])
    assert headers["Cache-Control"] == "public, max-age=3600"
    assert int(headers["Content-Length"]) == len(body) == 6300


def test_second_request_from_a_browser_that_has_it(url: str) -> None:
    etag = curl(f"{url}/style.css")[1]["ETag"]

    status, headers, body = curl("-H", f"If-None-Match: {etag}", f"{url}/style.css")

    assert status == "HTTP/1.1 304 Not Modified"
    assert headers["ETag"] == etag
    assert body == b""


def test_range_of_a_large_video(url: str) -> None:
    status, headers, body = curl("--range", "0-999", f"{url}/video.mp4")

    assert status == "HTTP/1.1 206 Partial Content"
    assert headers["Content-Range"] == "bytes 0-999/1000000"
    assert headers["Content-Length"] == "1000"
    assert body == bytes(1000)


def test_large_file_with_compression(url: str) -> None:
    status, headers, body = curl("-H", "Accept-Encoding: gzip", f"{url}/data.json")

    assert status == "HTTP/1.1 200 OK"
    assert headers["Content-Encoding"] == "gzip"
    assert int(headers["Content-Length"]) == len(body) < 9500
