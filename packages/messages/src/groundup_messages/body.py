r"""The body of a request on its way in: waited for, spooled, parsed as a form, or passed on.

    WAITING ---- load ----> KEPT       bytes in a spool: read as often as you like
       |  \----- load ----> PARSED     a multipart form, parsed while it arrived; no copy is kept
       |  \----- stream --> STREAMED   given piece by piece to whoever asked; no copy is kept
       |
       +-- an error or a cancellation on any of these ways ----> BROKEN

A body can be read from the network once.  Every other framework has met the handler that waits
for ever because a middleware has read the body before; here each state says what happened to it.
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from enum import Enum
from typing import BinaryIO

from groundup_forms import Form, FormError, FormLimits, FormParser
from groundup_messages.errors import (
    BadForm,
    BadRequest,
    BodyNotRead,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from groundup_messages.spool import Spool

__all__ = ["ArrivedBody", "IncomingBody", "form_error"]


class State(Enum):
    """What became of the body, in the words of the error for whoever asks for it."""

    WAITING = "is still on its way: `await request.load()` first, or use `request.stream()`"
    KEPT = "was kept"
    PARSED = "was parsed as a form while it arrived: use `request.form` and `request.files`"
    STREAMED = "was given away by `request.stream()`: use `await request.load()` instead of it"
    BROKEN = "broke off while it was read: nothing of it was kept"
    CLOSED = "was freed by `request.close()`: read it before"


class ArrivedBody:
    """A body that came together with its head, as small ones do: all of it is there.

    To whoever reads it, it is a body like any other: waited for, or streamed.  But there is nothing
    to wait for, so that takes no steps of an async generator, which would cost more than the rest.
    """

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content


class IncomingBody:
    """A body that arrives in pieces; belongs to one request and to one task at a time."""

    __slots__ = ("_kept", "_source", "_state", "form")

    def __init__(self, source: AsyncIterable[bytes]) -> None:
        self.form: Form | None = None
        self._source = source
        self._state = State.WAITING
        self._kept: Spool | None = None

    @property
    def _spool(self) -> Spool:
        """Where pieces are kept; what is given on at once needs no such place."""
        if self._kept is None:
            self._kept = Spool()
        return self._kept

    @property
    def waiting(self) -> bool:
        """Whether nothing has been read yet."""
        return self._state is State.WAITING

    def take_arrived(self, limit: int | None) -> bytes | None:
        """Give a body away that is there already; None for one that must be waited for.

        Raises:
            PayloadTooLarge: It has more bytes than the limit.
        """
        source = self._source
        if type(source) is not ArrivedBody:
            return None
        self._state = State.BROKEN
        content = source.content
        if limit is not None and len(content) > limit:
            raise PayloadTooLarge(f"body must not be larger than {limit} bytes, got {len(content)}")
        return content

    async def load(self, limit: int | None) -> None:
        """Read everything into the spool.

        Raises:
            PayloadTooLarge: There are more bytes than the limit.
            SpoolError: The disk is full.
        """
        # Not by ``_receive``: a small body has one piece, and a generator more would cost as much.
        self._state = State.BROKEN
        size, spool = 0, self._spool
        async for piece in self._source:
            size += len(piece)
            self._check_size(size, limit)
            spool.write(piece)
        spool.finish()
        self._state = State.KEPT

    async def load_form(self, limit: int | None, content_type: str, limits: FormLimits) -> None:
        """Parse a multipart form while it arrives, so no upload is held twice."""
        try:
            parser = FormParser(content_type, limits)
            try:
                arrived = self.take_arrived(limit)
                if arrived is not None:
                    parser.feed(arrived)
                else:
                    async for piece in self._receive(limit):
                        parser.feed(piece)
                self.form = parser.finish()
            except BaseException:
                self._state = State.BROKEN
                parser.close()
                raise
        except FormError as error:
            raise form_error(error) from error
        self._state = State.PARSED

    async def stream(self, limit: int | None) -> AsyncIterator[bytes]:
        """Yield the pieces: from the spool when there is one, else as they arrive."""
        if self._state is State.KEPT:
            for piece in self._spool.pieces():
                yield piece
            return
        self._require(State.WAITING)
        async for piece in self._receive(limit):
            yield piece
        self._state = State.STREAMED

    def read(self) -> bytes:
        """Return all bytes.

        Raises:
            BodyNotRead: There are none to give; the message says why.
        """
        self._require(State.KEPT)
        return self._spool.read()

    def pieces(self) -> Iterator[bytes]:
        """Return all bytes in pieces, read when they are asked for.

        Raises:
            BodyNotRead: There are none to give; the message says why.
        """
        self._require(State.KEPT)
        return self._spool.pieces()

    def open(self) -> bytes | BinaryIO:
        """Return the bytes, or the file that holds them when they are many."""
        self._require(State.KEPT)
        return self._spool.open() or self._spool.read()

    def close(self) -> None:
        """Free what is held; more than once is fine."""
        self._state = State.CLOSED
        if self._kept is not None:
            self._kept.close()
        if self.form is not None:
            self.form.close()

    async def _receive(self, limit: int | None) -> AsyncIterator[bytes]:
        """Yield the pieces from the network, counted; whatever goes wrong leaves BROKEN behind."""
        self._state = State.BROKEN
        size = 0
        async for piece in self._source:
            size += len(piece)
            self._check_size(size, limit)
            if piece:
                yield piece

    def _check_size(self, size: int, limit: int | None) -> None:
        if limit is not None and size > limit:
            if self._kept is not None:
                self._kept.close()
            raise PayloadTooLarge(f"body must not be larger than {limit} bytes")

    def _require(self, state: State) -> None:
        if self._state is not state:
            raise BodyNotRead(f"the body {self._state.value}")


def form_error(error: FormError) -> BadRequest:
    """Return the error of this package for what the form parser refuses."""
    kinds: dict[int, type[BadRequest]] = {413: PayloadTooLarge, 415: UnsupportedMediaType}
    return kinds.get(error.status, BadForm)(str(error))
