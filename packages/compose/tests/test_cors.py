"""groundup_compose.cors: what browsers ask, and what they are told."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from groundup_compose import cors, cors_middleware
from groundup_middleware import Pipeline
from groundup_response import Response

SITE = "https://app.example"


async def send(layer: Any, request: Any, hello: Any) -> Response:
    return await Pipeline([layer]).handle(request, hello)


def ends_in_example(origin: str) -> bool:
    return origin.endswith(".example")


async def test_an_allowed_origin_may_read(make_request: Callable[..., Any], hello: Any) -> None:
    response = await send(cors([SITE]), make_request(Origin=SITE), hello)

    assert response.text == "hello"
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert response.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in response.headers


async def test_without_origin_nothing_is_said_but_vary(
    make_request: Callable[..., Any], hello: Any
) -> None:
    response = await send(cors([SITE]), make_request(), hello)

    assert response.text == "hello"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert response.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://my.example", "Host": "my.example"}, id="host"),
        pytest.param({"Origin": "http://my.example:8000", "Host": "My.Example:8000"}, id="port"),
        pytest.param({"Origin": "null", "Sec_Fetch_Site": "same-origin"}, id="hidden"),
    ],
)
async def test_our_own_pages_pass(
    headers: dict[str, str], make_request: Callable[..., Any], hello: Any
) -> None:
    response = await send(cors([SITE]), make_request("POST", **headers), hello)

    assert response.text == "hello"
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example.evil.example",
        "https://evilapp.example",
        "https://APP.example",
        "null",
        "",
        "garbage\x00",
    ],
)
async def test_others_are_refused_and_nothing_below_runs(
    origin: str, make_request: Callable[..., Any]
) -> None:
    def handler(request: Any) -> Response:
        raise AssertionError("must not run")

    request = make_request("POST", Origin=origin, Host="my.example")
    response = await send(cors([SITE]), request, handler)

    assert (response.status, response.text) == (403, "CORS not allowed")
    assert "Access-Control-Allow-Origin" not in response.headers
    assert response.headers["Vary"] == "Origin"


async def test_others_may_be_let_through_unmarked(
    make_request: Callable[..., Any], hello: Any
) -> None:
    layer = cors([SITE], refuse=False)
    preflight = make_request(
        "OPTIONS", Origin="https://evil.example", Access_Control_Request_Method="PUT"
    )

    response = await send(layer, make_request(Origin="https://evil.example"), hello)
    assert response.text == "hello"
    assert "Access-Control-Allow-Origin" not in response.headers
    response = await send(layer, preflight, hello)
    assert response.status == 204
    assert "Access-Control-Allow-Methods" not in response.headers


async def test_a_preflight_is_answered_here(make_request: Callable[..., Any]) -> None:
    def handler(request: Any) -> Response:
        raise AssertionError("must not run")

    layer = cors([SITE], allow_methods=["GET", "PUT"], allow_headers=["X-Token"], max_age=5)
    request = make_request(
        "OPTIONS",
        Origin=SITE,
        Access_Control_Request_Method="PUT",
        Access_Control_Request_Headers="x-token",
    )
    response = await send(layer, request, handler)

    assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert response.headers["Access-Control-Allow-Methods"] == "GET, PUT"
    assert response.headers["Access-Control-Allow-Headers"] == "X-Token"
    assert response.headers["Access-Control-Max-Age"] == "5"
    assert response.headers["Vary"] == (
        "Access-Control-Request-Method, Access-Control-Request-Headers, Origin"
    )


@pytest.mark.parametrize("origin", ["", "null", "garbage"])
async def test_a_request_without_host_has_no_origin_of_ours(
    origin: str, make_request: Callable[..., Any], hello: Any
) -> None:
    response = await send(cors([SITE]), make_request("POST", Origin=origin), hello)

    assert response.status == 403


async def test_no_fields_allowed_is_no_field(make_request: Callable[..., Any], hello: Any) -> None:
    request = make_request("OPTIONS", Origin=SITE, Access_Control_Request_Method="GET")

    response = await send(cors([SITE], allow_headers=()), request, hello)

    assert response.status == 204
    assert "Access-Control-Allow-Headers" not in response.headers


async def test_a_plain_options_request_goes_on(
    make_request: Callable[..., Any], hello: Any
) -> None:
    response = await send(cors([SITE]), make_request("OPTIONS", Origin=SITE), hello)

    assert response.text == "hello"


async def test_a_star_allows_what_is_asked_for_and_no_more(
    make_request: Callable[..., Any], hello: Any
) -> None:
    layer = cors([SITE], allow_methods="*", allow_headers="*", allow_credentials=True)
    request = make_request(
        "OPTIONS",
        Origin=SITE,
        Access_Control_Request_Method="PURGE",
        Access_Control_Request_Headers="x-a, bad name\r\nSet-Cookie: x, x-b",
    )
    response = await send(layer, request, hello)

    assert response.headers["Access-Control-Allow-Methods"] == "PURGE"
    assert response.headers["Access-Control-Allow-Headers"] == "x-a, x-b"
    assert response.headers["Access-Control-Allow-Credentials"] == "true"


async def test_everyone_may_read_without_credentials(
    make_request: Callable[..., Any], hello: Any
) -> None:
    response = await send(cors("*"), make_request(Origin="https://any.example"), hello)

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Vary" not in response.headers


async def test_credentials_and_exposed_fields(make_request: Callable[..., Any], hello: Any) -> None:
    layer = cors([SITE], allow_credentials=True, expose_headers=["X-Total", "ETag"])

    response = await send(layer, make_request(Origin=SITE), hello)

    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert response.headers["Access-Control-Expose-Headers"] == "X-Total, ETag"


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        (["https://*.app.example"], "https://a.app.example", True),
        (["https://*.app.example"], "https://a.b.app.example", True),
        (["https://*.app.example"], "https://app.example", False),
        (["https://*.app.example"], "https://.app.example", False),
        (["https://*.app.example"], "https://a.appXexample", False),
        (["https://*.app.example"], "https://evil.example/.app.example", False),
        (["https://*.app.example:8443"], "https://a.app.example:8443", True),
        (["https://*.app.example:8443"], "https://a.app.example", False),
        (["null"], "null", True),
        (["http://[::1]:8000"], "http://[::1]:8000", True),
        (SITE, SITE, True),
        (re.compile(r"https://pr-\d+\.app\.example"), "https://pr-7.app.example", True),
        (re.compile(r"https://pr-\d+\.app\.example"), "https://pr-7.app.example.evil", False),
        (ends_in_example, "https://any.example", True),
        (ends_in_example, "https://any.other", False),
        (("*",), "https://any.other", True),
    ],
)
async def test_origins_may_be_given_in_many_forms(
    origins: Any, origin: str, allowed: bool, make_request: Callable[..., Any], hello: Any
) -> None:
    response = await send(cors(origins), make_request(Origin=origin), hello)

    assert response.status == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"allow_origins": ["https://a.example/"]}, "nothing more", id="path"),
        pytest.param({"allow_origins": ["a.example"]}, "scheme", id="no-scheme"),
        pytest.param({"allow_origins": ["https://A.example"]}, "small letters", id="capitals"),
        pytest.param({"allow_origins": ["https://a.*.example"]}, "scheme", id="star-inside"),
        pytest.param(
            {"allow_origins": [SITE], "allow_methods": ["GET PUT"]}, "method", id="method"
        ),
        pytest.param({"allow_origins": [SITE], "allow_headers": ["X:"]}, "field", id="field"),
        pytest.param({"allow_origins": "*", "allow_credentials": True}, "any site", id="star"),
        pytest.param({"allow_origins": ["*"], "allow_credentials": True}, "any site", id="stars"),
    ],
)
def test_mistakes_are_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cors(**options)


def test_the_document_s_name_is_the_same_function() -> None:
    assert cors_middleware is cors
