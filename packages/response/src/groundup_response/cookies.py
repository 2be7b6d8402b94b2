"""Write one ``Set-Cookie`` field: RFC 6265, section 4.1, and what browsers added since.

    sid=38afes7a8; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax
    --- ---------  ----------------------------------------------------
    name  value    attributes: to whom, how long, for which requests

A browser drops a cookie that breaks these rules without a word, and the person who wrote it looks
for the reason for an hour.  So each rule that a browser applies in silence is an error here:

    __Secure-name       Secure
    __Host-name         Secure, Path=/ and no Domain
    __Http-name         Secure and HttpOnly
    __Host-Http-name    all of these
    SameSite=None       Secure
    Partitioned         Secure
    Expires             not before 1601
    size                name and value together at most 4096 bytes, an attribute at most 1024

Prefixes count in any case.  The two with Http are Chromium's since version 140 and Firefox's since
143, and stand in draft-ietf-httpbis-layered-cookies ("Store a Cookie"), the heir of RFC 6265bis.

A value that is not made of cookie-octets is refused, not quoted: quoting has never been agreed
upon, and a reader that does not know ours would see other text than was written.
"""

import re
from datetime import datetime, timedelta

from groundup_response.dates import http_date
from groundup_response.errors import CookieError

__all__ = ["SAMESITE", "cookie_identity", "format_cookie", "needs_httponly", "needs_secure"]

MAX_PAIR = 4096  # bytes of name and value that browsers store: RFC 6265, section 6.1
MAX_ATTRIBUTE = 1024  # bytes of one attribute's value: draft RFC 6265bis, section 5.6
FIRST_YEAR = 1601  # of a date that browsers read: draft RFC 6265bis, section 5.1.1
SAMESITE = {"lax": "Lax", "strict": "Strict", "none": "None"}

NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# cookie-octet: printable ASCII without space, double quote, comma, semicolon and backslash.
VALUE = re.compile(r"[!#-+\--:<-\[\]-~]*")
PATH = re.compile(r"/(?:[ -:<-~]*[!-:<-~])?")  # browsers cut off a space at its end
LABEL = r"[0-9A-Za-z_](?:[0-9A-Za-z_-]*[0-9A-Za-z_])?"
DOMAIN = re.compile(rf"\.?{LABEL}(?:\.{LABEL})*")


def format_cookie(  # noqa: PLR0913 - these are the attributes that a cookie has
    name: str,
    value: str = "",
    *,
    max_age: int | timedelta | None = None,
    expires: datetime | float | None = None,
    path: str | None = "/",
    domain: str | None = None,
    secure: bool = False,
    httponly: bool = False,
    samesite: str | None = "Lax",
    partitioned: bool = False,
) -> str:
    """Return the value of a ``Set-Cookie`` field.

    >>> format_cookie("theme", "dark", max_age=3600)
    'theme=dark; Path=/; Max-Age=3600; SameSite=Lax'

    Args:
        name: A token.
        value: ASCII without space, quotes, comma, semicolon and backslash.
        max_age: Seconds to live; without it and ``expires``, until the browser ends.
        expires: The moment it ends, for clients that do not know Max-Age.
        path: The part of the site that gets it; None for the folder of the request's path.
        domain: The domain that gets it with all below; None for this host alone.
        secure: Send it over https only.
        httponly: Keep it from scripts.
        samesite: "Lax", "Strict", "None" (for requests from other sites too), or None.
        partitioned: Keep a jar of its own for each site that embeds this one.

    Raises:
        CookieError: A browser would not store it, or would store something else.
    """
    _check_pair(name, value)
    if path is not None:
        _check_attribute("Path", path, PATH, "start with / and have no ; or control characters")
    if domain is not None:
        _check_attribute("Domain", domain, DOMAIN, "be a host name in ASCII (punycode)")
    samesite = _check_samesite(samesite)
    _check_prefix(name, secure=secure, httponly=httponly, path=path, domain=domain)
    if not secure and (samesite == "None" or partitioned):
        what = "Partitioned" if partitioned else "SameSite=None"
        raise CookieError(f"cookie {name!r} with {what} must be secure: pass secure=True")
    parts = [
        f"{name}={value}",
        f"Path={path}" if path else "",
        f"Domain={domain.removeprefix('.')}" if domain else "",
        "" if max_age is None else f"Max-Age={_seconds(max_age)}",
        "" if expires is None else f"Expires={_format_expires(expires)}",
        "Secure" if secure else "",
        "HttpOnly" if httponly else "",
        f"SameSite={samesite}" if samesite else "",
        "Partitioned" if partitioned else "",
    ]
    return "; ".join(part for part in parts if part)


