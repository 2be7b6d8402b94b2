"""Drive an endpoint with an asyncio transport: the one module between protocol and network.

    transport ── data_received ──► Endpoint ──► Inbox ──► handler
        ▲                                                    │
        └────────── write ◄────── Gate ◄──── send ───────────┘

Three rules keep memory flat.  Nothing is read while the inbox is full; `send` waits at the gate
while more bytes are under way than the transport wants to hold; and while it is shut, only the last
ping is remembered, to be answered when it opens.

A shut gate does not stop reading.  If it did, two ends that both send would wait for ever, each for
the other to read first.

When the peer closes, or breaks a rule, messages may still wait in the inbox.  Their answers must go
out before the close frame, after which nothing may follow.  So the close is answered when the
handler has taken the last message and asks for the next, and after a second at the latest.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from typing import cast

from groundup_websockets.closing import MAX_REASON, Close, CloseCode
from groundup_websockets.config import WebSocketConfig
from groundup_websockets.errors import ConnectionClosed
from groundup_websockets.gate import Gate
from groundup_websockets.heartbeat import Heartbeat, Pings
from groundup_websockets.inbox import Inbox
from groundup_websockets.prepared import PreparedMessage
from groundup_websockets.protocol import CloseReceived, Endpoint, Event, Failure, Ping, Pong, Role

__all__ = ["Connection"]

logger = logging.getLogger("groundup_websockets")

HIGH_WATER = 64 * 1024  # bytes: what asyncio holds before it asks senders to wait
PATIENCE = 1.0  # seconds that a close waits for the handler to take what came before it


class Connection(asyncio.Protocol):
    """One connection after its handshake.  Belongs to one event loop.

    ``closed`` means that nothing can be sent any more; ``lost`` is done when the transport is gone.
    """

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    lost: "asyncio.Future[None]"
    heartbeat: Heartbeat

    def __init__(self, endpoint: Endpoint, config: WebSocketConfig) -> None:
        self.endpoint = endpoint
        self.config = config
        self.inbox = Inbox(config.max_queue, config.max_message)
        self.gate = Gate()
        self.pings = Pings()
        self.closed = False
        self.on_close: dict[Callable[[], None], None] = {}
        self._reading = True
        self._owed: bytes | None = None  # the payload of the last ping, until it is answered
        self._written = 0  # bytes that the transport got from us
        self._taken = -1  # bytes that it got rid of, when the heartbeat looked last
        self._pump_due = False
        self._ending: CloseReceived | Failure | None = None
        self._verdict: Close | None = None  # why we broke the connection off
        self._patience: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def close(self) -> Close | None:
        """How the connection ended: the peer's word, else ours, else that it broke."""
        if self._verdict is not None or self.endpoint.close_received is not None:
            return self._verdict or self.endpoint.close_received
        if not self.closed:
            return None
        return self.endpoint.close_sent or Close(CloseCode.ABNORMAL)

    # -- what the transport calls -------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start to speak; the handshake is over."""
        self.loop = asyncio.get_running_loop()
        self.transport = cast("asyncio.Transport", transport)
        self.lost = self.loop.create_future()
        high = min(HIGH_WATER, self.config.write_limit)
        self.transport.set_write_buffer_limits(high=high)
        self.transport.resume_reading()  # whoever had the transport before may have paused it
        self.heartbeat = Heartbeat(
            self.loop,
            self.config.ping_interval,
            self.config.ping_timeout,
            ping=lambda: self.write(self.endpoint.send_ping()),
            dead=lambda: self._end(Failure(CloseCode.INTERNAL_ERROR, "no answer to a ping")),
            deaf=self._is_deaf,
        )
        self.heartbeat.start()

    def data_received(self, data: bytes) -> None:
        """Take bytes from the wire."""
        if not self.gate.shut:  # else what it takes is the sign of life: see `_is_deaf`
            self.heartbeat.heard = self.loop.time()
        self._receive(data)
        self._pump()

    def pause_writing(self) -> None:
        """Let senders wait."""
        self.gate.shut = not self.closed

    def resume_writing(self) -> None:
        """Let senders go on."""
        self.heartbeat.heard = self.loop.time()
        self.gate.open()
        self._answer_ping()

    def eof_received(self) -> bool:
        """Note that the peer will send nothing more; return whether we still have something."""
        if self._ending is not None and not self.closed and self.transport.can_write_eof():
            return True  # its last messages are being answered; `settle` closes
        self.shut()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake everybody who waits: the transport is gone."""
        if exc is not None:
            logger.debug("a connection broke: %r", exc)
        self.shut()
        for timer in (self._patience, self._deadline):
            if timer is not None:
                timer.cancel()
        self.pings.fail(self.closed_error())
        if not self.lost.done():
            self.lost.set_result(None)

    def _is_deaf(self) -> bool:
        """Whether silence of the peer proves nothing."""
        if not self.gate.shut:
            return not self._reading
        # Output waits for the peer, our ping behind it.  Slow is what takes something, if little,
        # from one look to the next; what takes nothing is as good as gone, whatever it sends.
        taken = self._written - self.transport.get_write_buffer_size()
        moved, self._taken = taken > self._taken, taken
        return moved

    # -- in -----------------------------------------------------------------------------------

    def _room(self) -> int | None:
        """Return how many events may come now; None for any number."""
        if self.closed:
            return None  # they are dropped: all that counts is the peer's close
        return self.inbox.room

    def _receive(self, data: bytes) -> None:
        """Take bytes, and as much of what they hold as the inbox has room for."""
        left = math.inf if self.closed else self.inbox.bytes_left
        self._handle(self.endpoint.receive_data(data, self._room(), max_bytes=left))

    def _handle(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, str | bytes):
                self.inbox.put(event)
            elif isinstance(event, Ping):
                self._owed = event.payload
                if not self.gate.shut:
                    self._answer_ping()
            elif isinstance(event, Pong):
                self.pings.answer(event.payload, self.loop.time())
            else:
                self._end(event)

    def _pump(self) -> None:
        """Go on with bytes that had to wait, and with reading."""
        self._pump_due = False
        while self.endpoint.pending and self._room() != 0:
            self._receive(b"")
        self._regulate()

    def _regulate(self) -> None:
        """Read exactly when there is a place for what comes."""
        if self.closed:
            wanted = True
        elif self.endpoint.pending:
            wanted = False
        else:
            wanted = self.inbox.room > 0 if self._reading else self.inbox.half_empty
        if wanted != self._reading:
            self._reading = wanted
            if wanted:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def taken(self) -> None:
        """Note that the handler took a message.

        What waits is looked at in the loop's next turn and not at once: a handler that always finds
        a message would never let anybody else run.
        """
        if not self._reading and not self._pump_due and self.inbox.half_empty:
            self._pump_due = True
            self.loop.call_soon(self._pump)

    # -- out ----------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Hand bytes to the transport."""
        if not self.transport.is_closing():
            self._written += len(data)
            self.transport.write(data)

    def _answer_ping(self) -> None:
        """Answer the last ping, if that is due: it stands for all before, section 5.5.3."""
        payload, self._owed = self._owed, None
        if payload is not None and not self.closed:
            self.write(self.endpoint.send_pong(payload))

    def check_open(self) -> None:
        """Raise ConnectionClosed when nothing can be sent."""
        if not self.may_send():
            raise self.closed_error()

    def may_send(self) -> bool:
        """Whether anything can be sent.  A transport that failed knows it before it says so."""
        if self.transport.is_closing():
            self.shut()
        return not self.closed

    def closed_error(self) -> ConnectionClosed:
        """Return the error that tells how the connection ended."""
        return ConnectionClosed(*(self.close or Close(CloseCode.ABNORMAL)))

    def enqueue(self, message: PreparedMessage) -> bool:
        """Send without waiting; cut a peer off that does not take what it gets."""
        if not self.may_send():
            return False
        if self.endpoint.role is Role.SERVER:
            data = message.frame
        else:
            data = self.endpoint.send_message(message.message)
        waiting = self.transport.get_write_buffer_size()
        if waiting and waiting + len(data) > self.config.write_limit:
            logger.warning("a client is too slow: %d bytes wait for it, cutting it off", waiting)
            self.drop(CloseCode.TRY_AGAIN_LATER, "too slow")
            return False
        self._written += len(data)
        self.transport.write(data)
        return True

    # -- the end ------------------------------------------------------------------------------

    def start_close(self, code: int, reason: str = "") -> None:
        """Send a close frame, if none has been sent; the peer has ``close_timeout`` to answer."""
        if self._ending is not None:
            self.settle()
        elif not self.closed:
            self._answer_ping()  # which must not follow a close
            self.write(self.endpoint.send_close(code, reason))
            self.shut()
            self._pump()

    def _end(self, event: CloseReceived | Failure) -> None:
        """Note that the peer closed or broke a rule."""
        if self._ending is not None:
            return
        self._ending = event
        self.heartbeat.stop()
        if self.closed:  # we closed first, and this is the answer
            self._finish()
        elif self.inbox.awaited:
            self.settle()
        else:
            patience = min(PATIENCE, self.config.close_timeout)
            self._patience = self.loop.call_later(patience, self.settle)
        self.inbox.end()

    def settle(self) -> None:
        """Answer the peer's close, or tell it which rule it broke."""
        if self._ending is None or self.closed:
            return
        if isinstance(self._ending, CloseReceived):
            self.write(self.endpoint.answer_close())
        else:
            reason = self._ending.reason.encode()[:MAX_REASON].decode(errors="ignore")
            self.write(self.endpoint.send_close(self._ending.code, reason))
        self.shut()
        self._finish()

    def shut(self) -> None:
        """Let nobody send any more, and give the peer a deadline."""
        if self.closed:
            return
        self.closed = True
        self.heartbeat.stop()
        self.inbox.end()
        self.gate.open()
        self._deadline = self.loop.call_later(self.config.close_timeout, self.transport.abort)
        callbacks, self.on_close = self.on_close, {}
        for callback in callbacks:
            self.loop.call_soon(callback)

    def _finish(self) -> None:
        """End TCP.  That is the server's part: who closes first keeps the port for minutes."""
        if isinstance(self._ending, Failure):
            # More may be under way that nobody will read, and closing before it is here would make
            # a reset of our close frame.  So only our half is closed, and the rest thrown away.
            self._regulate()
            if self.transport.can_write_eof() and not self.transport.is_closing():
                self.transport.write_eof()
            else:
                self.transport.close()
        elif self.endpoint.role is Role.SERVER:
            self.transport.close()

    def drop(self, code: int, reason: str) -> None:
        """Break off a connection whose peer does not listen."""
        self._verdict = Close(code, reason)
        self.shut()
        self.transport.abort()
