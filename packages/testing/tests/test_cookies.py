"""groundup_testing.cookies: RFC 6265, section 5, and what 6265bis has made of it."""

import pytest

from groundup_testing import CookieJar
from groundup_testing.cookies import MAX_COOKIES, default_path, matches_domain, matches_path


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000_000.0  # 9 September 2001

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jar(clock: Clock) -> CookieJar:
    return CookieJar(clock)


def store(jar: CookieJar, line: str, url: str = "https://www.example.com/shop/cart") -> None:
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    jar.store(line, host=host, path=f"/{path}", secure=scheme == "https")


def test_is_a_mapping_of_names_to_values(jar: CookieJar) -> None:
    store(jar, "sid=1")
    store(jar, "theme=a=b")
    store(jar, "sid=2; Path=/")

    assert dict(jar) == {"sid": "1", "theme": "a=b"}
    assert len(jar) == 2
    assert "sid" in repr(jar)
    with pytest.raises(KeyError):
        jar["other"]
    jar.clear()
    assert not jar


def test_a_cookie_replaces_the_one_of_its_name_domain_and_path(jar: CookieJar) -> None:
    store(jar, "a=1; Path=/")
    store(jar, "a=2; Path=/")

    assert jar.header("www.example.com", "/") == "a=2"


def test_longer_paths_come_first_then_older_cookies(jar: CookieJar) -> None:
    for line in ("a=1; Path=/", "b=2; Path=/", "c=3; Path=/shop"):
        store(jar, line)

    assert jar.header("WWW.example.com", "/shop/cart") == "c=3; a=1; b=2"


@pytest.mark.parametrize(
    ("line", "host", "path", "sent"),
    [
        ("a=1", "www.example.com", "/shop/x", True),
        ("a=1", "www.example.com", "/", False),
        ("a=1", "example.com", "/shop/x", False),
        ("a=1", "sub.www.example.com", "/shop/x", False),
        ("a=1; Path=/", "www.example.com", "/any", True),
        ("a=1; Path=relative", "www.example.com", "/shop/x", True),
        ("a=1; Path=/; Domain=example.com", "example.com", "/", True),
        ("a=1; Path=/; Domain=.Example.com", "other.example.com", "/", True),
        ("a=1; Path=/; Domain=example.com", "badexample.com", "/", False),
        ("a=1; Path=/; Domain=", "www.example.com", "/", True),
    ],
)
def test_hosts_and_paths_that_get_it(
    jar: CookieJar, line: str, host: str, path: str, sent: bool
) -> None:
    store(jar, line)

    assert bool(jar.header(host, path, secure=True)) is sent


def test_secure_cookies_go_over_https_only(jar: CookieJar) -> None:
    store(jar, "a=1; Path=/; Secure; HttpOnly; SameSite=None")

    assert jar.header("www.example.com", "/") == ""
    assert jar.header("www.example.com", "/", secure=True) == "a=1"
    (cookie,) = jar.cookies()
    assert (cookie.httponly, cookie.samesite) == (True, "none")


@pytest.mark.parametrize(
    ("attributes", "lives"),
    [
        ("", None),
        ("; Max-Age=10", 10),
        ("; max-age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 10),
        ("; Max-Age=ten", None),
        ("; Max-Age=-1", 0),
        ("; Max-Age=0", 0),
        ("; Expires=Sun, 09 Sep 2001 01:47:00 GMT", 20),
        ("; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("; Expires=some day", None),
        ("; Max-Age=99999999999999999999", 10**9),
    ],
)
def test_cookies_end_at_their_time(
    jar: CookieJar, clock: Clock, attributes: str, lives: int | None
) -> None:
    store(jar, f"a=1; Path=/{attributes}")

    assert ("a" in jar) is (lives != 0)
    if lives:
        clock.now += lives - 1
        assert "a" in jar
    clock.now += 10**9 if lives is None else 1
    assert ("a" in jar) is (lives in {None, 10**9})


def test_an_expired_cookie_takes_the_old_one_along(jar: CookieJar) -> None:
    store(jar, "a=1; Path=/")
    store(jar, "a=; Path=/; Max-Age=0")

    assert dict(jar) == {}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("no pair", "must begin with name=value"),
        ("=value", "must begin with name=value"),
        ("a=" + "x" * 4096, "at most 4096 bytes"),
        ("a=1; Domain=other.com", "Domain must be www.example.com or above it"),
        ("a=1; Domain=sub.www.example.com", "or above it"),
        ("a=1; Domain=com", "or above it"),
        ("__Secure-a=1", "asks for Secure"),
        ("__Host-a=1; Secure", "asks for Path=/"),
        ("__host-a=1; Secure; Path=/; Domain=www.example.com", "no Domain"),
        ("a=1; SameSite=None", "SameSite=None asks for Secure"),
    ],
)
def test_what_a_browser_drops_is_refused_with_a_reason(
    jar: CookieJar, line: str, reason: str
) -> None:
    store(jar, line)

    assert len(jar) == 0
    assert jar.refused[0][0] == line
    assert reason in jar.refused[0][1]


def test_secure_must_come_over_https(jar: CookieJar) -> None:
    store(jar, "a=1; Secure", "http://testserver/")

    assert "base_url='https://testserver'" in jar.refused[0][1]
    assert dict(jar) == {}


def test_good_prefixes_are_kept(jar: CookieJar) -> None:
    store(jar, "__Host-a=1; Secure; Path=/")
    store(jar, "__Secure-b=1; Secure; Path=/; Domain=example.com")

    assert dict(jar) == {"__Host-a": "1", "__Secure-b": "1"}


def test_a_host_of_one_label_may_name_itself(jar: CookieJar) -> None:
    store(jar, "a=1; Domain=localhost", "http://localhost/")

    assert jar["a"] == "1"


def test_the_jar_does_not_grow_without_end(jar: CookieJar) -> None:
    for number in range(MAX_COOKIES + 1):
        store(jar, f"c{number}=1")
        store(jar, "refused")

    assert len(jar) == MAX_COOKIES
    assert "c0" not in jar
    assert len(jar.refused) == 100


def test_a_jar_can_be_filled_at_once() -> None:
    jar = CookieJar.of("https://example.com:8443/a", {"sid": "1"})

    assert jar.header("example.com", "/") == "sid=1"
    assert CookieJar.of("http://a", None).header("a", "/") == ""


@pytest.mark.parametrize(
    ("host", "domain", "matches"),
    [
        ("example.com", "example.com", True),
        ("a.b.example.com", "example.com", True),
        ("notexample.com", "example.com", False),
        ("127.0.0.1", "0.0.1", False),
        ("::1", "1", False),
    ],
)
def test_domains(host: str, domain: str, matches: bool) -> None:
    assert matches_domain(host, domain) is matches


@pytest.mark.parametrize(
    ("path", "cookie", "matches"),
    [("/a/b", "/a", True), ("/a/b", "/a/", True), ("/ab", "/a", False), ("/a", "/a/b", False)],
)
def test_paths(path: str, cookie: str, matches: bool) -> None:
    assert matches_path(path, cookie) is matches


@pytest.mark.parametrize(("path", "folder"), [("/a/b", "/a"), ("/a", "/"), ("", "/"), ("x/y", "/")])
def test_default_paths(path: str, folder: str) -> None:
    assert default_path(path) == folder
