"""The handler as a whole, asked for anything: each answer is one of its own, and is true."""

import gzip
import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_httpparse import Headers
from groundup_response import Response, http_date
from groundup_staticfiles import StaticFiles, explain

CONTENTS = {
    "/style.css": b"body { color: #123 }\n" * 300,
    "/large.bin": bytes(range(256)) * 100,  # too large to be kept in memory, below
    "/nothing.txt": b"",
}
CONDITIONAL = ["If-Match", "If-None-Match", "If-Range"]
DATED = ["If-Modified-Since", "If-Unmodified-Since", "If-Range"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> StaticFiles:
    """A handler, the same for all that is asked."""
    root = tmp_path_factory.mktemp("any") / "site"
    (root / "docs").mkdir(parents=True)
    for path, content in CONTENTS.items():
        Path(root, path[1:]).write_bytes(content)
    (root / "docs" / "index.html").write_text("docs")
    (root.parent / "secret.txt").write_text("SECRET")
    return StaticFiles(root, max_cached_file=10_000)


class Asked:
    root_path = ""

    def __init__(self, method: str, path: str, fields: dict[str, str]) -> None:
        self.method = method
        self.path = path
        self.target = path
        self.headers = Headers(fields)


# What a field may hold: visible characters, blanks, and the upper half of latin-1.
JUNK = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]))
NUMBER = st.one_of(st.integers(0, 30_000), st.integers(0, 10**25), st.just("")).map(str)
RANGE = st.tuples(NUMBER, st.sampled_from(["-", "-", "-", "", "--"]), NUMBER).map("".join)
RANGES = st.tuples(
    st.sampled_from(["bytes=", "bytes=", "Bytes =", "lines=", ""]),
    st.lists(RANGE, max_size=20).map(",".join),
).map("".join)
DATE = st.one_of(st.floats(0, 4e9).map(http_date), st.just("Thu, 31 Feb 2024 00:00:00 GMT"), JUNK)
TAG = st.sampled_from(["*", '"a"', 'W/"a"', '"', "THE TAG", "W/THE TAG", ","])
TAGS = st.one_of(st.lists(TAG, max_size=5).map(", ".join), JUNK)
CODING = st.sampled_from(["gzip", "br", "identity", "*", "x-gzip", ";q=0", ";q=0.5", ";q=x", ","])
CODINGS = st.one_of(st.lists(CODING, max_size=6).map(" ".join), JUNK)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "Range": st.one_of(RANGES, RANGES, JUNK),
        "If-Match": TAGS,
        "If-None-Match": TAGS,
        "If-Range": st.one_of(TAGS, DATE),
        "If-Modified-Since": DATE,
        "If-Unmodified-Since": DATE,
        "Accept-Encoding": CODINGS,
        "Accept": JUNK,
    },
)


def serialize(response: Response, method: str) -> tuple[Headers, bytes]:
    with response:
        head, _, body = response.serialize(method=method).partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:]]
    return Headers([(name, value) for name, _, value in lines]), body


def read_parts(headers: Headers, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield Content-Range and content of what a 206 holds."""
    if "Content-Range" in headers:
        yield headers["Content-Range"], body
        return
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n"
    parts: Any = message_from_bytes(head.encode() + body).get_payload()
    boundary = headers["Content-Type"].partition("boundary=")[2].encode()
    pieces = re.split(rb"\r\n--" + boundary + rb"(?:--)?\r\n", body)[1:-1]
    for part, piece in zip(parts, pieces, strict=True):
        yield part["Content-Range"], piece.partition(b"\r\n\r\n")[2]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(CONTENTS)), FIELDS)
def test_what_is_sent_is_the_file_or_a_part_of_it(
    files: StaticFiles, path: str, fields: dict[str, str]
) -> None:
    content = CONTENTS[path]
    tag = files.respond(Asked("HEAD", path, {})).headers["ETag"]
    fields = {name: value.replace("THE TAG", tag) for name, value in fields.items()}

    response = files.respond(Asked("GET", path, fields))
    headers, body = serialize(response, "GET")

    match response.status:
        case 200:
            coded = headers.get("Content-Encoding")
            assert (gzip.decompress(body) if coded else body) == content
            assert int(headers["Content-Length"]) == len(body)
        case 206:
            assert "Range" in fields
            assert int(headers["Content-Length"]) == len(body)
            for line, part in read_parts(headers, body):
                start, stop, size = map(int, re.findall("[0-9]+", line))
                assert (part, size) == (content[start : stop + 1], len(content))
        case 304:
            assert fields.keys() & {"If-None-Match", "If-Modified-Since"}
            assert body == b""
        case 406:
            assert "Accept-Encoding" in fields
        case 412:
            assert fields.keys() & {"If-Match", "If-Unmodified-Since"}
        case 416:
            assert headers["Content-Range"] == f"bytes */{len(content)}"
        case status:
            pytest.fail(f"no such answer to expect: {status}")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(CONTENTS)), FIELDS)
def test_head_has_the_fields_of_get(files: StaticFiles, path: str, fields: dict[str, str]) -> None:
    whole = {name: value for name, value in fields.items() if name != "Range"}

    got = files.respond(Asked("GET", path, whole))
    head = files.respond(Asked("HEAD", path, fields))

    assert head.status == got.status
    assert serialize(head, "HEAD") == (serialize(got, "GET")[0], b"")


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "get"]),
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                [
                    *("/", "//", "..", ".", "%2e", "%2f", "%5c", "\\", "%00", "%", "%zz", "~1"),
                    *("docs", "style.css", "secret.txt", "site", "x" * 300, "%C3%A9", "%ff"),
                ]
            )
        ).map(lambda words: "/" + "".join(words)),
        st.binary().map(lambda data: "/" + "".join(f"%{byte:02x}" for byte in data)),
    ),
    FIELDS,
)
def test_any_path_has_an_answer_that_gives_nothing_away(
    files: StaticFiles, method: str, path: str, fields: dict[str, str]
) -> None:
    asked = Asked(method, path, fields)

    response = files.respond(asked)

    _, body = serialize(response, method)
    assert f"\nHTTP/1.1 {response.status} " in explain(files, asked)
    assert response.status in {200, 204, 206, 304, 307, 400, 404, 405, 406, 412, 416}
    assert b"SECRET" not in body
