"""groundup_staticfiles.explain: the words say what the answer does."""

from pathlib import Path

import pytest

from groundup_httpparse import Headers
from groundup_staticfiles import StaticFiles, explain


class Asked:
    def __init__(self, path: str, fields: dict[str, str], method: str = "GET") -> None:
        self.method, self.path, self.headers = method, path, Headers(fields)


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        (
            "/style.css",
            {},
            ["coding      none: the client names none", "200 OK", "Content-Length: 6300"],
        ),
        (
            "/style.css",
            {"Accept-Encoding": "gzip"},
            ["coding      gzip, which the client likes best"],
        ),
        ("/style.css", {"Accept-Encoding": "br"}, ["coding      none: there is no smaller one"]),
        ("/style.css", {"Accept-Encoding": "*;q=0"}, ["takes none that we have", "406"]),
        ("/photo.jpg", {"Accept-Encoding": "br"}, ["compressed already"]),
        ("/docs/", {}, ["path        docs / (its index)"]),
        ("/docs", {}, ["ends in a slash", "307"]),
        ("/missing", {}, ["refused     no file (or a link) at 'missing'", "404"]),
        ("/%2e%2e/x", {}, ["refused     path must not have empty or dot segments", "404"]),
        ("/.env", {}, ["path        .env", "refused     names with a dot in front", "404"]),
        ("/%zz", {}, ["refused     path must be percent-encoded", "400"]),
        (
            "/style.css",
            {"If-None-Match": "*", "If-Modified-Since": "x"},
            ["If-None-Match: the client has it already; If-Modified-Since is not looked at", "304"],
        ),
        ("/style.css", {"If-None-Match": '"x"'}, ["the client has no current one", "200"]),
        ("/style.css", {"If-Match": '"x"'}, ["wants another one than we have", "412"]),
        ("/style.css", {"Range": "bytes=0-9"}, ["bytes=0-9: bytes 0-9/6300", "206"]),
        ("/style.css", {"Range": "bytes=0-9,1000-1001"}, ["several parts", "206"]),
        ("/style.css", {"Range": "bytes=7000-"}, ["outside of the file, bytes */6300", "416"]),
        ("/style.css", {"Range": "junk"}, ["junk: ignored", "200"]),
        ("/style.css", {"Range": "bytes=0-9", "If-Range": '"x"'}, ["If-Range has not our", "200"]),
        (
            "/style.css",
            {"Range": "bytes=0-9", "If-None-Match": "*"},
            ["not looked at, Not Modified"],
        ),
    ],
)
def test_says_why(site: Path, path: str, fields: dict[str, str], words: list[str]) -> None:
    text = explain(StaticFiles(site), Asked(path, fields))

    assert text.startswith(f"GET {path}\n")
    for word in words:
        assert word in text


def test_a_method_that_files_do_not_have(site: Path) -> None:
    text = explain(StaticFiles(site), Asked("/style.css", {}, "POST"))

    assert "by GET and HEAD only" in text
    assert "405 Method Not Allowed" in text


def test_not_modified_has_no_length(site: Path) -> None:
    assert "Content-Length" not in explain(StaticFiles(site), Asked("/", {"If-None-Match": "*"}))
