"""groundup_messages.envelope: what a head tells."""

from typing import Any

import pytest

from groundup_httpparse import Headers
from groundup_messages import Address, BadHost, BadQuery, Request


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", ""),
        ("/a%2Fb/%C3%A9?x=1&y=%20", "/a%2Fb/%C3%A9", "x=1&y=%20"),
        ("/a?x?y", "/a", "x?y"),
        ("/a?", "/a", ""),
        ("http://example.com/a?b", "/a", "b"),
        ("*", "*", ""),
    ],
)
def test_target_is_split_and_stays_encoded(target: str, path: str, query: str) -> None:
    request = Request("GET", target)

    assert (request.path, request.query_string) == (path, query)
    assert request.target == target


def test_query_is_decoded_when_it_is_used() -> None:
    request = Request("GET", "/?name=Alice&tag=a&tag=b%20c+d&empty")

    assert request.query.get("name") == "Alice"
    assert request.query.getlist("tag") == ["a", "b c d"]
    assert request.query["empty"] == ""
    assert request.query.get("missing") is None
    assert request.query is request.query


def test_query_with_too_many_fields_is_a_bad_request() -> None:
    with pytest.raises(BadQuery, match="query must be readable"):
        _ = Request("GET", "/?" + "a&" * 2000).query


def test_path_can_be_shortened_by_a_mount() -> None:
    request = Request("GET", "/shop/cart?x=1")
    request.path, request.root_path = "/cart", "/shop"

    assert (request.path, request.query_string) == ("/cart", "x=1")
    assert request.url == "http://localhost/shop/cart?x=1"


@pytest.mark.parametrize(
    ("target", "path"),
    [("/app/x?y", "/x"), ("/app", "/"), ("/app/", "/"), ("/apple", "/apple"), ("/x", "/x")],
)
def test_root_path_is_taken_off(target: str, path: str) -> None:
    assert Request("GET", target, root_path="/app").path == path


def test_fields_are_found_whatever_their_case() -> None:
    request = Request("GET", "/", [("X-Tag", "a"), ("x-tag", "b")])
    parsed = Headers([("X-A", "1")])

    assert request.headers["X-TAG"] == "a, b"
    assert Request("GET", "/", parsed).headers is parsed


def test_cookies_of_all_lines_are_read_once() -> None:
    request = Request("GET", "/", [("Cookie", "a=1; b=2"), ("Cookie", "c=3")])

    assert request.cookies == {"a": "1", "b": "2", "c": "3"}
    assert request.cookies is request.cookies
    assert Request().cookies == {}


@pytest.mark.parametrize(
    ("value", "kind", "charset"),
    [
        (None, None, None),
        ("Text/HTML; Charset=UTF-8", "text/html", "UTF-8"),
        ('text/plain;charset="utf-8"', "text/plain", "utf-8"),
        ("application/json", "application/json", None),
    ],
)
def test_content_type_is_without_parameters(
    value: str | None, kind: str | None, charset: str | None
) -> None:
    request = Request("POST", "/", {"Content-Type": value} if value is not None else ())

    assert (request.content_type, request.charset) == (kind, charset)


@pytest.mark.parametrize(
    ("value", "length"), [("12", 12), ("0", 0), ("-1", None), ("1, 1", None), ("9" * 5000, None)]
)
def test_content_length_is_a_number_or_none(value: str, length: int | None) -> None:
    assert Request("GET", "/", {"Content-Length": value}).content_length == length


@pytest.mark.parametrize(
    ("keywords", "host"),
    [
        pytest.param({"headers": {"Host": "a.example:81"}}, "a.example:81", id="field"),
        pytest.param({"headers": {"Host": "[::1]:80"}}, "[::1]:80", id="ipv6"),
        pytest.param(
            {"target": "http://b.example/x", "headers": {"Host": "a"}}, "b.example", id="absolute"
        ),
        pytest.param({"target": "http://b.example?x"}, "b.example", id="absolute-without-path"),
        pytest.param({"server": Address("127.0.0.1", 8000)}, "127.0.0.1:8000", id="server"),
        pytest.param({"server": Address("::1", 80)}, "[::1]", id="default-port"),
        pytest.param({"server": Address("/run/a.sock")}, "localhost", id="unix"),
        pytest.param({}, "localhost", id="nothing"),
    ],
)
def test_host_is_what_the_client_asked_for(keywords: dict[str, Any], host: str) -> None:
    assert Request(**keywords).host == host


@pytest.mark.parametrize(
    "host", ["a/b", "user@evil", "a b", "a, b", "[::1", "a:port", "a:123456", "a\\b", "a?b", "#"]
)
def test_what_is_no_host_is_a_bad_request(host: str) -> None:
    with pytest.raises(BadHost, match="host must be"):
        _ = Request("GET", "/", {"Host": host}).url
    with pytest.raises(BadHost, match="host must be"):
        Request().host = host


def test_url_is_whole() -> None:
    request = Request("GET", "/a%20b?x=1", {"Host": "example.com"}, scheme="https")

    assert request.url == "https://example.com/a%20b?x=1"
    assert request.is_secure
    assert not Request().is_secure
    assert Request("OPTIONS", "*", {"Host": "a"}).url == "http://a"


def test_proxy_layers_may_correct_what_the_connection_said() -> None:
    request = Request("GET", "/", {"Host": "internal"}, client=Address("10.0.0.1", 1))
    request.scheme, request.host, request.client = "https", "example.com", Address("192.0.2.1")

    assert request.url == "https://example.com/"
    assert request.ip == "192.0.2.1"
    assert Request().ip is None


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("Bearer abc.def-_~+/==", "abc.def-_~+/=="),
        ("bearer  abc", "abc"),
        ("Basic abc", None),
        ("Bearer", None),
        ("Bearer a b", None),
        ("Bearer a, b", None),
        ("", None),
    ],
)
def test_bearer_token(value: str, token: str | None) -> None:
    assert Request("GET", "/", {"Authorization": value}).bearer_token == token


def test_accepts_the_best_offer() -> None:
    request = Request("GET", "/", {"Accept": "text/html;q=0.5, application/json"})

    assert request.accepts("text/html", "application/json") == "application/json"
    assert request.accepts("image/png") is None


def test_layers_leave_notes() -> None:
    request: Any = Request()
    request.state.started = 1.0
    request.flavour = "any attribute"

    assert (request.state.started, request.flavour) == (1.0, "any attribute")
    assert (request.user, request.session, request.id, request.params) == (None, None, None, {})
    assert Request().params is not Request().params
