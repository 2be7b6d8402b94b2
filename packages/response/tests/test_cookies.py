"""groundup_response.cookies: RFC 6265, and what browsers refuse in silence."""

from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_response import CookieError, format_cookie
from groundup_response.cookies import cookie_identity

TOKEN = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
OCTETS = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '",;\\')


def test_defaults_are_the_whole_site_and_lax() -> None:
    assert format_cookie("theme", "dark") == "theme=dark; Path=/; SameSite=Lax"


def test_every_attribute_is_written() -> None:
    line = format_cookie(
        "sid",
        "1",
        max_age=timedelta(hours=1),
        expires=datetime(2030, 1, 1, tzinfo=UTC),
        path="/shop",
        domain=".example.com",
        secure=True,
        httponly=True,
        samesite="none",
        partitioned=True,
    )

    assert line == (
        "sid=1; Path=/shop; Domain=example.com; Max-Age=3600; "
        "Expires=Tue, 01 Jan 2030 00:00:00 GMT; Secure; HttpOnly; SameSite=None; Partitioned"
    )


def test_attributes_can_be_left_out() -> None:
    assert format_cookie("a", path=None, samesite=None) == "a="


@given(st.text(TOKEN, min_size=1).filter(lambda name: name[:2] != "__"), st.text(OCTETS))
def test_all_that_the_grammar_allows_is_written_as_it_is(name: str, value: str) -> None:
    line = format_cookie(name, value, path=None, samesite=None, secure=True)

    assert line == f"{name}={value}; Secure"


def test_the_standard_library_reads_it_as_meant() -> None:
    jar: SimpleCookie = SimpleCookie()
    jar.load(format_cookie("sid", "a=b", max_age=60, httponly=True))

    assert jar["sid"].value == "a=b"
    assert (jar["sid"]["max-age"], jar["sid"]["httponly"]) == ("60", True)


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a;b", "a\r\nb", "é", "a,b", '"a"', "a\0"])
def test_name_must_be_a_token(name: str) -> None:
    with pytest.raises(CookieError, match="must be a token"):
        format_cookie(name)


@pytest.mark.parametrize("bad", [" ", '"', ",", ";", "\\", "\r", "\n", "\0", "\x7f", "é", "€"])
def test_value_refuses_what_is_no_cookie_octet(bad: str) -> None:
    with pytest.raises(CookieError, match=r"urllib\.parse\.quote") as caught:
        format_cookie("token", f"secret{bad}secret")

    assert "secret" not in str(caught.value), "a value may be a credential"


def test_line_break_at_the_very_end_is_refused() -> None:
    wrong: list[dict[str, Any]] = [{"value": "x\n"}, {"path": "/\n"}, {"domain": "example.com\n"}]
    for keyword in wrong:
        with pytest.raises(CookieError):
            format_cookie("a", **keyword)
    with pytest.raises(CookieError):
        format_cookie("a\n")


@pytest.mark.parametrize("path", ["", "shop", "/a;b", "/a\r\nb", "/\0", "/é", "/ ", "/a "])
def test_path_must_be_one(path: str) -> None:
    with pytest.raises(CookieError, match="Path of a cookie must start with /"):
        format_cookie("a", path=path)


@pytest.mark.parametrize("domain", ["", ".", "a..b", "a b", "a;b", "bücher.example", "-a.b", "a."])
def test_domain_must_be_a_host_name(domain: str) -> None:
    with pytest.raises(CookieError, match="Domain"):
        format_cookie("a", domain=domain)


def test_sizes_at_the_limit_and_one_past() -> None:
    format_cookie("a", "x" * 4095)
    format_cookie("a", path="/" + "x" * 1023)

    with pytest.raises(CookieError, match="4096"):
        format_cookie("a", "x" * 4096)
    with pytest.raises(CookieError, match="1024"):
        format_cookie("a", path="/" + "x" * 1024)


@pytest.mark.parametrize("max_age", [True, 1.5, timedelta(milliseconds=10)])
def test_max_age_is_whole_seconds(max_age: Any) -> None:
    with pytest.raises(CookieError, match="whole seconds"):
        format_cookie("a", max_age=max_age)


def test_samesite_none_must_be_secure() -> None:
    with pytest.raises(CookieError, match="SameSite=None must be secure"):
        format_cookie("a", samesite="None")
    with pytest.raises(CookieError, match="Partitioned must be secure"):
        format_cookie("a", partitioned=True)
    with pytest.raises(CookieError, match="Lax, Strict or None"):
        format_cookie("a", samesite="sometimes")


@pytest.mark.parametrize(
    "keywords",
    [
        pytest.param({"secure": False}, id="not-secure"),
        pytest.param({"secure": True, "path": "/shop"}, id="path"),
        pytest.param({"secure": True, "path": None}, id="no-path"),
        pytest.param({"secure": True, "domain": "example.com"}, id="domain"),
    ],
)
def test_host_prefix_binds_to_one_host(keywords: dict[str, Any]) -> None:
    for name in ("__Host-id", "__hOsT-id"):
        with pytest.raises(CookieError, match="by its prefix"):
            format_cookie(name, **keywords)


def test_secure_prefix_needs_secure_alone() -> None:
    assert format_cookie("__Secure-id", secure=True, domain="example.com", path="/a")
    assert format_cookie("__Host-id", secure=True)
    with pytest.raises(CookieError, match="by its prefix"):
        format_cookie("__Secure-id")


@pytest.mark.parametrize("name", ["__Http-sid", "__http-sid", "__Host-Http-sid", "__HOST-HTTP-sid"])
def test_http_prefix_keeps_scripts_away(name: str) -> None:
    assert format_cookie(name, "1", secure=True, httponly=True).endswith("HttpOnly; SameSite=Lax")

    with pytest.raises(CookieError, match="pass httponly=True"):
        format_cookie(name, "1", secure=True)
    with pytest.raises(CookieError, match="pass secure=True"):
        format_cookie(name, "1", httponly=True)


def test_host_http_prefix_binds_to_one_host_too() -> None:
    with pytest.raises(CookieError, match="path '/' and no domain"):
        format_cookie("__Host-Http-sid", "1", secure=True, httponly=True, path="/shop")
    assert "/shop" in format_cookie("__Http-sid", "1", secure=True, httponly=True, path="/shop")


def test_a_date_that_browsers_ignore_is_refused() -> None:
    first = datetime(1601, 1, 1, tzinfo=UTC)
    assert "Expires=Mon, 01 Jan 1601 00:00:00 GMT" in format_cookie("a", expires=first)

    with pytest.raises(CookieError, match="must be 1601 or later"):
        format_cookie("a", expires=first - timedelta(seconds=1))


def test_identity_is_name_domain_and_path() -> None:
    one = format_cookie("a", "1", domain="Example.com", secure=True)
    same = format_cookie("a", "2", domain=".example.com", max_age=0)
    other = format_cookie("a", "1", path="/shop")

    assert cookie_identity(one) == cookie_identity(same) == ("a", "example.com", "/")
    assert cookie_identity(other) == ("a", "", "/shop")
