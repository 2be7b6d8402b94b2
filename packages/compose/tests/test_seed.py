"""Project 17 of the founding document: with its own definitions, and with ours in their place."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import groundup_compose
from groundup_middleware import Pipeline
from groundup_response import Response

DEFINITIONS = """
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

USAGE = """
app = Application()
app.use(cors_middleware(["https://example.com", "https://app.example.com"]))
app.use(if_method(["POST", "PUT", "DELETE"], auth_middleware))
app.use(parallel_middleware(logging, metrics, tracing))
"""


def sync_auth(request: Any, next: Any) -> Any:
    if not request.headers.get("Authorization"):
        return Response(401, "Unauthorized")
    return next()


async def async_auth(request: Any, next: Any) -> Any:
    if not request.headers.get("Authorization"):
        return Response(401, "Unauthorized")
    return await next()


def note(name: str, seen: list[str]) -> Any:
    """An async middleware as the document's own parallel_middleware can run it."""

    async def middleware(request: Any, next: Any) -> None:
        seen.append(name)

    return middleware


def wrap_sync(name: str, seen: list[str]) -> Any:
    def middleware(request: Any, next: Any) -> Any:
        seen.append(name)
        response = next()
        seen.append(f"{name} {response.status}")
        return response

    return middleware


def wrap_async(name: str, seen: list[str]) -> Any:
    async def middleware(request: Any, next: Any) -> Any:
        seen.append(name)
        response = await next()
        seen.append(f"{name} {response.status}")
        return response

    return middleware


def build(ours: bool, auth: Any, make: Any, seen: list[str]) -> Pipeline:
    names: dict[str, Any] = {
        "Application": Pipeline,
        "Response": Response,
        "asyncio": asyncio,
        "auth_middleware": auth,
        **{name: make(name, seen) for name in ("logging", "metrics", "tracing")},
    }
    if ours:
        wanted = ("cors_middleware", "if_method", "parallel_middleware")
        names |= {name: getattr(groundup_compose, name) for name in wanted}
    else:
        exec(DEFINITIONS, names)
    exec(USAGE, names)
    app: Pipeline = names["app"]
    return app


def sync_handler(request: Any) -> Response:
    return Response(200, "posted")


async def async_handler(request: Any) -> Response:
    return Response(200, "posted")


VARIANTS = [
    pytest.param(False, note, id="their-definitions"),
    pytest.param(True, note, id="ours"),
    pytest.param(True, wrap_sync, id="ours-around-sync"),
    pytest.param(True, wrap_async, id="ours-around-async"),
]


@pytest.mark.parametrize(("ours", "make"), VARIANTS)
@pytest.mark.parametrize("auth", [sync_auth, async_auth])
@pytest.mark.parametrize("handler", [sync_handler, async_handler])
async def test_the_chain_of_the_document_runs(
    ours: bool, make: Any, auth: Any, handler: Any, make_request: Callable[..., Any]
) -> None:
    seen: list[str] = []
    app = build(ours, auth, make, seen)
    origin = "https://app.example.com"

    response = await app.handle(make_request("POST", Origin=origin, Authorization="x"), handler)
    assert (response.status, response.text) == (200, "posted")
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert {"logging", "metrics", "tracing"} <= set(seen)

    assert (await app.handle(make_request("POST", Origin=origin), handler)).status == 401
    assert (await app.handle(make_request("GET", Origin=origin), handler)).status == 200

    response = await app.handle(make_request("GET", Origin="https://evil.example"), handler)
    assert (response.status, response.text) == (403, "CORS not allowed")


@pytest.mark.parametrize("make", [wrap_sync, wrap_async])
async def test_ours_passes_requests_without_origin_and_gives_branches_the_response(
    make: Any, make_request: Callable[..., Any]
) -> None:
    seen: list[str] = []
    app = build(True, sync_auth, make, seen)

    assert (await app.handle(make_request("GET"), sync_handler)).status == 200
    assert set(seen[3:]) == {"logging 200", "metrics 200", "tracing 200"}
