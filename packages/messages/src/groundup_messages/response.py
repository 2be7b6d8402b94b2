"""The response that handlers make: the builder of groundup_response, knowing content types.

    Response("...")               text/plain; charset=utf-8
    Response.html("...")          text/html; charset=utf-8
    Response.json({...})          application/json
    Response.file("a.png")        by the file's name
    Response.stream(pieces)       what the caller says
    Response.events(source)       text/event-stream

The builder below writes exactly what it is told.  A browser that gets a body without a type guesses
one, and may guess "script" for the text of a stranger; so here a body has a type from the start.
"""

from collections.abc import AsyncIterable, Iterable, Mapping
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self

import groundup_response
from groundup_httpparse import Headers
from groundup_messages.conditions import ETag
from groundup_messages.content import guess_media_type
from groundup_messages.events import encode_events
from groundup_messages.jsonport import port
from groundup_response import BodyInput, FileBody, HeadersInput, content_disposition

__all__ = ["Response"]

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
JSON = "application/json"
OCTETS = "application/octet-stream"
EVENTS = "text/event-stream; charset=utf-8"


@lru_cache(maxsize=64)
def _typed(content_type: str) -> Headers:
    """Return fields to copy: a site has few types, and answers with them often."""
    headers = Headers({"Content-Type": content_type})
    headers.lowered()  # makes the index that the copies will share
    return headers


class Response(groundup_response.Response):
    """A status, a body and fields; a body without a content type gets one.

    >>> Response(200, "OK").headers["Content-Type"]
    'text/plain; charset=utf-8'
    >>> Response.json({"status": "ok"}).text
    '{"status":"ok"}'

    One response belongs to one request and is not shared between threads or tasks.
    """

    default_headers: ClassVar[Mapping[type, Headers]] = {
        str: _typed(TEXT),
        **dict.fromkeys((bytes, bytearray, memoryview), _typed(OCTETS)),
    }

    @classmethod
    def json(cls, data: Any, status: int = 200, headers: HeadersInput | None = None) -> Self:
        """Answer with a value as JSON.

        Raises:
            TypeError: There is something in it that JSON has no word for.
        """
        return cls._of(JSON, port.encode(data), status, headers)

    @classmethod
    def html(cls, text: str, status: int = 200, headers: HeadersInput | None = None) -> Self:
        """Answer with a page."""
        return cls._of(HTML, text, status, headers)

    @classmethod
    def stream(
        cls,
        pieces: Iterable[bytes | str] | AsyncIterable[bytes | str],
        content_type: str = OCTETS,
        status: int = 200,
        headers: HeadersInput | None = None,
    ) -> Self:
        """Answer with pieces that are made while others are on their way."""
        return cls._of(content_type, pieces, status, headers)

    @classmethod
    def file(
        cls,
        path: str | PathLike[str],
        filename: str | None = None,
        *,
        content_type: str | None = None,
        inline: bool = False,
        status: int = 200,
        headers: HeadersInput | None = None,
    ) -> Self:
        """Answer with a file.

        Args:
            path: Never what a client sent: see groundup_staticfiles for that.
            filename: The name to save it under; None lets the browser show it.
            content_type: The type; by default the one that belongs to the end of its name.
            inline: Whether a file with a name is to be shown all the same.
            status: The status.
            headers: More fields.

        Raises:
            OSError: It cannot be opened.
        """
        kind = content_type or guess_media_type(filename or Path(path).name)
        response = cls._of(kind, b"", status, headers)
        if filename is not None:
            response.headers["Content-Disposition"] = content_disposition(filename, inline=inline)
        response.set_body(FileBody(path))  # last: nothing after it can fail and leave it open
        return response

    @classmethod
    def events(
        cls, source: AsyncIterable[Any], status: int = 200, headers: HeadersInput | None = None
    ) -> Self:
        """Answer with server-sent events: text, ``Event``, or whatever JSON can say."""
        response = cls._of(EVENTS, encode_events(source), status, headers)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    @property
    def etag(self) -> ETag | None:
        """The version of the body, ``ETag``; None when there is none, or one that makes no sense.

        >>> response = Response(200, "OK")
        >>> response.etag = ETag("v2")
        >>> response.headers["ETag"]
        '"v2"'
        """
        return ETag.parse(self.headers.get("ETag") or "")

    @etag.setter
    def etag(self, etag: ETag | None) -> None:
        if etag is None:
            self.headers.pop("ETag", None)
        else:
            self.headers["ETag"] = str(etag)

    @classmethod
    def _of(
        cls, content_type: str, body: BodyInput, status: int, headers: HeadersInput | None
    ) -> Self:
        """Make a response of a type, unless the fields given name another."""
        fields = _typed(content_type)
        if headers is None and cls is Response:  # subclasses may bring fields of their own along
            response = cls(status, body)
            response._shared = fields
            return response
        if headers is not None:
            given = Headers(headers)
            given.fill(fields)
            fields = given
        return cls(status, body, fields)
