"""Give up on a request that takes too long: 503, and everything below is cancelled.

An async layer or handler is cancelled where it waits.  A thread cannot be stopped: its request is
answered all the same, and the thread is busy until its code returns.
"""

import asyncio
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, Layer
from groundup_response import Response

__all__ = ["timeout"]


def timeout(seconds: float, *, status: int = 503) -> Layer:
    """Return a layer that answers for a request that is not done after ``seconds``.

    A ``TimeoutError`` that the request raises itself is passed on.

    >>> from groundup_middleware import Pipeline
    >>> async def sleepy(request):
    ...     await asyncio.sleep(60)
    >>> Pipeline([timeout(0.001)]).run_sync(None, sleepy).status
    503
    """
    if not seconds > 0:
        raise ValueError(f"seconds must be more than zero, got {seconds}")

    async def limit(_request: Any, next: AsyncNext) -> Response:
        deadline = asyncio.timeout(seconds)
        try:
            async with deadline:
                return await next()
        except TimeoutError:
            if not deadline.expired():
                raise
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return Response(status, "The server took too long", headers)

    return annotate(limit, f"timeout({seconds:g} s)")
