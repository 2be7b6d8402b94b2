"""One HTTP/1.1 connection: bytes in, requests answered in order, bytes out.

    data_received ─► RequestParser.feed ─► Request ─► handler ─► Response ─► serialize_head ─► write
                            ▲                                                   │
                            └────── what is unread: the next request ◄──────────┘

One request at a time.  What a client sends before it has been answered stays bytes, here or in the
parser, and when there is too much of it the client has to wait.  The way from the request to the
answer is in exchange, that from the answer to the transport in link.
"""

import asyncio
from collections.abc import Sequence
from itertools import repeat

from groundup_asyncserver.config import ServerConfig
from groundup_asyncserver.context import ServerContext
from groundup_asyncserver.errors import BodyTimeout, Disconnected
from groundup_asyncserver.exchange import Exchange
from groundup_asyncserver.incoming import BodyStream
from groundup_asyncserver.phases import Phase
from groundup_httpparse import EndOfBody, Event, ParseError, RequestHead, RequestParser
from groundup_messages import ArrivedBody, Handler, Request

__all__ = ["HTTPProtocol", "make_protocol"]

AT_ONCE = 32  # pipelined requests that are answered before other connections have their turn
OVERFLOW = 64  # connections above the maximum that are told so; more are just closed

# An attribute of an enum takes longer to find than a name of the module.
IDLE, HEAD, WORK, LINGER = Phase.IDLE, Phase.HEAD, Phase.WORK, Phase.LINGER
AT_WORK = (IDLE, HEAD, WORK, Phase.GONE)  # phases of a handler that waits, if it began in this step


