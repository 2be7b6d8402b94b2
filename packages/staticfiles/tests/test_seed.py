"""The four requests of the project's seed."""

import re
from collections.abc import Callable
from pathlib import Path

from groundup_response import Response

Get = Callable[..., Response]


def test_first_request(get: Get) -> None:
    response = get("/style.css")

    assert response.status == 200
    assert response.headers["Content-Type"].partition(";")[0] == "text/css"
    assert re.fullmatch(r'"[^"]+"', response.headers["ETag"])
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", response.headers["Last-Modified"])
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.content_length == 6300


def test_second_request_from_a_browser_that_has_it(get: Get) -> None:
    etag = get("/style.css").headers["ETag"]

    response = get("/style.css", If_None_Match=etag)

    assert (response.status, response.headers["ETag"], response.body) == (304, etag, b"")


def test_range_of_a_large_video(get: Get) -> None:
    with get("/video.mp4", Range="bytes=0-999") as response:
        assert response.status == 206
        assert response.headers["Content-Range"] == "bytes 0-999/1000000"
        assert response.content_length == 1000


def test_large_file_with_compression(get: Get, site: Path) -> None:
    (site / "data.json").write_text('[{"name": "Alice"}]' * 500)

    response = get("/data.json", Accept_Encoding="gzip")

    assert response.headers["Content-Encoding"] == "gzip"
    assert (response.content_length or 0) < 9500
