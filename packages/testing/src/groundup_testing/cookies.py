"""Keep cookies as a browser does: RFC 6265, section 5, and what 6265bis has made of it.

    Set-Cookie: sid=1; Path=/shop; Secure      stored, or refused with a reason
    GET /shop/cart  over https                 Cookie: sid=1
    GET /about                                 nothing

A browser drops a cookie that it does not like without a word.  Here the reason is kept in
``jar.refused``, because "why is nobody logged in" is a question that tests meet every day.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from groundup_response import parse_http_date

__all__ = ["Cookie", "CookieJar"]

MAX_PAIR = 4096  # bytes of name and value: RFC 6265, section 6.1
MAX_COOKIES = 1000  # those of all sites together; the oldest go first
MAX_REFUSED = 100


@dataclass(slots=True)
class Cookie:
    """One cookie, and to whom it is sent."""

    name: str
    value: str
    domain: str
    host_only: bool = True
    path: str = "/"
    secure: bool = False
    httponly: bool = False
    samesite: str = ""
    expires: float | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two cookies one."""
        return self.domain, self.path, self.name

    def fits(self, host: str, path: str, *, secure: bool) -> bool:
        """Whether a request gets it."""
        if self.secure and not secure:
            return False
        near = host == self.domain if self.host_only else matches_domain(host, self.domain)
        return near and matches_path(path, self.path)


