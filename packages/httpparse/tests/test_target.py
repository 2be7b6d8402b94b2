"""groundup_httpparse.target: the four forms of RFC 9112, section 3.2."""

import pytest

from groundup_httpparse import ParseError, split_target
from groundup_httpparse.target import check_host, check_target


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", ""),
        ("/a%2Fb?x=1&y", "/a%2Fb", "x=1&y"),
        ("/a?x?y", "/a", "x?y"),
        ("/a?", "/a", ""),
        ("//a/b", "//a/b", ""),
        ("/http://a/b", "/http://a/b", ""),
        ("/a?u=http://b/c", "/a", "u=http://b/c"),
        ("http://example.com", "/", ""),
        ("http://example.com/a?b", "/a", "b"),
        ("https://example.com:8443?b", "/", "b"),
        ("*", "*", ""),
        ("example.com:443", "", ""),
        ("[::1]:443", "", ""),
        ("", "", ""),
        ("posts?x", "posts", "x"),
    ],
)
def test_path_and_query_of_every_form(target: str, path: str, query: str) -> None:
    assert split_target(target) == (path, query)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("OPTIONS", "*"),
        ("OPTIONS", "/a"),
        ("GET", "http://example.com/a"),
        ("GET", "http://[::1]:80?a"),
        ("PROPFIND", "https://a.b:8443"),
        ("CONNECT", "example.com:443"),
        ("CONNECT", "[::1]:443"),
        ("CONNECT", "127.0.0.1:1"),
        ("CONNECT", "a:065535"),
        ("GET", "HTTP://a/"),
        ("GET", "http://a:/"),
    ],
)
def test_forms_that_fit_their_method(method: str, target: str) -> None:
    check_target(method, target)


@pytest.mark.parametrize(
    ("method", "target", "message"),
    [
        ("GET", "*", 'begin with "/"'),
        ("GET", "a", 'begin with "/"'),
        ("GET", "a/b", 'begin with "/"'),
        ("GET", "example.com:443", 'begin with "/"'),
        ("GET", "1http://a/", 'begin with "/"'),
        ("GET", "mailto:a@b", 'begin with "/"'),
        ("GET", "http:///a", "host of the target"),
        ("GET", "http://user@a/", "host of the target"),
        ("GET", "http://a:b:c/", "host of the target"),
        ("GET", "http://a\\b/", "host of the target"),
        ("CONNECT", "/", "host:port"),
        ("CONNECT", "a", "host:port"),
        ("CONNECT", ":443", "host:port"),
        ("CONNECT", "a:", "host:port"),
        ("CONNECT", "a:0", "port must be"),
        ("CONNECT", "a:65536", "port must be"),
        ("CONNECT", "a:" + "9" * 5000, "port must be"),
        ("CONNECT", "[::a:]:443", "IPv6"),
        ("GET", "http://[1:2]/", "IPv6"),
        ("CONNECT", "a:443/", "host:port"),
        ("CONNECT", "http://a:1", "host:port"),
        ("connect", "a:443", 'begin with "/"'),
    ],
)
def test_forms_that_do_not_fit(method: str, target: str, message: str) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        check_target(method, target)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a",
        "a.example:80",
        "127.0.0.1",
        "[::1]",
        "[::1]:8000",
        "[::ffff:192.0.2.1]",
        "[2001:db8::A]:",
        "a:",
        "xn--e1afmkfd",
        "a_b",
        "%C3%A9",
    ],
)
def test_hosts(host: str) -> None:
    check_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "a b",
        "a, b",
        "a/b",
        "u@a",
        "a:b",
        "a:80:90",
        "[::1",
        "::1",
        "a\\b",
        "a?",
        "#",
        "é",
        "%zz",
        ", ",
        "[]",
        "[:]",
        "[::1::]",
        "[1.2.3.4]",
        "[12345::]",
        "[1:2:3:4:5:6:7:8:9]",
        "[::1]a",
    ],
)
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(ParseError, match=r"Host must be a name or an address|must be IPv6"):
        check_host(host)
