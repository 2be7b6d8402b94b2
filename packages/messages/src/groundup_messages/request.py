"""A request as its handler sees it: everything is there, and nothing is decoded until it is used.

The head is in envelope; this page adds the body in its shapes:

    body     the bytes
    text     the bytes, decoded by the charset that the client names
    json     the value, when the client says that it sends JSON
    form     the fields, when it sends a form of either kind
    files    the uploads, when the form has any

Making a request costs as much as storing what was given.  A part that cannot be decoded raises an
error that carries the status to answer with.
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, Self

from groundup_forms import Form, FormError, FormLimits, UploadedFile, parse_form, parse_json
from groundup_httpparse import Headers, MultiDict, RequestHead, parse_request, split_target
from groundup_messages.address import Address
from groundup_messages.body import ArrivedBody, IncomingBody, form_error
from groundup_messages.charsets import decode_text
from groundup_messages.envelope import Envelope
from groundup_messages.errors import (
    BadJSON,
    PayloadTooLarge,
    UnsupportedCoding,
    UnsupportedMediaType,
)

__all__ = ["Request"]

MULTIPART = "multipart/form-data"
FORMS = frozenset({MULTIPART, "application/x-www-form-urlencoded"})
_unset: Any = object()
new = object.__new__


class Request(Envelope):
    """One HTTP request.

    >>> request = Request("GET", "/posts?tag=web&tag=http", {"Cookie": "theme=dark"})
    >>> request.path, request.query.getlist("tag"), request.cookies.get("theme")
    ('/posts', ['web', 'http'], 'dark')

    An ordinary class: layers may set attributes of their own.  It belongs to one request: tasks and
    threads may use it one after the other, not at the same time.

    Args:
        method: As sent, "GET".
        target: As sent: percent-encoded, with the query.
        headers: A ``Headers`` is taken over and not copied.
        body: The bytes, or pieces that are still on their way.
        client: The other end of the connection.
        server: Our end of it.
        scheme: "http" or "https".
        http_version: "1.0" or "1.1".
        params: What a router found in the path.
        root_path: The part of the path that belongs to whoever mounted us; taken off ``path``.
    """

    user: Any = None
    """Who sends it: set by an authenticating layer."""
    session: Any = None
    """What is remembered of them: set by a session layer."""
    id: str | None = None
    """What the logs call this request."""
    route: str | None = None
    """The pattern that its path fits: set by whoever routes it."""
    form_limits: FormLimits = FormLimits()
    """How large forms may be: set it on a subclass, or on a request before its body is read."""

    streamed: bool = False
    """Whether the body was given in pieces, so that ``loaded`` has to be asked."""

    _body: bytes | None = None
    _incoming: IncomingBody | None = None
    _json: Any = _unset
    _parsed: Form | None = None
    _form: tuple[MultiDict[str], MultiDict[UploadedFile]] | None = None

    def __init__(  # noqa: PLR0913 - what a request line, a connection and a mount tell
        self,
        method: str = "GET",
        target: str = "/",
        headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes | AsyncIterable[bytes] = b"",
        *,
        client: Address | None = None,
        server: Address | None = None,
        scheme: str = "http",
        http_version: str = "1.1",
        params: dict[str, Any] | None = None,
        root_path: str = "",
    ) -> None:
        self.method = method
        self.target = target
        self.headers = headers if type(headers) is Headers else Headers(headers)
        if type(body) is bytes:
            self._body = body
        else:
            self._take(body)
        self.client = client
        self.server = server
        self.scheme = scheme
        self.http_version = http_version
        self.params = {} if params is None else params
        if target.startswith("/"):
            self.path, _, self.query_string = target.partition("?")
        else:
            self.path, self.query_string = split_target(target)
        self.root_path = root_path
        if root_path and f"{self.path}/".startswith(f"{root_path}/"):
            self.path = self.path[len(root_path) :] or "/"

    @classmethod
    def received(
        cls,
        head: RequestHead,
        body: bytes | AsyncIterable[bytes],
        client: Address | None,
        server: Address | None,
        scheme: str,
    ) -> Self:
        """Make the request of a head that came over a connection: the quick way, for servers.

        It does what the constructor does, which has to be asked by names, and that takes longer.
        """
        request = new(cls)
        request.method = head.method
        request.target = target = head.target
        request.headers = head.headers
        if type(body) is bytes:
            request._body = body  # noqa: SLF001 - of our own class
        else:
            request._take(body)  # noqa: SLF001 - here, too
        request.client = client
        request.server = server
        request.scheme = scheme
        request.http_version = head.framing.version
        request.params = {}
        if target.startswith("/"):
            request.path, _, request.query_string = target.partition("?")
        else:
            request.path, request.query_string = split_target(target)
        return request

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        r"""Make a request of a whole message, for tests and tools.

        >>> Request.from_bytes(b"GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n").url
        URL('http://example.com/a')

        Raises:
            ParseError: The bytes are not one HTTP request.
        """
        parsed = parse_request(data)
        return cls(
            parsed.method, parsed.target, parsed.headers, parsed.body, http_version=parsed.version
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {self.target[:80]!r}>"

    @property
    def body(self) -> bytes:
        """The bytes of the body.

        Raises:
            BodyNotRead: They have not arrived, or were given away; the message says what to do.
        """
        if self._body is not None:
            return self._body
        assert self._incoming is not None  # noqa: S101 - one of the two is always there
        return self._incoming.read()

    @property
    def text(self) -> str:
        """The body as text, UTF-8 when the client names no charset.

        Raises:
            BadEncoding: It is not text in its charset.
            UnsupportedMediaType: ``UnsupportedCharset`` when its charset is unknown,
                ``UnsupportedCoding`` when it is compressed.
        """
        self._refuse_coding()
        return decode_text(self.body, self.charset)

    @property
    def json(self) -> Any:
        """The value of a JSON body.

        Only a body that says it is JSON is read: pages of other sites can make a browser send
        text with our cookies, but not text of this type without asking us first.

        Raises:
            BadJSON: It is not valid.
            UnsupportedMediaType: Its Content-Type is not JSON's.
        """
        if self._json is _unset:
            kind = self.content_type
            if kind is None or not (kind == "application/json" or kind.endswith("+json")):
                raise UnsupportedMediaType(
                    f"body must be JSON, got {kind!r}: send Content-Type: application/json"
                )
            self._refuse_coding()
            try:
                self._json = parse_json(self.body)
            except FormError as error:
                kinds = {413: PayloadTooLarge, 415: UnsupportedMediaType}
                raise kinds.get(error.status, BadJSON)(str(error)) from error
        return self._json

    @property
    def form(self) -> MultiDict[str]:
        """The fields of a form; empty when the body is none.

        Raises:
            BadForm: It is not the form it claims to be.
            PayloadTooLarge: It passes one of ``form_limits``.
        """
        return self._read_form()[0]

    @property
    def files(self) -> MultiDict[UploadedFile]:
        """The uploaded files of a form; closed together with the request."""
        return self._read_form()[1]

    @property
    def loaded(self) -> bool:
        """Whether nothing of the body is waited for: ``load`` would return at once."""
        return self._incoming is None or not self._incoming.waiting

    async def load(self, *, limit: int | None = None) -> None:
        """Wait for the whole body; after that all attributes can be used, also from a thread.

        Up to 1 MiB stays in memory, more goes to a temporary file; a multipart form is parsed while
        it arrives.  A body that is there already is left alone.

        Raises:
            PayloadTooLarge: It has more bytes than the limit.
            BadForm: It is not the form it claims to be.
            SpoolError: The disk is full (of groundup_forms; 507).
        """
        incoming = self._incoming
        if incoming is None or not incoming.waiting:
            return
        kind = self.content_type
        if kind != MULTIPART and (arrived := incoming.take_arrived(limit)) is not None:
            self._body, self._incoming = arrived, None
            return
        length = self.content_length
        if limit is not None and length is not None and length > limit:
            raise PayloadTooLarge(f"body must not be larger than {limit} bytes, got {length}")
        if kind == MULTIPART:
            self._refuse_coding()
            content_type = self.headers["Content-Type"]
            await incoming.load_form(limit, content_type, self.form_limits)
        else:
            await incoming.load(limit)

    async def stream(self, *, limit: int | None = None) -> AsyncIterator[bytes]:
        """Yield the body in pieces as they arrive, or as they were kept by ``load``.

        Raises:
            PayloadTooLarge: There are more bytes than the limit.
            BodyNotRead: It was given away before.
        """
        if self._incoming is not None:
            async for piece in self._incoming.stream(limit):
                yield piece
        elif self._body:
            yield self._body

    def pieces(self) -> Iterator[bytes]:
        """Return a body that has been loaded in pieces: for handlers without ``await``.

        A large one is read from the disk piece by piece, where ``body`` would have it in memory.

        Raises:
            BodyNotRead: It has not arrived, or was given away; the message says what to do.
        """
        if self._incoming is not None:
            return self._incoming.pieces()
        return iter((self._body,) if self._body else ())

    def close(self) -> None:
        """Free spooled bodies and uploads; once, when the response has been sent."""
        if self._incoming is not None:
            self._incoming.close()
        if self._parsed is not None:
            self._parsed.close()

    def _take(self, body: Any) -> None:
        # The first is the quick answer.
        if type(body) is not ArrivedBody and not isinstance(body, AsyncIterable):
            raise TypeError(f"body must be bytes or async pieces, got {type(body).__name__}")
        self._incoming = IncomingBody(body)  # pyright: ignore[reportUnknownArgumentType]  # of bytes, as declared
        self.streamed = True

    def _read_form(self) -> tuple[MultiDict[str], MultiDict[UploadedFile]]:
        if self._form is None:
            self._form = self._parse_form()
        return self._form

    def _parse_form(self) -> tuple[MultiDict[str], MultiDict[UploadedFile]]:
        if self.content_type not in FORMS:
            return MultiDict(), MultiDict()
        incoming = self._incoming
        form = None if incoming is None else incoming.form
        if form is None:
            self._refuse_coding()
            source = self.body if incoming is None else incoming.open()
            try:
                form = parse_form(self.headers["Content-Type"], source, self.form_limits)
            except FormError as error:
                raise form_error(error) from error
            self._parsed = form
        return form.fields, form.files

    def _refuse_coding(self) -> None:
        """Refuse a compressed body: a few bytes of it could be a gigabyte."""
        coding = self.headers.get("Content-Encoding")
        if coding is not None and coding.strip().lower() not in {"", "identity"}:
            raise UnsupportedCoding(f"body must be sent as it is, got coding {coding[:40]!r}")
