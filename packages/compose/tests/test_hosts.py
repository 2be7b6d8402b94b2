"""groundup_compose.hosts: our names, and nobody else's."""

from collections.abc import Callable
from typing import Any

import pytest

from groundup_compose import trusted_hosts
from groundup_middleware import Pipeline

OURS = ["example.com", "*.example.org", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("example.com", True),
        ("example.com:8000", True),
        ("EXAMPLE.com", True),
        ("example.com.", True),
        ("www.example.com", False),
        ("a.example.org", True),
        ("a.b.example.org", True),
        ("example.org", False),
        ("evilexample.org", False),
        ("example.org.evil.test", False),
        ("127.0.0.1:80", True),
        ("[::1]:8000", True),
        ("[::2]", False),
        ("", False),
        ("example.com/path", False),
        ("evil.test@example.com", False),
        ("example.com:80:80", False),
        ("example.com, evil.test", False),
        ("example.com\n", False),
    ],
)
async def test_only_our_hosts_are_answered(
    host: str, ours: bool, make_request: Callable[..., Any], hello: Any
) -> None:
    response = await Pipeline([trusted_hosts(OURS)]).handle(make_request(Host=host), hello)

    assert response.status == (200 if ours else 400)


async def test_a_request_without_host_is_refused(
    make_request: Callable[..., Any], hello: Any
) -> None:
    pipeline = Pipeline([trusted_hosts("example.com")])

    assert (await pipeline.handle(make_request(), hello)).status == 400


@pytest.mark.parametrize(
    "pattern", ["*", "a.*.b", "example.com:80", "Example.com", "", "https://a"]
)
def test_what_is_no_host_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="a host is a name"):
        trusted_hosts([pattern])


async def test_the_host_that_links_are_made_of_is_the_one_that_counts(
    make_request: Callable[..., Any], hello: Any
) -> None:
    request = make_request(Host="example.com")
    request.host = "evil.test"  # GET http://evil.test/ HTTP/1.1

    response = await Pipeline([trusted_hosts("example.com")]).handle(request, hello)

    assert response.status == 400


async def test_a_host_that_is_none_is_refused_and_not_raised(hello: Any) -> None:
    class Request:
        @property
        def host(self) -> str:
            raise ValueError("host must be a name")

    response = await Pipeline([trusted_hosts("example.com")]).handle(Request(), hello)

    assert response.status == 400