class CookieJar(Mapping[str, str]):
    """The cookies that a client has been given.  As a mapping, name to value.

    >>> jar = CookieJar()
    >>> jar.store("sid=1; Path=/shop", host="example.com", path="/")
    >>> jar.header("example.com", "/shop/cart"), jar.header("example.com", "/about")
    ('sid=1', '')
    >>> jar.store("id=2; Domain=other.com", host="example.com", path="/")
    >>> jar.refused
    [('id=2; Domain=other.com', 'Domain must be example.com or above it')]

    Belongs to one client.

    Args:
        now: Tells the time, in seconds since 1970.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._cookies: dict[tuple[str, str, str], Cookie] = {}
        self._now = now
        self.refused: list[tuple[str, str]] = []
        """The last ``Set-Cookie`` values that were not stored, each with the reason."""

    @classmethod
    def of(cls, url: str, cookies: Mapping[str, str] | None) -> Self:
        """Return a jar that holds cookies of the host of a URL."""
        jar = cls()
        for name, value in (cookies or {}).items():
            jar.set(name, value, domain=urlsplit(url).hostname or "")
        return jar

    def __getitem__(self, name: str) -> str:
        for cookie in self.cookies():
            if cookie.name == name:
                return cookie.value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(cookie.name for cookie in self.cookies()))

    def __len__(self) -> int:
        return len({cookie.name for cookie in self.cookies()})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {dict(self)!r}>"

    def cookies(self) -> list[Cookie]:
        """Return all that have not expired."""
        now = self._now()
        for key, cookie in list(self._cookies.items()):
            if cookie.expires is not None and cookie.expires <= now:
                del self._cookies[key]
        return list(self._cookies.values())

    def set(self, name: str, value: str, *, domain: str = "testserver", path: str = "/") -> None:
        """Put a cookie in, as if the application had set it for its own host."""
        self._add(Cookie(name, value, domain.lower(), path=path))

    def clear(self) -> None:
        """Forget everything."""
        self._cookies.clear()

    def header(self, host: str, path: str, *, secure: bool = False) -> str:
        """Return the ``Cookie`` value of a request; longer paths first, then older cookies."""
        host = host.lower()
        found = [cookie for cookie in self.cookies() if cookie.fits(host, path, secure=secure)]
        found.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in found)

    def store(self, line: str, *, host: str, path: str, secure: bool = False) -> None:
        """Take a ``Set-Cookie`` value from the answer to a request."""
        try:
            cookie = self._read(line, host.lower(), path, secure=secure)
        except ValueError as error:
            self.refused.append((line, str(error)))
            del self.refused[:-MAX_REFUSED]
            return
        self._add(cookie)

    def _add(self, cookie: Cookie) -> None:
        if cookie.expires is not None and cookie.expires <= self._now():
            self._cookies.pop(cookie.key, None)
            return
        old = self._cookies.get(cookie.key)
        if old is None and len(self._cookies) >= MAX_COOKIES:
            del self._cookies[next(iter(self._cookies))]
        self._cookies[cookie.key] = cookie

    def _read(self, line: str, host: str, path: str, *, secure: bool) -> Cookie:
        """Read one value by RFC 6265, section 5.2.

        Raises:
            ValueError: A browser would not keep it; the message says why.
        """
        pair, *parts = line.split(";")
        name, equals, value = (part.strip(" \t") for part in pair.partition("="))
        if not equals or not name:
            raise ValueError("it must begin with name=value")
        if len(name) + len(value) > MAX_PAIR:
            raise ValueError(f"name and value must have at most {MAX_PAIR} bytes")
        attributes: dict[str, str] = {}
        for part in parts:
            key, _, content = part.partition("=")
            attributes[key.strip(" \t").lower()] = content.strip(" \t")
        given = attributes.get("path", "")
        cookie = Cookie(name, value, host, path=given if given[:1] == "/" else default_path(path))
        cookie.secure, cookie.httponly = "secure" in attributes, "httponly" in attributes
        cookie.samesite = attributes.get("samesite", "").lower()
        cookie.expires = self._read_expiry(attributes)
        domain = attributes.get("domain", "").removeprefix(".").lower()
        if domain:
            if not matches_domain(host, domain) or ("." not in domain and domain != host):
                raise ValueError(f"Domain must be {host} or above it")
            cookie.domain, cookie.host_only = domain, False
        check_security(cookie, secure=secure, given_path=given)
        return cookie

    def _read_expiry(self, attributes: Mapping[str, str]) -> float | None:
        """Return the moment of the end; Max-Age counts more than Expires."""
        age = attributes.get("max-age", "")
        if age.removeprefix("-").isascii() and age.removeprefix("-").isdigit():
            return self._now() + min(int(age[:12]), 10**10) if int(age[:12]) > 0 else 0.0
        if "expires" in attributes:
            moment = parse_http_date(attributes["expires"])
            return None if moment is None else moment.timestamp()
        return None


def check_security(cookie: Cookie, *, secure: bool, given_path: str) -> None:
    """Refuse what 6265bis refuses (sections 4.1.3 and 5.7).

    Raises:
        ValueError: The reason.
    """
    if cookie.secure and not secure:
        raise ValueError(
            "Secure must come over https: use TestClient(app, base_url='https://testserver')"
        )
    prefix = cookie.name.lower()
    if prefix.startswith(("__secure-", "__host-")) and not cookie.secure:
        raise ValueError("the prefix of its name asks for Secure")
    if prefix.startswith("__host-") and (not cookie.host_only or given_path != "/"):
        raise ValueError("__Host- asks for Path=/ and no Domain")
    if cookie.samesite == "none" and not cookie.secure:
        raise ValueError("SameSite=None asks for Secure")


def matches_domain(host: str, domain: str) -> bool:
    """Whether a host is in a domain: RFC 6265, section 5.1.3.

    >>> (
    ...     matches_domain("www.example.com", "example.com"),
    ...     matches_domain("notexample.com", "example.com"),
    ... )
    (True, False)
    """
    if host == domain:
        return True
    address = ":" in host or host.replace(".", "").isdigit()
    return not address and host.endswith(f".{domain}")


def matches_path(path: str, cookie_path: str) -> bool:
    """Whether a path is in the one of a cookie: RFC 6265, section 5.1.4.

    >>> matches_path("/shop/cart", "/shop"), matches_path("/shopping", "/shop")
    (True, False)
    """
    folder = cookie_path if cookie_path.endswith("/") else f"{cookie_path}/"
    return path == cookie_path or path.startswith(folder)


def default_path(path: str) -> str:
    """Return the folder of a request's path: RFC 6265, section 5.1.4.

    >>> default_path("/shop/cart"), default_path("/shop"), default_path("*")
    ('/shop', '/', '/')
    """
    folder = path.rpartition("/")[0] if path.startswith("/") else ""
    return folder or "/"
