"""What is asked of every contender, and how an answer is known to be the right one.

Each case is the bytes of one request.  Answers must have the same status and content for all:
text to the byte, JSON as a value, since encoders differ in their spaces.  Fields of the head
differ from framework to framework, and may.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlencode

from tests.benchmarks import content

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PLAIN = {"Host": "localhost", "User-Agent": "bench", "Accept": "*/*"}
FIVE = {
    "Host": "localhost",
    "User-Agent": AGENT,
    "Accept": "text/html,application/json;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "X-Request-Id": "0f8fad5bd9cb469fa165",
}
FORM = {
    "name": "Zoë Ångström",
    "email": "zoe@example.org",
    "city": "Malmö",
    "language": "Python",
    "comment": "Salt & pepper, 100 % of both + more",
}
UPLOAD = bytes(range(256)) * 4096  # 1 MiB, every byte in it
STATIC = b"The quick brown fox jumps over the lazy dog, again and again!!\r\n" * 160  # 10 KiB
LARGE = STATIC * 1024  # 10 MiB


@dataclass(frozen=True)
class Case:
    """One request, and what its answer must be.

    ``burst`` requests are sent at once on each connection; ``layers`` is how many layers of
    middleware the application has; ``conditional`` asks again for what the client has already;
    ``contenders`` are those who take part, if not all.
    """

    name: str
    title: str
    request: bytes
    body: bytes = b""
    value: object = None
    status: int = 200
    burst: int = 1
    layers: int = 0
    connections: int = 32
    conditional: bool = False
    contenders: frozenset[str] = frozenset()

    def accepts(self, status: int, body: bytes) -> bool:
        """Whether this answer is the one."""
        if status != self.status:
            return False
        return body == self.body if self.value is None else json.loads(body) == self.value


def write(
    target: str, fields: Mapping[str, str] = PLAIN, body: bytes = b"", method: str = "GET"
) -> bytes:
    """Return the bytes of a request."""
    length = {"Content-Length": str(len(body))} if method == "POST" else {}
    lines = [f"{name}: {value}" for name, value in {**fields, **length}.items()]
    return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode() + body


def post(target: str, media: str, body: bytes) -> bytes:
    """Return the bytes of a request with a body."""
    return write(target, {**PLAIN, "Content-Type": media}, body, "POST")


def page() -> bytes:
    """Return the page of the table, made without any engine."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(row[name]))}</td>" for name in content.COLUMNS) + "</tr>"
        for row in content.ROWS
    )
    title = escape(content.TITLE)
    return f"<!doctype html>\n<title>{title}</title>\n<table>{rows}</table>".encode()


def multipart(data: bytes) -> bytes:
    """Return a form with one file."""
    head = 'Content-Disposition: form-data; name="file"; filename="data.bin"'
    media = "Content-Type: application/octet-stream"
    return b"\r\n".join(
        [b"--bench-boundary", head.encode(), media.encode(), b"", data, b"--bench-boundary--", b""]
    )


def add_validators(case: Case, fields: Mapping[str, str]) -> Case:
    """Return the case with the validators of an answer: whichever the server gave."""
    conditions: dict[str, str] = {}
    if tag := fields.get("etag"):
        conditions["If-None-Match"] = tag
    if date := fields.get("last-modified"):
        conditions["If-Modified-Since"] = date
    return replace(case, request=write("/static/file.txt", {**PLAIN, **conditions}))


HELLO = write("/")
NOTE = {"id": 7, "title": "Note 7"}
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary="
# Those who call a handler that is no coroutine in a thread, beside others that are.
BLOCKING = frozenset({"groundup", "asyncio", "starlette", "granian", "fastapi", "litestar"})
ALL = (
    Case("plaintext", "13 bytes of text", HELLO, content.HELLO.encode()),
    Case("json", "a small object", write("/json"), value=content.MESSAGE),
    Case(
        "params",
        "path, query, five fields → JSON",
        write("/users/42?q=x", FIVE),
        value={"id": "42", "q": "x", **FIVE},
    ),
    Case("table", "a template with 20 rows", write("/table"), page()),
    Case(
        "form",
        "five fields of a form",
        post("/form", URLENCODED, urlencode(FORM).encode()),
        value=FORM,
    ),
    Case(
        "upload",
        "a file of 1 MiB",
        post("/upload", MULTIPART + "bench-boundary", multipart(UPLOAD)),
        value={"name": "data.bin", "size": len(UPLOAD)},
        connections=4,
    ),
    Case("static", "a static file of 10 KiB", write("/static/file.txt"), STATIC),
    Case("large", "a static file of 10 MiB", write("/static/large.txt"), LARGE, connections=4),
    Case("notmodified", "the same, not modified", b"", status=304, conditional=True),
    Case("sqlite", "a row from SQLite", write("/sqlite/7"), value=NOTE),
    Case("postgresql", "a row from PostgreSQL", write("/postgresql/7"), value=NOTE),
    Case("pipelined", "plaintext, 16 at once", HELLO, content.HELLO.encode(), burst=16),
    Case("layers", "plaintext through 5 layers", HELLO, content.HELLO.encode(), layers=5),
    Case(
        "blocking",
        "plaintext by a function in a thread",
        write("/blocking"),
        content.HELLO.encode(),
        contenders=BLOCKING,
    ),
)
CASES: dict[str, Case] = {case.name: case for case in ALL}
