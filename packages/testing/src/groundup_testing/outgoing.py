"""Make a request of what a test says: URL, fields, cookies and a body of any kind.

    get("/search", params={"q": "café"})            GET /search?q=caf%C3%A9
    post("/login", data={"name": "ada"})            application/x-www-form-urlencoded
    post("/me", data={...}, files={"avatar": path}) multipart/form-data
    post("/api", json={"name": "ada"})              application/json
    put("/raw", content=pieces())                   Transfer-Encoding: chunked

A path is sent as it stands: ``/../etc/passwd`` and ``//double`` are what somebody wants to test.
Only what no request line can carry is percent-encoded.
"""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict, cast
from urllib.parse import urljoin, urlsplit

from groundup_httpparse import Headers, format_query, percent_encode
from groundup_testing.multipart import FileInput, encode_multipart, open_file

__all__ = ["Content", "Options", "Outgoing", "Place", "find_place", "prepare"]

Value = str | int | float | bool | None
Values = Mapping[str, Value | Sequence[Value]] | Iterable[tuple[str, Value]]
Files = Mapping[str, FileInput | list[FileInput]] | Iterable[tuple[str, FileInput]]
Content = bytes | str | Iterable[bytes | str] | AsyncIterable[bytes | str]

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
# What a URL may hold, and the percent sign, so that what is encoded already stays as it is.
URL_SAFE = "!$%&'()*+,-./:;=?@[\\]^_|~"
WITH_LENGTH = frozenset({"POST", "PUT", "PATCH"})  # a request without a body still says so
CREDENTIALS = ("Authorization", "Cookie")


class Options(TypedDict, total=False):
    """What may be said about a request, by name."""

    params: Values
    """Fields for the query, behind those that the URL has."""
    headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]]
    cookies: Mapping[str, str]
    """Cookies for this request alone."""
    data: Values
    """A form: urlencoded, or with ``files`` multipart."""
    files: Files
    """Name to ``(filename, content, type)``, a path, an open file or bytes."""
    json: Any
    content: Content
    """The body itself; an iterable is sent in chunks."""
    follow_redirects: bool
    timeout: float | None
    """Seconds for the whole answer; None for as long as it takes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes."""

    scheme: str
    host: str
    port: int
    target: str
    """Path and query, as they stand in the request line."""

    @property
    def secure(self) -> bool:
        """Whether the connection counts as encrypted."""
        return self.scheme == "https"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def netloc(self) -> str:
        """What stands in ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """All of it."""
        return f"{self.scheme}://{self.netloc}{self.target}"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request, ready but for its cookies."""

    method: str
    place: Place
    headers: Headers
    body: bytes | AsyncIterator[bytes]

    @property
    def can_repeat(self) -> bool:
        """Whether the body can be sent once more."""
        return isinstance(self.body, bytes)

    def moved(self, method: str, place: Place) -> "Outgoing":
        """Return the request that follows a redirect: RFC 9110, section 15.4."""
        headers, body = self.headers.copy(), self.body
        old = self.place
        if (old.scheme, old.host, old.port) != (place.scheme, place.host, place.port):
            for name in CREDENTIALS:
                headers.pop(name, None)
            headers["Host"] = place.netloc
        if method != self.method:
            body = b""
            for name in ("Content-Type", "Content-Length", "Transfer-Encoding", "Expect"):
                headers.pop(name, None)
        return replace(self, method=method, place=place, headers=headers, body=body)

    def format_head(self, cookies: str) -> bytes:
        """Return request line and fields as bytes."""
        headers = self.headers.copy()
        if cookies:
            headers["Cookie"] = cookies
        lines = [f"{self.method} {self.place.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.multi_items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def find_place(base: str, url: str, params: Values | None = None) -> Place:
    """Return where a URL points to, seen from another one.

    >>> find_place("http://testserver", "/a b?c=é", {"d": 1}).target
    '/a%20b?c=%C3%A9&d=1'
    >>> find_place("http://testserver", "https://example.com:8443/x").netloc
    'example.com:8443'

    Raises:
        ValueError: It is no http or https URL.
    """
    parts = urlsplit(base)
    if url.startswith("/"):
        rest = url
    else:
        whole = urljoin(base, url)
        parts = urlsplit(whole)
        rest = whole.partition("://")[2][len(parts.netloc) :]
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"URL must be a path or http://host/path, got {url[:60]!r}")
    scheme = parts.scheme.replace("ws", "http")
    rest = rest.partition("#")[0]
    if not rest.startswith("/"):
        rest = f"/{rest}"
    if params is not None and (query := format_query(flatten(params))):
        rest = f"{rest}{'&' if '?' in rest else '?'}{query}"
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    return Place(
        scheme, host, parts.port or DEFAULT_PORTS[scheme], percent_encode(rest, safe=URL_SAFE)
    )


