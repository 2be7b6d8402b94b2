"""groundup_compose.security: the fields, the nonce, and what is left alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from groundup_compose import security_headers
from groundup_middleware import Pipeline
from groundup_response import Response


async def test_every_response_has_the_fields(make_request: Callable[..., Any], hello: Any) -> None:
    response = await Pipeline([security_headers()]).handle(make_request(), hello)

    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in response.headers
    assert "object-src 'none'" in response.headers["Content-Security-Policy"]


async def test_the_nonce_of_the_page_is_that_of_the_policy_and_new_each_time(
    make_request: Callable[..., Any],
) -> None:
    async def page(request: Any) -> Response:
        return Response(200, request.csp_nonce)

    pipeline = Pipeline([security_headers()])
    nonces: set[str] = set()
    for _ in range(2):
        response = await pipeline.handle(make_request(), page)
        found = re.findall(
            r"'nonce-([A-Za-z0-9_-]{22})'", response.headers["Content-Security-Policy"]
        )
        assert found == [response.text] * 2
        nonces.add(response.text)

    assert len(nonces) == 2


async def test_https_only_is_said_over_https_only(
    make_request: Callable[..., Any], hello: Any
) -> None:
    request = make_request()
    request.is_secure = True

    response = await Pipeline([security_headers(hsts=60)]).handle(request, hello)

    assert response.headers["Strict-Transport-Security"] == "max-age=60"


async def test_what_the_response_says_stays(make_request: Callable[..., Any]) -> None:
    async def frame(request: Any) -> Response:
        fields = {"X-Frame-Options": "SAMEORIGIN", "Content-Security-Policy": "default-src *"}
        return Response(200, headers=fields)

    response = await Pipeline([security_headers()]).handle(make_request(), frame)

    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["Content-Security-Policy"] == "default-src *"


async def test_fields_can_be_left_out_and_added(
    make_request: Callable[..., Any], hello: Any
) -> None:
    request = make_request()
    request.is_secure = True
    layer = security_headers(
        csp=None, hsts=None, frame=None, referrer=None, opener=None, permissions="camera=()"
    )

    response = await Pipeline([layer]).handle(request, hello)

    assert dict(response.headers) == {
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=()",
    }
    assert request.csp_nonce is None


async def test_a_policy_of_one_s_own_may_only_report(
    make_request: Callable[..., Any], hello: Any
) -> None:
    layer = security_headers(csp={"default-src": "'self'", "img-src": ["*"]}, report_only=True)

    response = await Pipeline([layer]).handle(make_request(), hello)

    policy = response.headers["Content-Security-Policy-Report-Only"]
    assert policy == "default-src 'self'; img-src *"
    assert "Content-Security-Policy" not in response.headers


@pytest.mark.parametrize("source", ["'self'; script-src *", "a,b", "a b", "a\r\nX: y", ""])
def test_a_source_is_one_source(source: str) -> None:
    with pytest.raises(ValueError, match="not one directive or source"):
        security_headers(csp={"default-src": [source]})
