"""Write a value into a URL, so that it runs no code and asks no host that it may not choose.

    {{ x }}          a whole URL            its scheme is looked at, and its host where it matters
    /tags/{{ x }}    a part of the path     percent-encoded, slashes stay
    ?q={{ x }}       a part of the query    all percent-encoded

A URL that is not harmless becomes ``about:blank#blocked``.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote

from groundup_templating.markup import Encoded, escape_html

__all__ = ["BLOCKED_URL", "URL_ESCAPERS"]

BLOCKED_URL = "about:blank#blocked"
SAFE_SCHEMES = frozenset(["http", "https", "mailto", "tel", "sms", "ftp"])

SCHEME = re.compile(r"([^/?#]*?):")
IGNORED = re.compile(r"[\x00-\x20\x7f]+")
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./?=-]+")  # what nothing is done to, and most URLs of a site
PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
IMAGE = re.compile(r"\s*(\S+)((?:\s+[0-9.]+[wxh])?)\s*")
REFRESH = re.compile(
    r"\s*(\d{1,9}(?:\.\d*)?)\s*(?:[;,\s]\s*(?:url\s*=\s*)?[\"']?(.*))?", re.I | re.S
)


def url_start(value: Any) -> str:
    """Let pass a URL whose scheme is none or harmless, spaces and the like percent-encoded."""
    url = value if type(value) is str else _url_text(value)
    if PLAIN_PATH.fullmatch(url):
        return url
    # Browsers drop these before they look for a scheme: java\nscript: is javascript: to them.
    scheme = SCHEME.match(IGNORED.sub("", url))
    if scheme is not None and scheme[1].lower() not in SAFE_SCHEMES:
        return BLOCKED_URL
    return PERCENT.sub("%25", quote(url, safe="%/:?#[]@!$&*+,;=~", errors="surrogatepass"))


def url_start_quoted(value: Any) -> str:
    """Do the same for a quoted attribute: most URLs need no entities there."""
    if type(value) is str and PLAIN_PATH.fullmatch(value):
        return value
    return escape_html(url_start(value))


def url_local(value: Any) -> str:
    """Let pass a URL of this site: a path, without a scheme and a host."""
    url = url_start(value)
    return BLOCKED_URL if url.startswith("//") or SCHEME.match(url) else url


def url_path(value: Any) -> str:
    """Percent-encode a value in the path of a URL; slashes stay."""
    return _encode(value, safe="/:@!$&*+,;=~")


def url_path_quoted(value: Any) -> str:
    """Do the same for a quoted attribute: most words need no entities there."""
    kind = type(value)  # pyright: ignore[reportUnknownVariableType]  # of anything
    if kind is int:
        return f"{value!s}"  # faster than str(value)
    if kind is str and value.isalnum() and value.isascii():
        return value  # type: ignore[no-any-return]  # its type has just been seen
    return escape_html(url_path(value))


def url_word(value: Any) -> str:
    """Percent-encode a value in the first word of a URL, where a colon would make a scheme."""
    encoded = _encode(value, safe="/@!$&*+,;=~")
    # Nothing but values may have come so far, and all of them may have been empty.
    return f"%2F{encoded[1:]}" if encoded.startswith("//") else encoded


def url_root(value: Any) -> str:
    """Percent-encode a value after the first slash, where another one would name a host."""
    encoded = url_path(value)
    return f"%2F{encoded[1:]}" if encoded.startswith("/") else encoded


def not_slash(url: str) -> str:
    """Keep the slash that a URL begins with from another that follows: //x is a host, /.//x not."""
    return "/./" if url == "/" else url


def not_empty(path: str) -> str:
    """Keep the slash before a path from one that follows: the same, where the path is empty."""
    return path or "./"


def url_query(value: Any) -> str:
    """Percent-encode a value in the query or fragment of a URL."""
    return _encode(value, safe="~")


def _encode(value: Any, safe: str) -> str:
    kind = type(value)  # pyright: ignore[reportUnknownVariableType]  # of anything
    if kind is int:
        return f"{value!s}"  # faster than str(value)
    if kind is str and value.isalnum() and value.isascii():
        return value  # type: ignore[no-any-return]  # its type has just been seen
    url = _url_text(value)
    if kind is Encoded:
        # What the filter urlencode has left alone, it has left alone on purpose: a=1&b=2.
        return PERCENT.sub("%25", quote(url, safe=f"%+/=&{safe}", errors="surrogatepass"))
    return quote(url, safe=safe, errors="surrogatepass")


def _url_text(value: Any) -> str:
    return unescape(str(value.__html__())) if hasattr(value, "__html__") else str(value)


def images(value: Any) -> str:
    """Escape a list of image URLs with their widths, as in ``srcset``."""
    return ", ".join(_image(part) for part in str(value).split(","))


def _image(part: str) -> str:
    found = IMAGE.fullmatch(part)
    return BLOCKED_URL if found is None else url_start(found[1]) + found[2]


def refresh(value: Any) -> str:
    """Let pass the seconds of a refresh, and the URL behind them as that of a link."""
    found = REFRESH.fullmatch(str(value))
    if found is None:
        return ""
    return found[1] if found[2] is None else f"{found[1]};url={url_start(found[2])}"


def animation(value: Any) -> str:
    """Let pass what an animation changes an attribute to: numbers, colours, harmless URLs."""
    values = str(value)
    for part in values.split(";"):
        scheme = SCHEME.match(IGNORED.sub("", part))
        if scheme is not None and scheme[1].lower() not in SAFE_SCHEMES:
            return BLOCKED_URL
    return values


def style_url(value: str) -> str:
    """Encode what a URL may hold and the brackets of ``url()`` may not."""
    return value.replace("(", "%28").replace(")", "%29").replace("'", "%27").replace(";", "%3B")


URL_ESCAPERS: dict[str, Callable[[Any], str]] = {
    escaper.__name__: escaper
    for escaper in (
        url_start,
        url_start_quoted,
        url_local,
        url_path,
        url_path_quoted,
        url_word,
        url_root,
        url_query,
        not_slash,
        not_empty,
        images,
        refresh,
        animation,
        style_url,
    )
}
