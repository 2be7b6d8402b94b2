"""Stop asking what fails all the time: a circuit breaker.

                 share of failures too high            pause is over
       CLOSED ───────────────────────────► OPEN ──────────────────────► HALF_OPEN
       all pass                            503 at once     ▲            one request tries
          ▲                                                │ it fails      │
          └────────────────────────────────────────────────┼───────────────┘
                             it succeeds                   └───────────────┘

A handler that waits for a database which is down holds its connection, its thread and its client
for nothing, and the database meets a crowd when it comes back.  An answer at once (503, and when to
come again) is better for all three.

What counts is the share among the last requests, not failures in a row: of a thing that fails every
second time, there are hardly ever five in a row.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext
from groundup_response import Response

__all__ = ["Circuit", "CircuitBreaker", "circuit_breaker"]

SERVER_ERROR = 500


class Circuit(Enum):
    """Whether requests pass."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class CircuitBreaker:
    """The layer that `circuit_breaker` returns.  May be shared between threads, tasks and loops."""

    def __init__(self, share: float, window: int, pause: float, clock: Callable[[], float]) -> None:
        self._share = share
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._outcomes: deque[bool] = deque(maxlen=window)  # of the last requests: True if failed
        self._opened: float | None = None
        self._trying: object | None = None  # the request that may find out
        annotate(self, f"circuit_breaker({share:g} of {window})")

    @property
    def state(self) -> Circuit:
        """Whether requests pass at this moment."""
        with self._lock:
            if self._opened is None:
                return Circuit.CLOSED
            over = self._clock() >= self._opened + self._pause
            return Circuit.HALF_OPEN if over else Circuit.OPEN

    async def __call__(self, _request: Any, next: AsyncNext) -> Response:
        """Pass a request on, unless the circuit is open."""
        ticket = object()
        wait = self._enter(ticket)
        if wait is not None:
            return refuse(wait)
        try:
            response = await next()
        except Exception as error:
            # What says that the client is to blame (400, 404) works as it should.
            self._leave(ticket, failed=getattr(error, "status", SERVER_ERROR) >= SERVER_ERROR)
            raise
        except BaseException:
            self._leave(ticket, failed=None)  # cancelled: nobody knows what would have come
            raise
        self._leave(ticket, failed=int(response.status) >= SERVER_ERROR)
        return response

    def reset(self) -> None:
        """Close the circuit and forget what was: the operator knows better."""
        with self._lock:
            self._close()

    def _enter(self, ticket: object) -> float | None:
        """Return None if a request may pass, or how long it should wait."""
        with self._lock:
            if self._opened is None:
                return None
            left = self._opened + self._pause - self._clock()
            if left <= 0 and self._trying is None:
                self._trying = ticket
                return None
            return max(left, 1.0)

    def _leave(self, ticket: object, *, failed: bool | None) -> None:
        """Note what became of a request that passed."""
        with self._lock:
            found_out = self._trying is ticket
            if found_out:
                self._trying = None
            if failed is None:
                return
            if self._opened is None:
                self._outcomes.append(failed)
                if failed and self._is_too_much():
                    self._opened = self._clock()
            elif found_out:  # others were on their way when the circuit opened
                if failed:
                    self._opened = self._clock()
                else:
                    self._close()

    def _is_too_much(self) -> bool:
        full = len(self._outcomes) == self._outcomes.maxlen
        return full and sum(self._outcomes) >= self._share * len(self._outcomes)

    def _close(self) -> None:
        self._opened = self._trying = None
        self._outcomes.clear()


def circuit_breaker(
    share: float = 0.5,
    *,
    window: int = 20,
    pause: float = 30.0,
    clock: Callable[[], float] = time.monotonic,
) -> CircuitBreaker:
    """Return a layer that answers 503 by itself while what is below it keeps failing.

    A failure is a response of 500 or more, or an exception that does not say it is the client's
    doing (by a ``status`` below 500).  Each breaker is one circuit: for one route, put it around
    that route's handler.

    Args:
        share: The circuit opens when this share of the last requests failed.
        window: How many of them are looked at; with fewer, it stays closed.
        pause: Seconds until one request may try whether it works again.
        clock: Seconds that only go forward.

    >>> from groundup_middleware import Pipeline
    >>> breaker = circuit_breaker(window=2)
    >>> pipeline = Pipeline([breaker])
    >>> [pipeline.run_sync(None, lambda request: Response(500)).status for _ in range(3)]
    [500, 500, 503]
    >>> breaker.state
    <Circuit.OPEN: 'open'>
    """
    if not 0 < share <= 1 or window < 1 or not pause > 0:
        msg = (
            "share must be above 0 and at most 1, window at least 1, pause above 0, "
            f"got {share}, {window}, {pause}"
        )
        raise ValueError(msg)
    return CircuitBreaker(share, window, pause, clock)


def refuse(wait: float) -> Response:
    """Return the 503, which says when to come again."""
    headers = {
        "Retry-After": str(max(1, math.ceil(wait))),
        "Content-Type": "text/plain; charset=utf-8",
    }
    return Response(503, "Temporarily unavailable", headers)
