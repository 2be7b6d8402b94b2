"""groundup_router.hosts: the same tree, read from the right."""

from datetime import date
from typing import Any

import pytest

from groundup_router import Hosts, PatternError, RouteConflict, Router


def make_router(name: str) -> Router:
    router = Router()
    router.add("/:page", name, methods=["GET"])
    return router


@pytest.fixture
def hosts() -> Hosts:
    hosts = Hosts(make_router("default"))
    for pattern in ("api.example.com", ":tenant.example.com", "*sub.example.com", "*.net", "local"):
        hosts.add(pattern, make_router(pattern))
    hosts.add("[::1]".replace(":", "::"), make_router("loopback"))
    return hosts


@pytest.mark.parametrize(
    ("host", "handler", "params"),
    [
        pytest.param("api.example.com", "api.example.com", {}, id="text-first"),
        pytest.param("acme.example.com", ":tenant.example.com", {"tenant": "acme"}, id="then-name"),
        pytest.param("a.b.example.com", "*sub.example.com", {"sub": "a.b"}, id="then-wildcard"),
        pytest.param("API.Example.COM", "api.example.com", {}, id="case"),
        pytest.param("api.example.com:8000", "api.example.com", {}, id="port"),
        pytest.param("api.example.com.", "api.example.com", {}, id="dot-at-the-end"),
        pytest.param("a.b.net", "*.net", {}, id="wildcard-without-a-name"),
        pytest.param("local", "local", {}, id="one-label"),
        pytest.param("[::1]:8000", "loopback", {}, id="address"),
        pytest.param("example.com", "default", {}, id="none-fits"),
        pytest.param("", "default", {}, id="empty"),
        pytest.param("api%2Eexample.com", "default", {}, id="escapes"),
        pytest.param("com/example/api", "default", {}, id="slashes"),
        pytest.param(".example.com", "default", {}, id="empty-label"),
        pytest.param("a" * 300 + ".net", "default", {}, id="long"),
    ],
)
def test_a_host_finds_its_router(
    hosts: Hosts, host: str, handler: str, params: dict[str, Any]
) -> None:
    match = hosts.match(host, "/x", "GET")

    assert match is not None
    assert match.handler == handler
    assert match.params == {**params, "page": "x"}
    assert hosts.allowed_methods(host, "/x") == ("GET", "HEAD", "OPTIONS")


def test_the_router_of_a_host_decides_alone(hosts: Hosts) -> None:
    assert hosts.match("api.example.com", "/x/y") is None
    assert hosts.match("api.example.com", "/x", "PUT") is None
    assert hosts.find("api.example.com") is not hosts.find("example.com")


def test_without_a_default_other_hosts_match_nothing() -> None:
    hosts = Hosts()
    hosts.add("a.example", make_router("a"))

    assert hosts.match("b.example", "/x") is None
    assert hosts.allowed_methods("b.example", "/x") == ()


def test_converters_work_in_hosts() -> None:
    hosts = Hosts()
    hosts.add(":day<date>.archive.example", make_router("archive"))

    match = hosts.match("2024-01-15.archive.example", "/x")

    assert match is not None
    assert match.params["day"] == date(2024, 1, 15)
    assert hosts.match("soon.archive.example", "/x") is None


@pytest.mark.parametrize("pattern", ["", ".", "a..b", ".a", "a.", "a.*.b", "a.:"])
def test_patterns_are_labels(pattern: str) -> None:
    with pytest.raises(PatternError):
        Hosts().add(pattern, Router())


def test_names_must_differ_from_those_of_the_paths() -> None:
    with pytest.raises(PatternError, match=r"got 'page' in ':page.example' and '/:page'"):
        Hosts().add(":page.example", make_router("x"))


def test_two_patterns_for_the_same_hosts_are_a_conflict(hosts: Hosts) -> None:
    with pytest.raises(RouteConflict):
        hosts.add(":other.example.com", Router())
