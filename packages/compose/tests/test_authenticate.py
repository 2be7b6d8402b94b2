"""groundup_compose.authenticate: a token, a user, or a challenge."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from groundup_compose import authenticate
from groundup_middleware import Pipeline, nonblocking
from groundup_response import Response

USERS = {"t0ken": "alice", "zero": 0}


async def verify_async(token: str) -> Any:
    return USERS.get(token)


def verify_sync(token: str) -> Any:
    return USERS.get(token)


async def handler(request: Any) -> Response:
    return Response(200, str(request.user))


@pytest.mark.parametrize(
    "verify", [verify_async, verify_sync, nonblocking(functools.partial(USERS.get))]
)
@pytest.mark.parametrize("value", ["Bearer t0ken", "bearer t0ken", "BEARER   t0ken"])
async def test_a_good_token_gives_the_user(
    verify: Any, value: str, make_request: Callable[..., Any]
) -> None:
    request = make_request(Authorization=value)

    response = await Pipeline([authenticate(verify)]).handle(request, handler)

    assert (response.status, response.text) == (200, "alice")


async def test_user_number_zero_is_a_user(make_request: Callable[..., Any]) -> None:
    request = make_request(Authorization="Bearer zero")

    response = await Pipeline([authenticate(verify_async)]).handle(request, handler)

    assert (response.status, response.text) == (200, "0")


@pytest.mark.parametrize(
    "value", [None, "", "Bearer", "Bearer ", "Basic t0ken", "t0ken", "Bearer a b", "Bearer \u00e9"]
)
async def test_without_a_token_there_is_a_challenge(
    value: str | None, make_request: Callable[..., Any]
) -> None:
    request = make_request() if value is None else make_request(Authorization=value)

    response = await Pipeline([authenticate(verify_async)]).handle(request, handler)

    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_bad_token_is_called_so(make_request: Callable[..., Any]) -> None:
    layer = authenticate(verify_async, realm="api")

    response = await Pipeline([layer]).handle(make_request(Authorization="Bearer bad"), handler)

    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


async def test_optional_lets_strangers_pass_but_no_bad_token(
    make_request: Callable[..., Any],
) -> None:
    pipeline = Pipeline([authenticate(verify_async, optional=True)])

    assert (await pipeline.handle(make_request(), handler)).text == "None"
    bad = make_request(Authorization="Bearer bad")
    assert (await pipeline.handle(bad, handler)).status == 401


async def test_another_scheme(make_request: Callable[..., Any]) -> None:
    layer = authenticate(verify_async, scheme="Token")

    response = await Pipeline([layer]).handle(make_request(Authorization="Token t0ken"), handler)

    assert response.text == "alice"


@pytest.mark.parametrize("options", [{"scheme": "a b"}, {"scheme": ""}, {"realm": 'a"b'}])
def test_what_would_break_the_challenge_is_refused(options: Any) -> None:
    with pytest.raises(ValueError, match="scheme and a realm"):
        authenticate(verify_async, **options)
