"""The response as an object: a status, fields, cookies and a body, until it becomes bytes.

    Response(404, "no such page")
             ---  --------------
             |    the body; the reason phrase comes from the table in status
             status

Everything is checked where it is written, in the line of the program that is wrong: a field with
a line break, a cookie that browsers drop, a status that has no three digits.  What is left to
``serialize`` is to decide the framing.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Self
from urllib.parse import quote

from groundup_httpparse import Headers
from groundup_response.body import Body, BodyInput, check_body
from groundup_response.closing import Closing, can_close, close_body
from groundup_response.cookies import cookie_identity, format_cookie, needs_httponly, needs_secure
from groundup_response.errors import BodyError, ResponseError
from groundup_response.files import FileBody
from groundup_response.serialize import SPECIAL, serialize_response, usual
from groundup_response.status import check_status, reason_phrase

__all__ = ["HeadersInput", "Response"]

HeadersInput = Headers | Mapping[str, str] | Iterable[tuple[str, str]]

# What a URI may hold as it is (RFC 3986): reserved, unreserved, and what is encoded already.
URI_CHARACTERS = "!#$%&'()*+,-./:;=?@[]_~"

LENGTH = re.compile(r"[0-9]{1,18}")
NO_HEADERS = Headers()
OK = 200
new = object.__new__
SMALL = 64 * 1024  # bytes of a body that are copied behind their head, to be one write


class Response(Closing):
    r"""A status, fields and a body; ``serialize`` makes the exact bytes of them.

    >>> response = Response(200, "OK")
    >>> response.set_header("Content-Type", "application/json")
    >>> response.set_body('{"status": "success"}')
    >>> response.serialize()[:48]
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r'

    One response belongs to one request: it is not shared between threads or tasks that change it.

    Args:
        status: 100 to 999; the reason phrase follows from it.
        body: Text (sent as UTF-8), bytes, or an iterable of them, which is sent as a stream.
        headers: Copied, so a constant of the program stays one.
    """

    error: BaseException | None = None
    """The exception that this response answers: set by the boundary that caught it."""

    default_headers: ClassVar[Mapping[type, Headers]] = {}
    """The fields that a body brings along by its type, unless others of the name are set."""

    is_stream: bool = False
    """Whether the body is read while it is sent; kept by the response itself, and only read."""

    # The fields of this response, or those it shares with others until somebody asks for its own.
    _own: Headers | None = None
    _shared: Headers = NO_HEADERS

    def __init__(
        self, status: int = 200, body: BodyInput = b"", headers: HeadersInput | None = None
    ) -> None:
        self._status = status if status is OK else check_status(status)
        if type(body) is str:
            self._body: Body = body.encode()
        elif type(body) is bytes:
            self._body = body
        else:
            self._take_body(check_body(body))
        if headers is not None:
            self._own = headers.copy() if type(headers) is Headers else Headers(headers)
            if body:
                self._own.fill(self._find_defaults(body))
        elif body:
            found = self.default_headers.get(type(body))
            self._shared = self._find_defaults(body) if found is None else found

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._status} {self.reason}>"

    @property
    def status(self) -> int:
        """The status code; assigning one without three digits raises ``ResponseError``."""
        return self._status

    @status.setter
    def status(self, status: int) -> None:
        self._status = check_status(status)

    @property
    def reason(self) -> str:
        """The reason phrase of the status, "" when it has none."""
        return reason_phrase(self._status)

    @property
    def body(self) -> Body:
        """The content: bytes, or the stream that was given."""
        return self._body

    @body.setter
    def body(self, body: BodyInput) -> None:
        self.set_body(body)

    @property
    def headers(self) -> Headers:
        """The fields.  Those that a type of body brings along are copied at the first look."""
        own = self._own
        if own is None:
            self._own = own = self._shared.copy()
        return own

    @headers.setter
    def headers(self, headers: Headers) -> None:
        self._own = headers

    def set_body(self, body: BodyInput) -> None:
        """Replace the body.

        The old one is closed together with the response and not before: the new one may read it,
        as a compressing layer does.
        """
        new = check_body(body)
        old = self._body
        if old is not new and can_close(old):
            self.call_on_close(lambda: close_body(old))
        self._take_body(new)
        if body:
            self.headers.fill(self._find_defaults(body))

    def _take_body(self, body: Body) -> None:
        self._body = body
        self.is_stream = not isinstance(body, bytes)
        self.closable = self._closers is not None or can_close(body)

    def _find_defaults(self, body: BodyInput) -> Headers:
        defaults = self.default_headers
        found = defaults.get(type(body))
        if found is None and defaults:  # a subclass, perhaps
            found = next((defaults[kind] for kind in defaults if isinstance(body, kind)), None)
        return NO_HEADERS if found is None else found

    @property
    def text(self) -> str:
        """The body as text.

        Raises:
            BodyError: It is a stream.
        """
        if not isinstance(self._body, bytes):
            raise BodyError("text of a stream must be read from the stream: iterate over body")
        return self._body.decode("utf-8")

    @property
    def content_length(self) -> int | None:
        """How many bytes the body has: counted, or as a stream's ``Content-Length`` announces."""
        if isinstance(self._body, bytes):
            return len(self._body)
        if isinstance(self._body, FileBody):
            return self._body.length
        announced = self.headers.get("Content-Length")
        return int(announced) if announced and LENGTH.fullmatch(announced) else None

    def set_header(self, name: str, value: str) -> None:
        """Set a field; what was there under its name is replaced.

        Raises:
            HeaderError: The name is no token, or the value has a line break in it.
        """
        self.headers[name] = value

    def add_header(self, name: str, value: str) -> None:
        """Add one more field of this name, as ``Link`` or ``Vary`` may have."""
        self.headers.add(name, value)

    def set_cookie(  # noqa: PLR0913 - these are the attributes that a cookie has
        self,
        name: str,
        value: str = "",
        *,
        max_age: int | timedelta | None = None,
        expires: datetime | float | None = None,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: str | None = "Lax",
        partitioned: bool = False,
    ) -> None:
        """Set a cookie; one of the same name, path and domain is replaced: see ``format_cookie``.

        Raises:
            CookieError: A browser would not store it, or would store something else.
        """
        line = format_cookie(
            name,
            value,
            max_age=max_age,
            expires=expires,
            path=path,
            domain=domain,
            secure=secure,
            httponly=httponly,
            samesite=samesite,
            partitioned=partitioned,
        )
        earlier = self.headers.getlist("Set-Cookie")
        if earlier:
            identity = cookie_identity(line)
            kept = [other for other in earlier if cookie_identity(other) != identity]
            if len(kept) < len(earlier):
                del self.headers["Set-Cookie"]
                for other in kept:
                    self.headers.add("Set-Cookie", other)
        self.headers.add("Set-Cookie", line)

    def delete_cookie(
        self,
        name: str,
        *,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: str | None = "Lax",
        partitioned: bool = False,
    ) -> None:
        """Tell the browser to forget a cookie: path and domain must be those it was set with."""
        no_site = samesite is not None and samesite.lower() == "none"
        self.set_cookie(
            name,
            max_age=0,
            expires=0,
            path=path,
            domain=domain,
            secure=secure or partitioned or no_site or needs_secure(name),
            httponly=httponly or needs_httponly(name),
            samesite=samesite,
            partitioned=partitioned,
        )

    @classmethod
    def sharing(cls, headers: Headers, body: bytes = b"", status: int = 200) -> Self:
        """Make a response with fields that many others have as well: the quick way to those.

        They are copied when somebody asks for ``headers``, so nobody may change the ones given.
        Nothing is checked, and the body brings no fields along.
        """
        response = new(cls)
        response._status = status  # noqa: SLF001 - of our own class
        response._body = body  # noqa: SLF001 - here, too
        response._shared = headers  # noqa: SLF001 - and here
        return response

    @classmethod
    def redirect(cls, location: str, status: int = 303) -> Self:
        """Make a response that sends the client elsewhere; by default to ``GET`` it.

        >>> Response.redirect("/café").headers["Location"]
        '/caf%C3%A9'

        Raises:
            ResponseError: The status is none of 301, 302, 303, 307, 308.
        """
        if status not in {301, 302, 303, 307, 308}:
            raise ResponseError(
                f"status of a redirect must be 301, 302, 303, 307 or 308, got {status}"
            )
        if any(character in location for character in "\r\n\0"):
            raise ResponseError(f"location must not have CR, LF or NUL, got {location[:40]!r}")
        return cls(status, b"", {"Location": quote(location, safe=URI_CHARACTERS)})

    def serialize(self, *, method: str = "GET", http_version: str = "1.1") -> bytes:
        """Return the bytes of the whole response; a stream is read to its end.

        Servers add what belongs to them (``Date``, keep-alive) and do not hold streams in memory:
        they use ``serialize_head``.

        Raises:
            TypeError: The body is an async stream.
            BodyError: A stream has more or fewer bytes than its Content-Length says.
        """
        return serialize_response(self, method=method, http_version=http_version)

    def serialize_small(self, method: str, http_version: str, date: bytes) -> bytes | None:
        """Return the bytes of a whole response of a usual kind, else None.

        Usual are bytes in a body, not many, and a head that ``serialize_head`` has written before
        and remembers, on a connection that is kept.  For all others there is ``serialize_head``.
        """
        body = self._body
        if type(body) is not bytes or len(body) > SMALL or method in SPECIAL:
            return None
        fields = self._shared if self._own is None else self._own
        shape = usual.get((self._status, fields.pairs(), http_version))
        if shape is None:
            return None
        lines, counted, end = shape
        if counted:
            return b"%bDate: %b\r\nContent-Length: %d\r\n%b%b" % (lines, date, len(body), end, body)
        return b"%bDate: %b\r\n%b" % (lines, date, end)  # 204, 304: RFC 9110, section 6.4.1
