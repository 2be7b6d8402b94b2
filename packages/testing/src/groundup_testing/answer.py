"""What came back: the answer to one request, whole or in pieces.

``body`` is what stood on the wire; ``text`` and ``json`` are what a person reads, so they undo a
``Content-Encoding`` and mind the charset.
"""

import asyncio
import codecs
import json
import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from groundup_httpparse import Headers, parse_parameters
from groundup_messages import URL
from groundup_testing.engine import Engine, Line
from groundup_testing.errors import AnswerError, AnswerTimeoutError
from groundup_testing.pages import Element, select
from groundup_testing.reply import ReplyHead

__all__ = ["Answer", "Head", "Reply", "decode_content"]

MAX_DECODED = 64 * 1024 * 1024  # bytes that a compressed body may grow to
SHOWN = 200  # characters of a body in an error
WBITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Head:
    """Status and fields of an answer, and how the client came to it."""

    def __init__(
        self,
        head: ReplyHead,
        url: str,
        *,
        method: str = "GET",
        error: Exception | None = None,
    ) -> None:
        self.status = head.status
        self.reason = head.reason
        self.headers: Headers = head.headers
        self.http_version = head.version
        self.url = URL(url)
        """The address of the last request, after redirects."""
        self.method = method
        self.error = error
        """What the handler raised to get this answer, if the server or a layer made it of that."""

    @property
    def status_code(self) -> int:
        """The status, by the name that others use."""
        return self.status

    @property
    def cookies(self) -> dict[str, str]:
        """What this answer sets, name to value; the client's jar knows what is kept of it."""
        pairs = (line.partition(";")[0] for line in self.headers.getlist("Set-Cookie"))
        found = (pair.partition("=") for pair in pairs)
        return {name.strip(): value.strip() for name, _, value in found}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} {self.reason}>"


class Answer(Head):
    """A whole answer.  Never changes, so tasks and threads may share it."""

    def __init__(
        self,
        head: ReplyHead,
        body: bytes,
        url: str,
        *,
        method: str = "GET",
        error: Exception | None = None,
        history: "Sequence[Answer]" = (),
        elapsed: float = 0.0,
    ) -> None:
        super().__init__(head, url, method=method, error=error)
        self.body = body
        self.history: list[Answer] = list(history)
        """The redirects that led here, the first one first."""
        self.elapsed = elapsed
        """Seconds from the request to the last byte, redirects included."""

    @property
    def content(self) -> bytes:
        """The body, by the name that others use."""
        return self.body

    @property
    def text(self) -> str:
        """The body as text: decompressed, in the charset that the answer names, or UTF-8.

        Raises:
            AnswerError: It is none.
        """
        data = decode_content(self.body, self.headers.get("Content-Encoding", ""))
        charset = parse_parameters(self.headers.get("Content-Type", ""))[1].get("charset", "utf-8")
        try:
            return codecs.lookup(charset).decode(data)[0]
        except LookupError:
            raise AnswerError(f"charset must be known, got {charset[:40]!r}") from None
        except UnicodeDecodeError as error:
            raise AnswerError(f"the body must be {charset} as its type says: {error}") from None

    @property
    def json(self) -> Any:
        """The body as a JSON value.

        Raises:
            AnswerError: It is none.
        """
        text = self.text
        try:
            return json.loads(text)
        except ValueError as error:
            raise AnswerError(
                f"the body must be JSON ({error}), got {self.status} with {text[:SHOWN]!r}"
            ) from None

    def select(self, css: str) -> list[Element]:
        """Return the elements of the page that a CSS selector finds (extra ``html``).

        Raises:
            TestingError: The extra is not installed, or the selector is none.
        """
        return select(self.text, css)


class Reply(Head):
    """An answer on its way: the head is here, the pieces come one by one.

    Belongs to one event loop and one task.
    """

    def __init__(self, engine: Engine, line: Line, head: ReplyHead, url: str, method: str) -> None:
        error = line.failure
        super().__init__(head, url, method=method, error=error)
        self.head = head
        self.line = line
        """The connection that it comes on."""
        self._engine = engine
        self._ended = False

    async def read_piece(self, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - a plain caller has no other way to say it
        """Return the next piece as it came; nothing at the end.

        Raises:
            AnswerError: The answer breaks off.
            AnswerTimeoutError: The piece does not come in time.
        """
        if self._ended:
            return b""
        try:
            async with asyncio.timeout(timeout):
                piece = await self.line.connection.read_piece()
        except TimeoutError as error:
            raise AnswerTimeoutError(f"the next piece must come in {timeout} seconds") from error
        except AnswerError as error:
            raise error from (self.line.failure or error.__cause__)
        finally:
            self.error = self.error or self.line.failure
        if not piece:
            await self.close()
        return piece

    async def read(self) -> bytes:
        """Return all that has not been read."""
        return b"".join([piece async for piece in self])

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        while piece := await self.read_piece():
            yield piece

    async def close(self) -> None:
        """Let the connection go: for the next request, or, with an answer half read, for good."""
        if not self._ended:
            self._ended = True
            await self._engine.release(self.line)


def decode_content(data: bytes, coding: str) -> bytes:
    """Undo a ``Content-Encoding``: RFC 9110, section 8.4.

    >>> import gzip
    >>> decode_content(gzip.compress(b"hello"), "gzip")
    b'hello'

    Raises:
        AnswerError: The bytes are not what the field says, or too many.
    """
    for name in reversed([item.strip().lower() for item in coding.split(",") if item.strip()]):
        if name == "identity":
            continue
        if name not in WBITS:
            raise AnswerError(f"Content-Encoding must be gzip or deflate to be read, got {name!r}")
        inflater = zlib.decompressobj(WBITS[name])
        try:
            data = inflater.decompress(data, MAX_DECODED)
        except zlib.error as error:
            raise AnswerError(f"the body must be {name} as its encoding says: {error}") from None
        if inflater.unconsumed_tail:
            raise AnswerError(f"the body must not grow beyond {MAX_DECODED} bytes")
        if not inflater.eof:
            raise AnswerError(f"the body must be whole {name}, got the end inside it")
    return data
