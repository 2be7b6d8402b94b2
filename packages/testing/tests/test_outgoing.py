"""groundup_testing.outgoing: from what a test says to what goes over the wire."""

from typing import Any

import pytest

from groundup_httpparse import HeaderError, Headers
from groundup_testing.outgoing import Options, find_place, prepare


def head(method: str = "GET", url: str = "/", **options: Any) -> list[str]:
    given: Options = options  # type: ignore[assignment]
    request = prepare(method, find_place("http://testserver", url), Headers(), given)
    return request.format_head("").decode().split("\r\n")


@pytest.mark.parametrize(
    ("base", "url", "found"),
    [
        ("http://testserver", "/a?b", "http://testserver/a?b"),
        ("http://testserver", "", "http://testserver/"),
        ("http://testserver/a/b", "c", "http://testserver/a/c"),
        ("http://testserver/a/b", "/c", "http://testserver/c"),
        ("http://testserver/a", "?q=1", "http://testserver/a?q=1"),
        ("http://testserver", "//evil/x", "http://testserver//evil/x"),
        ("http://testserver", "/%2e%2e/../x", "http://testserver/%2e%2e/../x"),
        ("http://testserver", "/a#fragment", "http://testserver/a"),
        ("http://testserver", "/a b/é", "http://testserver/a%20b/%C3%A9"),
        ("http://testserver", "/\r\nX: 1", "http://testserver/%0D%0AX:%201"),
        ("http://testserver", "https://Other:8443", "https://other:8443/"),
        ("http://testserver", "https://[::1]/x", "https://[::1]/x"),
        ("http://testserver", "http://a:80/", "http://a/"),
        ("http://testserver", "http://bücher.de/", "http://xn--bcher-kva.de/"),
        ("http://testserver", "wss://chat/x", "https://chat/x"),
        ("ws://chat", "/x", "http://chat/x"),
    ],
)
def test_urls(base: str, url: str, found: str) -> None:
    assert find_place(base, url).url == found


@pytest.mark.parametrize("url", ["ftp://a/", "mailto:a@b", "file:///etc/passwd"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be a path or http"):
        find_place("http://testserver", url)


def test_fields_given_replace_the_usual_ones_and_repeats_stay() -> None:
    usual = Headers([("Accept", "*/*"), ("User-Agent", "x")])
    place = find_place("http://testserver", "/")
    given = [("accept", "text/html"), ("X", "1"), ("X", "2"), ("Host", "evil")]

    request = prepare("GET", place, usual, {"headers": given})

    assert request.headers.multi_items() == [
        ("Host", "evil"),
        ("accept", "text/html"),
        ("User-Agent", "x"),
        ("X", "1"),
        ("X", "2"),
    ]


def test_a_field_that_would_be_two_is_refused() -> None:
    with pytest.raises(HeaderError):
        head(headers={"X": "a\r\nY: b"})


@pytest.mark.parametrize(
    ("method", "options", "length"),
    [
        ("GET", {}, None),
        ("POST", {}, "0"),
        ("DELETE", {}, None),
        ("POST", {"content": b"12"}, "2"),
        ("POST", {"content": bytearray(b"123")}, "3"),
        ("GET", {"content": "é"}, "2"),
        ("POST", {"content": b"12", "headers": {"Content-Length": "99"}}, "99"),
    ],
)
def test_lengths(method: str, options: Any, length: str | None) -> None:
    found = [line for line in head(method, **options) if line.startswith("Content-Length")]

    assert found == ([] if length is None else [f"Content-Length: {length}"])


def test_the_kind_of_a_body_may_be_said_otherwise() -> None:
    kind = {"Content-Type": "application/problem+json"}

    assert "Content-Type: application/problem+json" in head("POST", json={}, headers=kind)
    assert "Content-Type: application/json" in head("POST", json=None)


def test_params_join_the_query() -> None:
    params: dict[str, Any] = {"b": True, "c": 1.5, "d": None, "e": ["1", 2]}
    place = find_place("http://a", "/?x=1#f", params)

    assert place.target == "/?x=1&b=true&c=1.5&e=1&e=2"
    assert find_place("http://a", "/", {}).target == "/"
    assert find_place("http://a", "/", [("a", "1"), ("a", "2")]).target == "/?a=1&a=2"
