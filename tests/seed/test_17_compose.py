"""Project 17: the block, verbatim, with the seed's own definitions and with the package's."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest

import groundup_compose
from groundup import Application, Response
from groundup_testing import TestClient

DEFINITIONS = """\
# Middleware factory
def cors_middleware(allowed_origins):
    def middleware(request, next):
        if request.headers.get("Origin") in allowed_origins:
            response = next()
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            return response
        return Response(403, "CORS not allowed")
    return middleware

# Conditional middleware
def if_method(methods, middleware):
    def conditional(request, next):
        if request.method in methods:
            return middleware(request, next)
        return next()
    return conditional

# Parallel middleware
def parallel_middleware(*middlewares):
    async def parallel(request, next):
        # Run middlewares in parallel before handler
        before_results = await asyncio.gather(*[
            m(request, lambda: None) for m in middlewares
        ])
        response = await next()
        return response
    return parallel
"""

USAGE = """\
# Usage
app = Application()
app.use(cors_middleware(["https://example.com", "https://app.example.com"]))
app.use(if_method(["POST", "PUT", "DELETE"], auth_middleware))
app.use(parallel_middleware(logging, metrics, tracing))
"""

Run = Callable[..., tuple[dict[str, Any], str]]


def auth_middleware(request: Any, next: Any) -> Any:
    if not request.headers.get("Authorization"):
        return Response(401, "Unauthorized")
    return next()


@pytest.fixture(params=["the seed's", "the package's"])
def app(request: pytest.FixtureRequest, run_block: Run) -> Application:
    if request.param == "the seed's":
        parts, _ = run_block(DEFINITIONS, asyncio=asyncio, Response=Response)
    else:
        parts = vars(groundup_compose)
    names = ("cors_middleware", "if_method", "parallel_middleware")
    seen: list[str] = []

    def branch(name: str) -> Any:
        async def layer(request: Any, next: Any) -> Any:
            seen.append(name)
            await asyncio.sleep(0)
            result = next()
            return await result if inspect.isawaitable(result) else result

        return layer

    branches = {name: branch(name) for name in ("logging", "metrics", "tracing")}
    outcome, _ = run_block(
        USAGE,
        Application=Application,
        auth_middleware=auth_middleware,
        **branches,
        **{name: parts[name] for name in names},
    )
    app: Application = outcome["app"]

    @app.route("/", "GET", "POST")
    def handler(request: Any) -> Response:
        return Response(200, "ok")

    app.state["seen"] = seen
    return app


def test_an_allowed_origin_gets_the_header_and_every_branch_runs(app: Application) -> None:
    with TestClient(app) as client:
        response = client.get("/", headers={"Origin": "https://example.com"})

    assert response.status == 200
    assert response.headers["Access-Control-Allow-Origin"] == "https://example.com"
    assert sorted(app.state["seen"]) == ["logging", "metrics", "tracing"]


def test_another_origin_is_refused(app: Application) -> None:
    with TestClient(app) as client:
        response = client.get("/", headers={"Origin": "https://evil.example"})

    assert response.status == 403


def test_the_condition_holds_the_check_to_its_methods(app: Application) -> None:
    origin = {"Origin": "https://app.example.com"}
    with TestClient(app) as client:
        refused = client.post("/", headers=origin)
        passed = client.post("/", headers={**origin, "Authorization": "Bearer x"})

    assert refused.status == 401
    assert passed.status == 200
