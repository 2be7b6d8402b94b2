"""The way of one request: from its head to the last byte of the answer.

    _answer ─► load the body ─► handler ─► _send ─► close the response ─► _finish ─► next request
                     └── any error ──────────┴─► 4xx or 500, or a reset when an answer has begun

``_answer`` is started by hand (module steps): with a handler that never waits it runs to its end in
one go, and costs no task and no timer.
"""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress

from groundup_asyncserver.context import ServerContext
from groundup_asyncserver.errors import BodyTimeout
from groundup_asyncserver.incoming import BodyStream
from groundup_asyncserver.link import Link
from groundup_asyncserver.outgoing import send_body
from groundup_asyncserver.phases import Phase
from groundup_asyncserver.refusals import answer_error, make_refusal
from groundup_asyncserver.upgrades import Upgraded
from groundup_httpparse import RequestHead
from groundup_messages import Request, Upgrade
from groundup_response import Framing, Response, current_date, serialize_head

__all__ = ["Exchange"]

logger = logging.getLogger("groundup.server")

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
CLOSE = b"\r\nConnection: close\r\n\r\n"  # the end of a head after which the connection ends
JOINED = 64 * 1024  # bytes of a body that are copied behind their head, to be one write
CORKED = 4 * 1024  # bytes of an answer that may wait for the next, to be one write with it
FINAL = 200  # the first status that ends a request

# An attribute of an enum takes longer to find than a name of the module.
NONE = Framing.NONE
IDLE, CLOSING, LINGER = Phase.IDLE, Phase.CLOSING, Phase.LINGER


