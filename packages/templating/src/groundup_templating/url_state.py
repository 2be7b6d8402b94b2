"""Follow the text of a URL: how far it has come decides what a value in it may be.

    START --"page-"--> PREFIX --":"--> PATH, or FORBIDDEN where the scheme means code
      |                  |
      | value            +------"/"--> PATH
      v
    DYNAMIC --"/"--> PATH --"?" or "#"--> QUERY

At START a value may be a whole URL, so its scheme is checked.  In DYNAMIC a written colon would
make a scheme of a value that was checked to be none: no more values may follow.
"""

import re

from groundup_templating.context import Context, Url

__all__ = ["advance_url", "after_url_value"]

DELIMITER = re.compile(r"[:/?#\\]")
IGNORED = re.compile(r"[\x00-\x20]+")  # browsers drop some of these even inside of a scheme
CODE_SCHEMES = frozenset(["javascript", "vbscript", "livescript", "mocha"])
HARMLESS_DATA = re.compile(
    r"data:(image/(?!svg)[\w.+-]+|audio/|video/|font/|text/plain)", re.IGNORECASE
)
LONGEST_PREFIX = 100


def advance_url(context: Context, text: str) -> Context:
    """Return the context after this text, which is part of a URL."""
    if not text or context.url in {Url.QUERY, Url.FORBIDDEN}:
        return context
    if context.url in {Url.PATH, Url.ROOT, Url.UNKNOWN}:
        return context._replace(url=_continue(context.url, text), seen="")
    seen = IGNORED.sub("", context.seen + text)
    found = DELIMITER.search(seen)
    if found is None:
        url = Url.DYNAMIC if context.url is Url.DYNAMIC else Url.PREFIX
        return context._replace(url=url if seen else context.url, seen=seen[:LONGEST_PREFIX])
    if found[0] == ":":
        return context._replace(url=_after_scheme(context.url, seen, found.start()), seen="")
    url = Url.ROOT if seen == "/" and context.url is not Url.DYNAMIC else _continue(Url.PATH, seen)
    return context._replace(url=url, seen="")


def _continue(url: Url, text: str) -> Url:
    if "?" in text or "#" in text:
        return Url.QUERY
    if url is Url.UNKNOWN:
        return Url.FORBIDDEN if ":" in text else Url.UNKNOWN
    return Url.PATH


def _after_scheme(url: Url, seen: str, colon: int) -> Url:
    scheme = seen[:colon].lower()
    if url is Url.DYNAMIC or scheme in CODE_SCHEMES:
        return Url.FORBIDDEN
    if scheme == "data" and not HARMLESS_DATA.match(seen):
        return Url.FORBIDDEN
    return _continue(Url.PATH, seen[colon:])


def after_url_value(context: Context) -> Context:
    """Return the context after a value in a URL."""
    if context.url in {Url.START, Url.PREFIX}:
        return context._replace(url=Url.DYNAMIC)
    if context.url is Url.ROOT:
        return context._replace(url=Url.PATH)
    return context
