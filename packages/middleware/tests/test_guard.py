"""groundup_middleware.guard: who may pass, and what the others are told."""

import functools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from groundup_middleware import Pipeline, authentication, nonblocking
from groundup_response import Response


async def check_async(request: Any) -> Any:
    return {"name": "alice"} if request.headers.get("Authorization") == "Bearer x" else None


def check_sync(request: Any) -> Any:
    return {"name": "alice"} if request.headers.get("Authorization") == "Bearer x" else None


CHECKS = [check_async, check_sync, nonblocking(functools.partial(check_sync))]


@pytest.mark.parametrize("check", CHECKS, ids=["async", "sync", "inline"])
async def test_a_known_sender_passes_and_is_on_the_request(
    check: Any, make_request: Callable[..., Any]
) -> None:
    request = make_request(Authorization="Bearer x")

    async def handler(request: Any) -> Response:
        return Response(200, request.user["name"])

    response = await Pipeline([authentication(check)]).handle(request, handler)

    assert response.text == "alice"


@pytest.mark.parametrize("check", CHECKS, ids=["async", "sync", "inline"])
async def test_a_stranger_gets_a_challenge_and_nothing_below_runs(
    check: Any, make_request: Callable[..., Any]
) -> None:
    ran: list[int] = []

    async def handler(request: Any) -> Response:
        ran.append(1)
        return Response(200)

    layer = authentication(check, challenge='Bearer realm="api"')
    response = await Pipeline([layer]).handle(make_request(), handler)

    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert not ran


@pytest.mark.parametrize("nobody", [None, False, ""])
async def test_these_mean_nobody(nobody: Any, make_request: Callable[..., Any]) -> None:
    layer = authentication(lambda request: nobody)

    assert (await Pipeline([layer]).handle(make_request(), lambda r: Response(200))).status == 401


async def test_true_passes_without_a_user(make_request: Callable[..., Any]) -> None:
    request = make_request()
    layer = authentication(lambda request: True)

    assert (await Pipeline([layer]).handle(request, lambda r: Response(200))).status == 200
    assert request.user is None


async def test_user_number_zero_is_a_user(make_request: Callable[..., Any]) -> None:
    request = make_request()
    layer = authentication(lambda request: 0)

    assert (await Pipeline([layer]).handle(request, lambda r: Response(200))).status == 200
    assert request.user == 0


async def test_the_check_may_answer_itself(make_request: Callable[..., Any]) -> None:
    layer = authentication(lambda request: Response(303, headers={"Location": "/login"}))

    response = await Pipeline([layer]).handle(make_request(), lambda r: Response(200))

    assert response.headers["Location"] == "/login"


async def test_a_sync_check_does_not_block_the_loop(make_request: Callable[..., Any]) -> None:
    threads: list[int] = []

    def check(request: Any) -> bool:
        threads.append(threading.get_ident())
        return True

    await Pipeline([authentication(check)]).handle(make_request(), lambda r: Response(200))

    assert threads != [threading.get_ident()]
