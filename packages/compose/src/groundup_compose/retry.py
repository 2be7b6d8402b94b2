"""Try again what failed by chance, if trying again can do no harm.

    GET /posts ─► ConnectionError ─ wait about 0.1 s ─► 503 ─ wait about 0.2 s ─► 200

Only methods that may be repeated (RFC 9110, section 9.2.2): a second POST is a second order.  Only
what tends to pass by itself: broken connections, time-outs, and the statuses that say so.  Only as
often as was said, with pauses that grow and are drawn at random, or all that failed together come
back together.  Never when the body of the request was handed out as it arrived: it is gone.

Pauses that ``Retry-After`` asks for are kept, or, if they are too long, left to the client.
"""

import asyncio
import logging
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, Layer
from groundup_response import Response, parse_http_date

__all__ = ["retry"]

IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE")
PASSING = (502, 503, 504)
MAX_ATTEMPTS = 10

logger = logging.getLogger("groundup.retry")


def retry(
    attempts: int = 3,
    *,
    methods: Iterable[str] = IDEMPOTENT,
    statuses: Iterable[int] = PASSING,
    errors: type[Exception] | tuple[type[Exception], ...] = (ConnectionError, TimeoutError),
    pause: float = 0.1,
    max_pause: float = 5.0,
) -> Layer:
    """Return a layer that calls ``next()`` again when a request fails by chance.

    Put it inside of layers that must see one request (log, limits) and outside of the boundary that
    answers errors, or without one: both are understood.

    Args:
        attempts: How often at most, the first time included.
        methods: Add ``"POST"`` only where a second one does no harm.
        statuses: Responses that are worth another try.
        errors: Exceptions that are, raised or as the ``error`` of a response.
        pause: Seconds before the second attempt, on average; each further pause is twice as long.
        max_pause: The longest pause.  A ``Retry-After`` above it ends the attempts.

    >>> from groundup_middleware import Pipeline
    >>> from types import SimpleNamespace
    >>> answers = iter([503, 502, 200])
    >>> pipeline = Pipeline([retry(pause=0.001)])
    >>> pipeline.run_sync(SimpleNamespace(method="GET"), lambda _: Response(next(answers))).status
    200
    """
    policy = Policy(attempts, frozenset(methods), frozenset(statuses), errors, pause, max_pause)

    async def try_again(request: Any, next: AsyncNext) -> Response:
        if request.method in policy.methods:
            for attempt in range(1, attempts):
                response, delay = await policy.attempt(request, next)
                if response is not None:
                    return response
                delay += draw_pause(attempt, pause, max_pause)
                logger.warning(
                    "attempt %d of %d failed, the next in %.2f s", attempt, attempts, delay
                )
                await asyncio.sleep(delay)
        return await next()

    return annotate(try_again, f"retry({attempts})")


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of one `retry`, and the choice that they make."""

    attempts: int
    methods: frozenset[str]
    statuses: frozenset[int]
    errors: type[Exception] | tuple[type[Exception], ...]
    pause: float
    max_pause: float

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= MAX_ATTEMPTS:
            raise ValueError(f"attempts must be from 1 to {MAX_ATTEMPTS}, got {self.attempts}")
        if not 0 <= self.pause <= self.max_pause:
            msg = f"pauses must be 0 <= pause <= max_pause, got {self.pause} and {self.max_pause}"
            raise ValueError(msg)

    async def attempt(self, request: Any, next: AsyncNext) -> tuple[Response | None, float]:
        """Return a response that is to be kept, or None and what it asks to wait for."""
        try:
            response = await next()
        except self.errors:
            if not can_repeat(request):
                raise
            return None, 0.0
        if response.status not in self.statuses and not isinstance(response.error, self.errors):
            return response, 0.0
        delay = read_retry_after(response)
        if delay > self.max_pause or not can_repeat(request):
            return response, 0.0
        if getattr(response, "closable", True):
            await response.aclose()
        return None, delay


def draw_pause(attempt: int, pause: float, max_pause: float) -> float:
    """Return how long to wait: anything up to twice the pause of this attempt."""
    longest: float = min(max_pause, pause * 2**attempt)
    return random.uniform(0, longest)  # noqa: S311 - to spread clients, not to keep a secret


def read_retry_after(response: Response) -> float:
    """Return the seconds that a response asks for: RFC 9110, section 10.2.3.

    >>> read_retry_after(Response(503, headers={"Retry-After": "7"}))
    7.0
    """
    value = response.headers.get("Retry-After") or ""
    if value.isascii() and value.isdigit():
        return float(value)
    date = parse_http_date(value) if value else None
    return 0.0 if date is None else max(0.0, date.timestamp() - time.time())


def can_repeat(request: Any) -> bool:
    """Return whether the next attempt will find the body that this one has found.

    Requests whose body is there from the start always can.  Of one that arrives in pieces: if
    nobody has touched it, or if it was kept.
    """
    if not getattr(request, "loaded", True):
        return True
    try:
        request.body  # noqa: B018 - says by an error that the body was given away
    except AttributeError:
        return True
    except Exception:  # noqa: BLE001 - whatever it is, there is no body
        return False
    return True