def flatten(values: Values) -> list[tuple[str, str]]:
    """Return fields as pairs of text; a list is a field that comes several times.

    >>> flatten({"tag": ["a", "b"], "page": 2, "draft": True, "none": None})
    [('tag', 'a'), ('tag', 'b'), ('page', '2'), ('draft', 'true')]
    """
    found: list[tuple[str, str]] = []
    for name, value in as_pairs(values):
        several = cast("list[Any]", value if isinstance(value, list | tuple) else [value])
        found += [(name, format_value(one)) for one in several if one is not None]
    return found


def as_pairs(values: Any) -> Iterable[tuple[str, Any]]:
    """Return the pairs of a mapping, or the pairs that are given."""
    if isinstance(values, Mapping):
        return cast("Mapping[str, Any]", values).items()
    return cast("Iterable[tuple[str, Any]]", values)


def format_value(value: Any) -> str:
    """Return the text of a value, as JSON would write a truth value."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def prepare(method: str, place: Place, defaults: Headers, options: Options) -> Outgoing:
    """Return the request.

    Raises:
        TypeError: The options contradict each other.
        HeaderError: A field cannot be sent.
    """
    body, kind = make_body(options)
    headers = Headers([("Host", place.netloc), *defaults.multi_items()])
    if kind:
        headers["Content-Type"] = kind
    given = Headers(options.get("headers") or ())
    for name in given:
        values = given.getlist(name)
        headers[name] = values[0]
        for value in values[1:]:
            headers.add(name, value)
    if isinstance(body, bytes):
        if (body or method in WITH_LENGTH) and "Content-Length" not in given:
            headers["Content-Length"] = str(len(body))
    elif "Transfer-Encoding" not in given:
        headers["Transfer-Encoding"] = "chunked"
    return Outgoing(method, place, headers, body)


def make_body(options: Options) -> tuple[bytes | AsyncIterator[bytes], str]:
    """Return the body and its content type, which may be unknown ("")."""
    kinds = [name for name in ("json", "content", "data", "files") if name in options]
    if len(kinds) > 1 and kinds != ["data", "files"]:
        raise TypeError(f"a request has one body, got {' and '.join(kinds)}")
    if "json" in options:
        text = json.dumps(options["json"], ensure_ascii=False, separators=(",", ":"))
        return text.encode(), "application/json"
    if "content" in options:
        return make_content(options["content"]), ""
    fields = flatten(options.get("data", ()))
    if "files" in options:
        files = [(name, open_file(name, file)) for name, file in each_file(options["files"])]
        return encode_multipart(fields, files)
    if "data" in options:
        return format_query(fields).encode("ascii"), "application/x-www-form-urlencoded"
    return b"", ""


def each_file(files: Files) -> Iterator[tuple[str, FileInput]]:
    """Yield name and file; a list is a field with several files."""
    for name, given in as_pairs(files):
        several = cast("list[FileInput]", given if isinstance(given, list) else [given])
        yield from ((name, one) for one in several)


def make_content(content: Content) -> bytes | AsyncIterator[bytes]:
    """Return bytes, or an iterator of bytes that never blocks the loop."""
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, bytes | bytearray | memoryview):
        return bytes(content)
    if isinstance(content, AsyncIterable):
        return encode_pieces(content)
    return encode_pieces(in_thread(iter(content)))


async def encode_pieces(pieces: AsyncIterable[bytes | str]) -> AsyncIterator[bytes]:
    """Yield pieces as bytes."""
    async for piece in pieces:
        yield piece.encode() if isinstance(piece, str) else piece


async def in_thread(pieces: Iterator[bytes | str]) -> AsyncIterator[bytes | str]:
    """Yield what a plain iterator gives; it may wait for what the application does meanwhile."""
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece
