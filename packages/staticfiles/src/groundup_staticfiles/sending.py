"""From a file in one coding to the response: conditions first, then ranges, then the whole.

    If-None-Match: the same tag     304, and nothing of the file
    HEAD                            the fields alone
    Range: bytes=0-999              206, a part
    anything else                   200, all of it

Content that is in memory is sent from there.  A larger file is opened for this response, must be
the one that the fields speak of, and is closed by whoever closes the response.
"""

from http import HTTPStatus
from typing import Protocol

from groundup_httpparse import Headers
from groundup_response import BodyError, FileBody, Response, reason_phrase
from groundup_staticfiles.conditional import Fields, check_conditions, matches_range_condition
from groundup_staticfiles.content import Variant
from groundup_staticfiles.errors import PathError
from groundup_staticfiles.ranges import MultipartBody, UnsatisfiableRange, parse_ranges
from groundup_staticfiles.store import FileChanged, Store

__all__ = ["Request", "refuse", "send", "send_status"]

NOT_MODIFIED = 304  # an attribute of an enum takes longer to find than a name of the module
PLAIN = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
)


class Request(Protocol):
    """What is read of a request.

    ``root_path`` (the prefix that has been taken off the path) and ``target`` (the path as it came,
    with its query) are used for redirects, when there are such attributes.
    """

    @property
    def method(self) -> str:
        """In capitals."""
        ...

    @property
    def path(self) -> str:
        """As sent: percent-encoded, from its first slash, without query."""
        ...

    @property
    def headers(self) -> Fields:
        """The header fields."""
        ...


def send(request: Request, variant: Variant, store: Store) -> Response:
    """Return as much of a file as the client needs.

    Raises:
        FileChanged: The file is not what it was a moment ago: look again.
        PathError: It is gone.
    """
    headers = request.headers
    # Our own fields have a dictionary of lower-case names, which answers three times as fast.
    fields = headers.lowered() if type(headers) is Headers else Spelled(headers)
    status = check_conditions(fields, variant)
    if status == NOT_MODIFIED:
        return Response.sharing(variant.known, b"", NOT_MODIFIED)
    if status is not None:
        return send_status(status)
    if request.method == "HEAD":
        response = Response(200, b"", variant.headers)
        response.set_header("Content-Length", str(variant.size))
        return response
    wanted = fields.get("range")
    if wanted is not None and not variant.etag.startswith("W/"):
        condition = fields.get("if-range")
        if condition is None or matches_range_condition(condition, variant):
            return _send_ranges(wanted, variant, store)
    return _send_whole(variant, store)


class Spelled:
    """Fields of others, perhaps a dictionary: asked by the names that the standard writes."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def get(self, name: str, /) -> str | None:
        """Return the value of a field, or None; the name is in lower case."""
        return self._fields.get(name.title())


def send_status(status: int, **fields: str) -> Response:
    """Return a response that says no more than its status; ``_`` in names stands for a hyphen."""
    pairs = [(name.replace("_", "-"), value) for name, value in fields.items()]
    if status == HTTPStatus.NO_CONTENT:
        return Response(status, b"", Headers.from_trusted(pairs))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        pairs.append(("Retry-After", "1"))
    content = f"{reason_phrase(status)}\n".encode()
    return Response(status, content, Headers.from_trusted([*pairs, *PLAIN]))


def refuse(error: PathError) -> Response:
    """Return the answer to a path that names no file; why not is kept in ``error``."""
    response = send_status(error.status)
    response.error = error
    return response


def _send_ranges(wanted: str, variant: Variant, store: Store) -> Response:
    size = variant.size
    try:
        ranges = parse_ranges(wanted, size)
    except UnsatisfiableRange:
        status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        return send_status(status, Content_Range=f"bytes */{size}")
    if len(ranges) > 1:
        source = store.open(variant) if variant.content is None else variant.content
        body = MultipartBody(source, ranges, variant.headers["Content-Type"], size)
        response = Response(206, body, variant.headers)
        response.set_header("Content-Type", body.content_type)
        response.set_header("Content-Length", str(body.length))
        return response
    if not ranges:
        return _send_whole(variant, store)
    start, stop = ranges[0]
    content = variant.content
    part = _open_part(variant, store, start, stop) if content is None else content[start:stop]
    headers = variant.headers.insert_trusted(0, "Content-Range", f"bytes {start}-{stop - 1}/{size}")
    return Response(206, part, headers)


def _send_whole(variant: Variant, store: Store) -> Response:
    content = variant.content
    if content is None:
        return Response(200, _open_part(variant, store, 0, variant.size), variant.headers)
    return Response.sharing(variant.headers, content)


def _open_part(variant: Variant, store: Store, start: int, stop: int) -> FileBody:
    try:
        return FileBody(store.open(variant), offset=start, length=stop - start)
    except BodyError:  # it has become shorter since it was opened
        raise FileChanged from None