class HTTPProtocol(Exchange):
    """The server's side of one connection, for any asyncio transport.

    Made by ``Server.protocol_factory`` or ``make_protocol``.  Belongs to one event loop.
    """

    __slots__ = ("_held", "_held_size", "_more", "_parser")

    def __init__(self, context: ServerContext) -> None:
        super().__init__(context)
        self._parser = RequestParser(context.config.limits)
        self._held: list[bytes] = []  # what came before its turn
        self._held_size = 0
        # One True for each request that another may follow: counted in C.
        most, more = context.config.max_requests, True
        self._more = repeat(more) if most is None else repeat(more, most - 1)

    # -- what the transport tells -------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, if there is a place for one more."""
        super().connection_made(transport)
        context = self._context
        excess = context.excess(self.client)
        if excess > OVERFLOW:
            self.transport.abort()
            return
        context.add(self)
        self._enter(HEAD, context.config.header_timeout)
        if excess > 0:
            self._refuse(503, "too many connections")

    def data_received(self, data: bytes) -> None:
        """Take bytes: of a body, of the next request, or of one whose turn has not come."""
        if self._body is not None:
            self._feed_body(data)
        elif self._busy:
            self._hold(data)
        elif (head := self._parser.take_head(data)) is not None:  # as nearly always
            self._begin(head, ())
        else:
            self._advance(data)

    def eof_received(self) -> bool:
        """Hear that the client sends no more; say whether it can still be answered."""
        self._eof = True
        if self._phase is LINGER:
            return False
        if not self._busy:
            self._end()
        elif self._body is not None:
            self._break_body(ParseError("body must be as long as announced: the client closed"))
        else:
            self._suspect_departure()
        return self.scheme == "http"  # TLS cannot be half closed

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop whatever is done for a client that is gone."""
        super().connection_lost(exc)
        self._keep = False
        if self._body is not None:
            self._body.fail(Disconnected("the client closed the connection"))
            self._body = None
        if self._task is not None:
            self._task.cancel()

    def expire(self) -> None:
        """Act on the end of somebody's time: the table is in phases."""
        match self._phase:
            case Phase.HEAD:
                self._refuse(408, "the head of the request took too long")
            case Phase.BODY if self._body is not None:
                seconds = self._context.config.body_timeout
                self._break_body(BodyTimeout(f"nothing of the body came for {seconds:g} seconds"))
            case Phase.WORK | Phase.GONE:
                self.cancel()
            case Phase.WRITE if self._takes_enough():
                self._enter(Phase.WRITE, self._context.config.write_timeout)
            case Phase.WRITE | Phase.CLOSING:
                self.abort()
            case _:
                self.close()

    # -- what the server tells ----------------------------------------------------------------

    def drain(self) -> None:
        """Close now if no request is open, else after its answer."""
        if not self._busy and (self._parser.idle or self._body is not None):
            self._leave()

    def cancel(self) -> None:
        """Give up what is being done: 503 if nothing has been sent."""
        self._cancel_status = 503
        if self._task is None:
            self.close()
        else:
            self._phase, self.deadline = WORK, self._context.clock.after(1.0)
            self._task.cancel()

    def _suspect_departure(self) -> None:
        """Give the handler of a client that has closed its side a little time."""
        self._work_phase = Phase.GONE
        self._work_deadline = self._context.clock.after(self._context.config.disconnect_grace)
        self._return_to_work(WORK)

    # -- bytes in -----------------------------------------------------------------------------

    def _advance(self, data: bytes) -> None:
        """Answer what is whole, until a request has to wait for something."""
        parser = self._parser
        try:
            events = parser.feed(data)
            if events and not parser.has_unread:
                self._begin_first(events)
            else:
                self._answer_several(events)
        except ParseError as error:
            self._refuse(error.status, str(error))
            return
        if self._eof and not self._busy and self._body is None:
            self._end()

    def _answer_several(self, events: list[Event]) -> None:
        """Answer one request after the other; small answers become one write."""
        if events:
            self._corked = []
        left = AT_ONCE
        try:
            while events:
                self._begin_first(events)
                left -= 1
                if self._busy or self._body is not None:
                    return
                if not left:
                    self._wait_for_turn()
                    return
                events = self._parser.feed()
        finally:
            self.uncork()
        if self._phase is IDLE and not self._parser.idle:
            self._enter(HEAD, self._context.config.header_timeout)

    def _begin_first(self, events: list[Event]) -> None:
        head, *rest = events
        if self._eof:
            self._suspect_departure()
        self._begin(head, rest)  # type: ignore[arg-type]  # the first is a head, so the parser promises

    def _begin(self, head: RequestHead, events: Sequence[Event]) -> None:
        """Start the answer to the request whose head has come, and perhaps some of its body.

        Its time begins only if it has to wait: until this returns, nobody looks at the clock.
        """
        context, framing = self._context, head.framing
        self._busy = True
        self._started = False
        self._keep = framing.keep_alive and next(self._more, False)
        body = self._open_body(head, events) if framing.has_body else b""
        request = Request.received(head, body, self.client, self.server, self.scheme)
        task = context.starter.start(self._answer(head, request))
        if task is not None:
            self._task = task
            self._begin_wait()

    def _begin_wait(self) -> None:
        """Watch the clock for a handler that has not ended at once."""
        if self._context.limited and not self._eof:
            self._work_deadline = self._context.work_deadline()
        if self._phase in AT_WORK:  # and not waiting for the client
            self._phase, self.deadline = self._work_phase, self._work_deadline

    def _open_body(
        self, head: RequestHead, events: Sequence[Event]
    ) -> bytes | ArrivedBody | BodyStream:
        """Return the body as bytes if it is all there and wanted so, else as what can be read."""
        config = self._context.config
        if events and isinstance(events[-1], EndOfBody):
            content = b"".join(events[:-1])  # type: ignore[arg-type]  # so the parser promises
            # A multipart form is parsed while it arrives.  To the handler it must look the same
            # when it is so small that it has arrived already.
            if (
                self._context.loads_body
                and len(content) <= config.max_body
                and "multipart" not in head.headers.get("Content-Type", "").lower()
            ):
                return content
            return ArrivedBody(content)
        self._body = stream = BodyStream(self, config.body_timeout, config.min_rate)
        self._expects = head.expects_continue and not events
        self._give(events)
        return stream

    def _give(self, events: Sequence[Event]) -> None:
        for event in events:
            if self._body is None:
                return
            if isinstance(event, bytes):
                self._body.feed(event)
            else:
                self._body.finish()
                self._body = None

    def _feed_body(self, data: bytes) -> None:
        self._expects = False  # it did not wait to be asked
        try:
            self._give(self._parser.feed(data))
        except ParseError as error:
            self._break_body(error)
            return
        if self._busy:
            return
        if self._body is None:  # one that nobody wanted has come to its end
            self._finish()
            if not self._busy:
                self._next()
        elif self._body.forget() > self._context.config.max_drain:
            self._leave()

    def _break_body(self, error: Exception) -> None:
        """Note that the body will not come to its end, and so neither will the next request."""
        self._error = True
        self._keep = False
        if self._body is not None:
            self._body.fail(error)
            self._body = None
        if not self._busy:
            self._leave()

    def _hold(self, data: bytes) -> None:
        """Keep what came before its turn, but not without end."""
        self._held_size += len(data)
        if self._error or self._phase is LINGER:
            if self._held_size > self._context.config.max_drain:
                self.close()
            return
        self._held.append(data)
        if self._held_size > self._context.config.max_pipelined:
            self.pause_body()

    def _next(self) -> None:
        """Go on with what is there already, or wait for the next request."""
        if self._held or self._parser.has_unread:
            self._wait_for_turn()
        elif self._eof:
            self._end()

    def _wait_for_turn(self) -> None:
        self._busy = True  # what comes in between stays behind what is there
        self._context.loop.call_soon(self._resume)

    def _resume(self) -> None:
        """Go on with what came while a request was being answered."""
        if self._lost or self._phase is not IDLE:
            return
        data = self._take_held()
        self._busy = False
        self.resume_body()
        self._advance(data)

    def _end(self) -> None:
        """Close after the last request; one that is cut off is an error."""
        try:
            self._parser.finish()
        except ParseError as error:
            self._refuse(error.status, str(error))
        else:
            self.close()

    def _has_unread(self) -> bool:
        return bool(self._held_size or not self._parser.idle)

    def _take_unread(self) -> bytes:
        return self._parser.take_unread() + self._take_held()

    def _take_held(self) -> bytes:
        data = b"".join(self._held)
        self._held.clear()
        self._held_size = 0
        return data


def make_protocol(handler: Handler, config: ServerConfig | None = None) -> HTTPProtocol:
    """Return one connection without a server, for a transport of your own.

    Call ``connection_made(transport)``, then ``data_received`` and ``eof_received`` as the bytes
    come, and ``connection_lost`` at the end: that frees everything.  The transport needs ``write``,
    ``close``, ``abort``, ``is_closing``, ``pause_reading``, ``resume_reading``,
    ``get_write_buffer_size``, ``can_write_eof`` and ``get_extra_info``, which may answer None.

    Raises:
        RuntimeError: No event loop runs here.
    """
    loop = asyncio.get_running_loop()
    return HTTPProtocol(ServerContext(handler, config or ServerConfig(), loop, temporary=True))
