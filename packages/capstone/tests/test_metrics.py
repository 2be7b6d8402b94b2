"""groundup.metrics: what Prometheus reads, and that strangers make no series."""

import re

import pytest

from groundup import Application, Request, Response
from groundup.metrics import BOUNDS, Metrics, add_metrics

LINE = re.compile(r'[a-z_]+(\{[a-z]+="(?:[^"\\]|\\.)*"(,[a-z]+="(?:[^"\\]|\\.)*")*\})? [0-9.e+-]+')


def make() -> Application:
    app = Application()
    add_metrics(app)

    @app.get("/posts/:slug")
    async def post(request: Request) -> Response:
        return Response(200)

    @app.get("/fails")
    async def fail(request: Request) -> Response:
        raise LookupError

    return app


async def test_requests_are_counted_by_pattern_and_status() -> None:
    app = make()
    for path in ("/posts/a", "/posts/b", "/nowhere/1", "/nowhere/2", "/fails"):
        await app.handle(Request("GET", path))
    await app.handle(Request("BREW", "/posts/a"))

    response = await app.handle(Request("GET", "/metrics"))
    lines = response.text.splitlines()

    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    total = "groundup_requests_total"
    assert f'{total}{{method="GET",route="/posts/:slug",status="200"}} 2' in lines
    assert f'{total}{{method="GET",route="none",status="404"}} 2' in lines
    assert f'{total}{{method="GET",route="/fails",status="500"}} 1' in lines
    assert f'{total}{{method="other",route="none",status="405"}} 1' in lines
    for line in lines:
        assert line.startswith("# ") or LINE.fullmatch(line), line


async def test_an_error_of_a_layer_is_counted_as_500() -> None:
    app = Application()
    metrics = add_metrics(app)

    @app.use
    async def broken(request: Request, next: object) -> Response:
        raise LookupError

    await app.handle(Request("GET", "/posts/a"))

    assert 'groundup_requests_total{method="GET",route="none",status="500"} 1' in metrics.lines()


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_bucket_holds_what_is_at_most_its_bound(bound: float) -> None:
    metrics = Metrics()
    metrics.count("GET", "/", 200, bound)
    metrics.count("GET", "/", 200, bound * 1.0001)

    lines = list(metrics.lines())

    assert f'groundup_request_seconds_bucket{{route="/",le="{bound}"}} 1' in lines
    assert 'groundup_request_seconds_bucket{route="/",le="+Inf"} 2' in lines
    assert 'groundup_request_seconds_count{route="/"} 2' in lines


def test_a_pattern_with_quotes_stays_one_label() -> None:
    metrics = Metrics()
    metrics.count("GET", '/a"b\\c\n', 200, 0.1)

    for line in metrics.lines():
        assert line.startswith("# ") or LINE.fullmatch(line), line
