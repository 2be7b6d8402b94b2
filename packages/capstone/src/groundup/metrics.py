r"""Count requests for Prometheus: how many, with which status, and how long they took.

    groundup_requests_total{method="GET",route="/posts/:slug",status="200"} 42
    groundup_request_seconds_bucket{route="/posts/:slug",le="0.1"} 40

The route is the pattern and never the path, and an unknown method is ``other``: a label that a
stranger chooses would make a new series for each request.  Source: the text format, version 0.0.4.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterator

from groundup.application import Application
from groundup_messages import Request, Response
from groundup_response import Response as AnyResponse

__all__ = ["Metrics", "add_metrics"]

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
TEXT = "text/plain; version=0.0.4; charset=utf-8"
UNROUTED = "none"


class Metrics:
    """Counts requests of one process.  May be shared between threads and tasks.

    >>> metrics = Metrics()
    >>> metrics.count("GET", "/posts/:slug", 200, 0.02)
    >>> print(next(line for line in metrics.lines() if not line.startswith("#")))
    groundup_requests_total{method="GET",route="/posts/:slug",status="200"} 1
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._totals: dict[tuple[str, str, int], int] = {}
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        key = (method if method in METHODS else "other", route, status)
        with self._lock:
            self._totals[key] = self._totals.get(key, 0) + 1
            buckets = self._buckets.setdefault(route, [0] * (len(BOUNDS) + 1))
            buckets[bisect_left(BOUNDS, seconds)] += 1
            self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def lines(self) -> Iterator[str]:
        """Yield the lines that Prometheus reads."""
        with self._lock:
            totals = sorted(self._totals.items())
            buckets = sorted((route, list(counts)) for route, counts in self._buckets.items())
            seconds = dict(self._seconds)
        yield "# HELP groundup_requests_total Requests that were answered."
        yield "# TYPE groundup_requests_total counter"
        for (method, route, status), number in totals:
            labels = f'method="{method}",route="{escape(route)}",status="{status}"'
            yield f"groundup_requests_total{{{labels}}} {number}"
        yield "# HELP groundup_request_seconds Seconds from the head of a request to its response."
        yield "# TYPE groundup_request_seconds histogram"
        for route, counts in buckets:
            label, reached = f'route="{escape(route)}"', 0
            for bound, number in zip((*BOUNDS, "+Inf"), counts, strict=True):
                reached += number
                yield f'groundup_request_seconds_bucket{{{label},le="{bound}"}} {reached}'
            yield f"groundup_request_seconds_sum{{{label}}} {seconds[route]:.6f}"
            yield f"groundup_request_seconds_count{{{label}}} {reached}"


def escape(value: str) -> str:
    r"""Return a value as it stands between the quotes of a label.

    >>> print(escape('a"b\\c'))
    a\"b\\c
    """
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def add_metrics(app: Application, path: str = "/metrics") -> Metrics:
    """Count the requests of an application from here inwards, and show them at a path.

    Whoever can ask for the path can read them: keep it away from the open internet.
    """
    metrics = Metrics()

    @app.use
    async def count_request(
        request: Request, next: Callable[[], Awaitable[AnyResponse]]
    ) -> AnyResponse:
        begin, status = time.perf_counter(), 500
        try:
            response = await next()
            status = response.status
            return response
        finally:
            seconds = time.perf_counter() - begin
            metrics.count(request.method, request.route or UNROUTED, status, seconds)

    @app.get(path, name="metrics")
    async def show_metrics(_request: Request) -> Response:
        body = "\n".join(metrics.lines()) + "\n"
        return Response(200, body, {"Content-Type": TEXT, "Cache-Control": "no-store"})

    return metrics
