"""The client's end of one connection: a request out, an answer in, one after the other.

What has come and has not been taken waits here up to a limit; then the transport stops reading, and
the application has to wait like with any slow client.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import cast

from groundup_response import LAST_CHUNK, encode_chunk
from groundup_testing.errors import AnswerError
from groundup_testing.reply import END, Event, ReplyHead, ReplyParser

__all__ = ["Body", "ClientConnection"]

Body = bytes | AsyncIterator[bytes]

MAX_WAITING = 64 * 1024  # bytes of an answer that nobody has taken
MAX_WRITE = 64 * 1024
PATIENCE = 1.0  # seconds to wait for "100 Continue" before the body is sent all the same
CONTINUE = 100


class ClientConnection(asyncio.Protocol):
    """Sends requests and hands out the events of their answers.

    Belongs to one event loop and to one request at a time.
    """

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._parser = ReplyParser()
        self._events: deque[Event] = deque()
        self._waiting = 0
        self._error: Exception | None = None
        self._lost = False
        self._news: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._continue = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None
        self._keep = True
        self.sent_error: BaseException | None = None
        """What went wrong in the body that was to be sent."""

    # -- what the transport calls -------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn the transport."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        if self._error is not None:
            return
        try:
            events = self._parser.feed(data)
        except AnswerError as error:
            self._fail(error)
            return
        self._add(events)
        if self._waiting > MAX_WAITING:
            self.transport.pause_reading()

    def eof_received(self) -> None:
        """Hear that nothing more comes; the transport closes."""
        if self._error is None:
            try:
                self._add(self._parser.finish())
            except AnswerError as error:
                self._fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits."""
        self._lost = True
        if exc is not None and self._error is None and self._parser.expecting:
            self._error = AnswerError(f"the answer broke off: {exc}")
            self._error.__cause__ = exc
        elif self._error is None:
            self.eof_received()
        self._wake()
        self.resume_writing()

    def pause_writing(self) -> None:
        """Let the body wait."""
        if self._drained is None:
            self._drained = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Let the body go on."""
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    # -- a request ----------------------------------------------------------------------------

    @property
    def reusable(self) -> bool:
        """Whether one more request may be sent."""
        idle = not self._parser.expecting and not self._events and self._sending is None
        return idle and self._keep and self._error is None and not self.transport.is_closing()

    def send(self, method: str, head: bytes, body: Body, *, expects_continue: bool = False) -> None:
        """Send a request; its body goes out while the answer is waited for."""
        self._parser.expect(method)
        self._continue.clear()
        self.sent_error = None
        if isinstance(body, bytes) and len(body) <= MAX_WRITE and not expects_continue:
            self.transport.write(head + body)
            return
        self.transport.write(head)
        self._sending = asyncio.ensure_future(self._send_body(body, wait=expects_continue))

    async def _send_body(self, body: Body, *, wait: bool) -> None:
        try:
            if wait:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE):
                        await self._continue.wait()
            if isinstance(body, bytes):
                for start in range(0, len(body), MAX_WRITE):
                    await self._write(body[start : start + MAX_WRITE])
            else:
                async for piece in body:
                    if self.transport.is_closing():
                        return
                    if piece:
                        await self._write(encode_chunk(piece))
                await self._write(LAST_CHUNK)
        except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
            self.sent_error = error
            self.transport.abort()

    async def _write(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(data)
        if self._drained is not None:
            await self._drained

    # -- an answer ----------------------------------------------------------------------------

    async def read_head(self) -> ReplyHead:
        """Wait for the head of the answer; "100 Continue" and its like are gone by then.

        Raises:
            AnswerError: There will be none.
        """
        head = cast("ReplyHead", await self._next())
        self._keep = head.keep_alive
        return head

    async def read_piece(self) -> bytes:
        """Wait for the next piece of the body; nothing means that it is complete.

        Raises:
            AnswerError: It breaks off.
        """
        event = await self._next()
        if event is END:
            await self._stop_sending()
            return b""
        return cast("bytes", event)

    async def close(self) -> None:
        """Break off whatever is under way."""
        self._keep = False
        await self._stop_sending()
        self.transport.abort()

    def take_unread(self) -> bytes:
        """Return what came behind a "101 Switching Protocols"."""
        return self._parser.take_unread()

    async def _stop_sending(self) -> None:
        """End the sending of a body that the application has answered without reading it all."""
        sending, self._sending = self._sending, None
        if sending is None:
            return
        if not sending.done():
            self._keep = False
            sending.cancel()
            await asyncio.wait([sending])

    async def _next(self) -> Event:
        while not self._events:
            if self.sent_error is not None:
                raise self.sent_error
            if self._error is not None:
                raise self._error
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        event = self._events.popleft()
        if isinstance(event, bytes):
            self._waiting -= len(event)
            if self._waiting <= MAX_WAITING // 2:
                self.transport.resume_reading()
        return event

    def _add(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, bytes):
                self._waiting += len(event)
            elif isinstance(event, ReplyHead) and event.status < 200 and event.status != 101:  # noqa: PLR2004 - 1xx but Switching Protocols
                if event.status == CONTINUE:
                    self._continue.set()
                continue
            self._events.append(event)
        self._wake()

    def _fail(self, error: AnswerError) -> None:
        self._error = error
        self.transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