def needs_secure(name: str) -> bool:
    """Whether the prefix of a name asks for ``Secure``: browsers compare without regard to case."""
    return name.lower().startswith(("__secure-", "__host-", "__http-"))


def needs_httponly(name: str) -> bool:
    """Whether the prefix of a name asks for ``HttpOnly``."""
    return name.lower().startswith(("__http-", "__host-http-"))


def cookie_identity(line: str) -> tuple[str, str, str]:
    """Return name, domain and path of a ``Set-Cookie`` value: what makes two of them one cookie.

    >>> cookie_identity("sid=1; Path=/shop; Secure")
    ('sid', '', '/shop')
    """
    pair, *attributes = line.split("; ")
    found = dict(attribute.split("=", 1) for attribute in attributes if "=" in attribute)
    return pair.split("=", 1)[0], found.get("Domain", "").lower(), found.get("Path", "")


def _check_pair(name: str, value: str) -> None:
    if not NAME.fullmatch(name):
        raise CookieError(f"name of a cookie must be a token, got {name[:40]!r}")
    if not VALUE.fullmatch(value):
        # The value may be a secret: show the first character that is wrong, never the value.
        wrong = next(character for character in value if not VALUE.fullmatch(character))
        raise CookieError(
            f"value of cookie {name!r} must not contain {wrong!r}: encode it, for example with "
            "urllib.parse.quote(value) or base64"
        )
    if len(name) + len(value) > MAX_PAIR:
        raise CookieError(
            f"cookie {name[:40]!r} must not be longer than {MAX_PAIR} bytes: browsers drop it"
        )


def _check_attribute(what: str, value: str, form: re.Pattern[str], rule: str) -> None:
    if not form.fullmatch(value):
        raise CookieError(f"{what} of a cookie must {rule}, got {value[:40]!r}")
    if len(value) > MAX_ATTRIBUTE:
        raise CookieError(f"{what} of a cookie must not be longer than {MAX_ATTRIBUTE} bytes")


def _check_samesite(samesite: str | None) -> str | None:
    if samesite is None:
        return None
    if (found := SAMESITE.get(samesite.lower())) is None:
        raise CookieError(f"SameSite must be Lax, Strict or None, got {samesite[:40]!r}")
    return found


def _check_prefix(
    name: str, *, secure: bool, httponly: bool, path: str | None, domain: str | None
) -> None:
    if not needs_secure(name):
        return
    if not secure:
        raise CookieError(f"cookie {name!r} must be secure by its prefix: pass secure=True")
    if needs_httponly(name) and not httponly:
        raise CookieError(f"cookie {name!r} must be HttpOnly by its prefix: pass httponly=True")
    if name.lower().startswith("__host-") and (path != "/" or domain is not None):
        raise CookieError(f"cookie {name!r} must have path '/' and no domain by its prefix")


def _format_expires(expires: datetime | float) -> str:
    date = http_date(expires)
    if int(date[12:16]) < FIRST_YEAR:
        raise CookieError(f"Expires of a cookie must be {FIRST_YEAR} or later, got {date!r}")
    return date


def _seconds(age: int | timedelta) -> int:
    seconds = age.total_seconds() if isinstance(age, timedelta) else age
    if isinstance(age, bool) or seconds != int(seconds):
        raise CookieError(f"Max-Age of a cookie must be whole seconds, got {age!r}")
    return int(seconds)