class Exchange(Link):
    """What a connection does with a request.  ``HTTPProtocol`` adds where requests come from."""

    __slots__ = (
        "_body",
        "_cancel_status",
        "_eof",
        "_error",
        "_expects",
        "_task",
    )

    def __init__(self, context: ServerContext) -> None:
        super().__init__(context)
        self._body: BodyStream | None = None  # of which more will come
        self._expects = False  # the client waits for "100 Continue" before it sends the body
        self._task: asyncio.Task[None] | None = None  # None while nothing has had to wait
        self._eof = False  # the client has closed its side
        self._error = False  # nothing more of this connection can be read
        self._cancel_status = 500

    # -- for the body -------------------------------------------------------------------------

    def await_body(self) -> None:
        """Ask the client for its body, if it waits to be asked, and watch the clock."""
        if self._expects:
            self._expects = False
            if not self._started:
                self.uncork()
                self.transport.write(CONTINUE)
        self._enter(Phase.BODY, self._context.config.body_timeout)

    def body_arrived(self) -> None:
        """Watch the handler's clock again."""
        self._return_to_work(Phase.BODY)

    # -- one request --------------------------------------------------------------------------

    async def _answer(self, head: RequestHead, request: Request) -> None:
        """Go the whole way of one request; every path ends in ``_finish``."""
        response: Response | None = None
        has_body = head.framing.has_body
        try:
            context = self._context
            if has_body and context.loads_body:
                await request.load(limit=context.config.max_body)
            answer = await context.call(request)
            if not isinstance(answer, Response):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without types
                raise TypeError(f"a handler must return a Response, got {answer!r:.40}")  # noqa: TRY301 - answered as any error of the handler
            response = answer
            sending = self._send(head, response)
            if sending is not None:
                await sending
        except asyncio.CancelledError:
            self._give_up(head)
        except Exception as error:  # noqa: BLE001 - whatever it was, the client gets an answer
            await self._fail(head, request, error)
        finally:
            try:
                if response is not None and response.closable:
                    await self._close(response, request)
            finally:
                if has_body:
                    self._free(request)
                self._finish()

    async def _close(self, response: Response, request: Request) -> None:
        """Free what a response holds; what goes wrong by then is for the log alone."""
        try:
            await response.aclose()
        except Exception:
            logger.exception("closing after %s %s failed", request.method, request.path[:200])

    def _free(self, request: Request) -> None:
        """Free what the body of a request holds, and no wait may come between."""
        try:
            request.close()
        except Exception:
            logger.exception("closing after %s %s failed", request.method, request.path[:200])

    def _send(self, head: RequestHead, response: Response) -> Awaitable[None] | None:
        """Send a response; return what there is to wait for, if it cannot be sent at once."""
        context = self._context
        if self._keep and self._body is None and not context.draining:
            data = response.serialize_small(head.method, head.framing.version, context.clock.date)
            if data is not None:  # as nearly always
                self._started = True
                if self._corked is None:
                    self.transport.write(data)
                else:
                    self._cork(data)
                return self.writable() if self._blocked else None
        return self._send_unusual(head, response)

    def _send_unusual(self, head: RequestHead, response: Response) -> Awaitable[None] | None:
        """Send a response whose head is new, or says that the connection ends, or whatever else."""
        context = self._context
        keep = self._keep and not context.draining
        if self._body is not None:
            keep = keep and self._may_drain(head, self._body)
        data, framing = serialize_head(
            response,
            method=head.method,
            http_version=head.version,
            keep_alive=keep,
            date=context.clock.date,
        )
        self._keep = keep and not data.endswith(CLOSE)
        body = response.body
        if framing is NONE:
            if response.status < FINAL:
                self._switch(head, response, data)
                return None
            body = b""
            self._keep = self._keep and head.method != "CONNECT"
        if type(body) is not bytes or len(body) > JOINED:
            return send_body(self, body, framing, data, response.content_length or 0)
        self._cork(data + body)
        return self.writable() if self._blocked else None

    def _cork(self, data: bytes) -> None:
        """Keep a small answer for the next write, if another one follows at once."""
        if len(data) > CORKED:
            self.uncork()
        self.write(data)

    def _may_drain(self, head: RequestHead, body: BodyStream) -> bool:
        """Whether a body that nobody has read can be read away, so that a request may follow it.

        Not one that the client was never asked for, as it may or may not send it now, and not one
        that is too long.
        """
        rest = (head.content_length or 0) - body.received
        return not self._expects and rest <= self._context.config.max_drain

    def _switch(self, head: RequestHead, response: Response, data: bytes) -> None:
        """Hand the connection to the protocol that the response names."""
        if not isinstance(response, Upgrade) or head.upgrade is None:
            raise TypeError(f"{response!r} must be an Upgrade that the client has asked for")
        transport, context = self.transport, self._context
        protocol = response.protocol()
        self.resume_body()
        self.write(data)
        self.uncork()
        self._lost, self._keep = True, False  # for us it is
        with suppress(NotImplementedError):
            transport.set_write_buffer_limits()  # to their defaults: what holds for us is ours
        context.add(Upgraded(context, transport, self.client))
        context.discard(self)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if unread := self._take_unread():
            protocol.data_received(unread)
        if self._eof and not protocol.eof_received():
            transport.close()

    async def _fail(self, head: RequestHead, request: Request, error: Exception) -> None:
        """Answer an error; when an answer has begun, the only answer left is a reset."""
        if isinstance(error, BodyTimeout):
            self._keep = False
        if not self._started and not self._lost:
            sending = self._send(head, answer_error(error, request))
            if sending is not None:
                await sending
            return
        if not isinstance(error, ConnectionError):  # that is the client's going away
            logger.error(
                "%s %s broke off: %r", request.method, request.path[:200], error, exc_info=error
            )
        self.abort()

    def _give_up(self, head: RequestHead) -> None:
        """End what was cancelled: by the client's going, a time-out, or the end of the server."""
        if self._started:
            self.abort()
        elif not self._lost:
            self._write_refusal(self._cancel_status, "", head.method)

    def _refuse(self, status: int, reason: str) -> None:
        """Answer with a few words what is no request, and read no more of this connection."""
        self._error = True
        self._write_refusal(status, reason, "GET")
        self.linger()

    def _write_refusal(self, status: int, reason: str, method: str) -> None:
        response = make_refusal(status, reason)
        data, framing = serialize_head(
            response, method=method, http_version="1.1", keep_alive=False, date=current_date()
        )
        if framing is not NONE and isinstance(response.body, bytes):
            data += response.body
        self._keep = False
        self.write(data)

    def linger(self) -> None:
        """Let the client read why, unless it has closed its side, so that nothing can come."""
        if self._eof:
            self.close()
        else:
            super().linger()

    def _finish(self) -> None:
        """Go on to the next request, or close.

        Whatever ends the connection has taken ``_keep`` away, so that one question is enough.
        """
        context = self._context
        if self._keep and self._body is None and not context.draining:  # as nearly always
            self._busy = False
            self._phase = IDLE
            self.deadline = context.clock.idle_until
            if self._task is not None:  # otherwise whoever began the answer is there, and goes on
                self._task = None
                self._next()
            return
        self._task = None
        if self._lost or self._phase is CLOSING or self._phase is LINGER:
            return
        if not self._keep or context.draining:
            self._leave()
        elif self._body is not None:
            self._busy = False
            self._body.forget()
            self._enter(Phase.DRAIN, context.config.body_timeout)

    def _leave(self) -> None:
        """Close so that the client gets all of its answer."""
        if self._body is not None or self._error or self._has_unread():
            self._body = None
            self.linger()
        else:
            self.close()

    # -- what is behind this request ----------------------------------------------------------

    def _next(self) -> None:
        """Go on with the next request, if it is there already."""
        raise NotImplementedError

    def _has_unread(self) -> bool:
        """Whether bytes have come that belong to no request yet."""
        raise NotImplementedError

    def _take_unread(self) -> bytes:
        """Remove those bytes and return them."""
        raise NotImplementedError
