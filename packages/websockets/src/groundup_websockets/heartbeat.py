"""Find out that a peer is gone which never said so: pings, RFC 6455, section 5.5.2.

    silence for ping_interval ──► ping ──► ping_timeout without a byte ──► the peer is dead

A computer that is switched off, or a router that forgot the connection, sends no FIN; TCP alone
would notice after minutes, or never.  Any byte from the peer counts as a sign of life, not only the
pong; and while it is we who do not read, silence is no proof of anything.  Neither is it while our
ping waits behind other output: then it counts whether the peer takes something.  Pings go out all
the same: they are what makes the system notice a peer that is gone.
"""

import asyncio
from collections.abc import Callable

__all__ = ["Heartbeat", "Pings"]


class Heartbeat:
    """Ask a silent peer whether it is there.  Belongs to one event loop.

    Args:
        loop: The clock.
        interval, timeout: Seconds, see `WebSocketConfig`.
        ping: Sends a ping.
        dead: Is called, once, when nothing came back.
        deaf: Tells whether silence proves nothing: we do not listen, or the peer is busy taking.
    """

    __slots__ = ("_dead", "_deaf", "_interval", "_loop", "_ping", "_timeout", "_timer", "heard")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        interval: float,
        timeout: float,
        *,
        ping: Callable[[], None],
        dead: Callable[[], None],
        deaf: Callable[[], bool],
    ) -> None:
        self._loop = loop
        self._interval = interval
        self._timeout = timeout
        self._ping = ping
        self._dead = dead
        self._deaf = deaf
        self.heard = loop.time()  # the last sign of life: written by the owner
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start the clock."""
        if self._interval:
            self._timer = self._loop.call_later(self._interval, self._look)

    def stop(self) -> None:
        """Stop for good."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._interval = 0.0

    def _look(self) -> None:
        """Ping if it was silent for long enough, else look again when it will have been."""
        left = self.heard + self._interval - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
            return
        self._ask()

    def _ask(self) -> None:
        self._timer = self._loop.call_later(self._timeout, self._judge, self._loop.time())
        self._ping()

    def _judge(self, asked: float) -> None:
        if self._deaf():
            self._ask()
        elif self.heard >= asked:
            self._look()
        else:
            self.stop()
            self._dead()


class Pings:
    """The pings that somebody waits for, each told by its payload."""

    __slots__ = ("_count", "_waiting")

    def __init__(self) -> None:
        self._count = 0
        self._waiting: dict[bytes, tuple[asyncio.Future[float], float]] = {}

    def ask(self, now: float) -> tuple[bytes, "asyncio.Future[float]"]:
        """Return the payload of a new ping, and what will be the seconds until its answer."""
        self._count += 1
        payload = b"%d" % self._count
        answer: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[payload] = answer, now
        return payload, answer

    def forget(self, payload: bytes) -> None:
        """Let an answer pass that nobody waits for any more."""
        self._waiting.pop(payload, None)

    def answer(self, payload: bytes, now: float) -> None:
        """Take a pong.  It answers all earlier pings too: RFC 6455, section 5.5.3."""
        if payload not in self._waiting:
            return
        for asked in list(self._waiting):
            answer, since = self._waiting.pop(asked)
            if not answer.done():
                answer.set_result(now - since)
            if asked == payload:
                return

    def fail(self, error: Exception) -> None:
        """Tell everybody who waits that no answer will come."""
        for answer, _ in self._waiting.values():
            if not answer.done():
                answer.set_exception(error)
        self._waiting.clear()
