"""groundup_compose.ratelimit: who is counted, what they are told, and what if nobody counts."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from groundup_compose import (
    MemoryBuckets,
    MemoryWindows,
    Rate,
    RedisBuckets,
    Taken,
    client_address,
    rate_limit,
)
from groundup_middleware import Pipeline
from groundup_response import Response


class Broken:
    async def take(self, key: str, rate: Rate, /) -> Taken:
        raise ConnectionError("no store")


async def test_the_last_request_passes_and_one_more_does_not(
    make_request: Callable[..., Any], hello: Any
) -> None:
    pipeline = Pipeline([rate_limit("2/minute")])

    responses = [await pipeline.handle(make_request(), hello) for _ in range(3)]

    assert [response.status for response in responses] == [200, 200, 429]
    assert responses[0].headers["RateLimit-Policy"] == '"default";q=2;w=60'
    assert responses[0].headers["RateLimit"] == '"default";r=1;t=30'
    assert responses[1].headers["RateLimit"] == '"default";r=0;t=60'
    assert responses[2].headers["RateLimit"] == '"default";r=0;t=60'
    assert responses[2].headers["Retry-After"] == "30"
    assert "Retry-After" not in responses[1].headers


async def test_nothing_below_runs_for_a_refused_request(make_request: Callable[..., Any]) -> None:
    calls: list[int] = []

    async def handler(request: Any) -> Response:
        calls.append(1)
        return Response(200)

    pipeline = Pipeline([rate_limit("1/day")])
    for _ in range(3):
        await pipeline.handle(make_request(), handler)

    assert calls == [1]


async def test_clients_are_apart(make_request: Callable[..., Any], hello: Any) -> None:
    pipeline = Pipeline([rate_limit("1/day")])
    first, second = make_request(), make_request()
    second.ip = "192.0.2.2"

    assert (await pipeline.handle(first, hello)).status == 200
    assert (await pipeline.handle(second, hello)).status == 200
    assert (await pipeline.handle(first, hello)).status == 429


@pytest.mark.parametrize(
    ("ip", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix:", "unix:"),
        (None, "unknown"),
    ],
)
def test_an_address_is_a_client(ip: str | None, key: str, make_request: Callable[..., Any]) -> None:
    request = make_request()
    request.ip = ip

    assert client_address(request) == key


async def test_a_key_of_one_s_own(make_request: Callable[..., Any], hello: Any) -> None:
    async def user(request: Any) -> Any:
        return request.user

    pipeline = Pipeline([rate_limit("1/day", key=user)])
    alice, nobody = make_request(), make_request()
    alice.user = "alice"

    assert (await pipeline.handle(alice, hello)).status == 200
    assert (await pipeline.handle(alice, hello)).status == 429
    for _ in range(3):
        response = await pipeline.handle(nobody, hello)
        assert response.status == 200
        assert "RateLimit" not in response.headers


async def test_a_burst_is_smaller_than_the_rate(
    make_request: Callable[..., Any], hello: Any
) -> None:
    pipeline = Pipeline([rate_limit("1000/day", burst=2)])

    statuses = [(await pipeline.handle(make_request(), hello)).status for _ in range(3)]

    assert statuses == [200, 200, 429]


async def test_several_limits_are_all_named(make_request: Callable[..., Any], hello: Any) -> None:
    store = MemoryBuckets()
    layers = [
        rate_limit("10/second", name="burst", store=store),
        rate_limit("1/day", name="daily", store=store),
    ]
    pipeline = Pipeline(layers)

    response = await pipeline.handle(make_request(), hello)
    assert response.headers["RateLimit-Policy"] == '"burst";q=10;w=1, "daily";q=1;w=86400'
    assert (await pipeline.handle(make_request(), hello)).status == 429


async def test_without_a_store_requests_pass_and_it_is_logged(
    make_request: Callable[..., Any], hello: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        pipeline = Pipeline([rate_limit("1/day", store=Broken())])
        assert (await pipeline.handle(make_request(), hello)).status == 200

    assert "cannot count" in caplog.text


async def test_without_a_store_requests_may_fail(
    make_request: Callable[..., Any], hello: Any
) -> None:
    pipeline = Pipeline([rate_limit("1/day", store=Broken(), fail_open=False)])

    with pytest.raises(ConnectionError):
        await pipeline.handle(make_request(), hello)


async def test_it_counts_in_redis_too(
    make_request: Callable[..., Any], hello: Any, redis_url: str, redis_prefix: str
) -> None:
    pytest.importorskip("redis")
    store = RedisBuckets(redis_url, prefix=redis_prefix)
    pipeline = Pipeline([rate_limit("1/day", store=store)])

    assert (await pipeline.handle(make_request(), hello)).status == 200
    assert (await pipeline.handle(make_request(), hello)).status == 429
    await store.close()


async def test_it_counts_by_windows_too(make_request: Callable[..., Any], hello: Any) -> None:
    pipeline = Pipeline([rate_limit("2/minute", store=MemoryWindows())])

    responses = [await pipeline.handle(make_request(), hello) for _ in range(3)]

    assert [response.status for response in responses] == [200, 200, 429]
    assert responses[0].headers["RateLimit"] == '"default";r=1;t=60'
    assert int(responses[2].headers["Retry-After"]) in {59, 60}


def test_what_a_store_cannot_count_is_refused_before_the_first_request() -> None:
    with pytest.raises(ValueError, match="has no burst"):
        rate_limit("5/minute", burst=2, store=MemoryWindows())
    with pytest.raises(ValueError, match="at most 10000 requests, got a rate of 10001"):
        rate_limit("10001/day", store=MemoryWindows())
    rate_limit("10000/day", store=MemoryWindows())


def test_a_name_that_would_break_the_field_is_refused() -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        rate_limit("1/s", name='a"b')
