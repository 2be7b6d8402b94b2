"""Follow the text of a URL: how far it has come decides what a value in it may be.

    START --"page-"--> PREFIX --":"--> PATH, or FORBIDDEN where the scheme means code
      |                  |
      | value            +------"/"--> PATH
      v
    DYNAMIC --"/"--> ROOT --value--> PATH --"?" or "#"--> QUERY

    START --"https:" or "//"--> HOST --"name/"--> PATH          of a URL that is local

At START a value may be a whole URL, so its scheme is checked.  In DYNAMIC a written colon would
make a scheme of a value that was checked to be none: no more values may follow.  What a local URL
loads acts for the page, so no value may be, or become, a part of the name of its host.
"""

import re

from groundup_templating.context import Context, Url

__all__ = ["advance_url", "after_url_value"]

DELIMITER = re.compile(r"[:/?#\\]")
IGNORED = re.compile(r"[\x00-\x20]+")  # browsers drop some of these even inside of a scheme
CODE_SCHEMES = frozenset(["javascript", "vbscript", "livescript", "mocha"])
HOST_SCHEMES = frozenset(["http", "https"])
HARMLESS_DATA = re.compile(
    r"data:(?:(?:image/(?!svg)|audio/|video/|font/)[\w.+-]+|text/plain)[;,]", re.IGNORECASE
)
# A browser runs a script of any type but that of a picture, sound or film.
PICTURE = re.compile(r"data:image/(?!svg)[\w.+-]+[;,]", re.IGNORECASE)
WHOLE_HOST = re.compile(r"[/\\]*[^/\\?#]+(?=[/\\?#])")
SLASHES = ("/", "\\")
LONGEST_PREFIX = 100


def advance_url(context: Context, text: str) -> Context:
    """Return the context after this text, which is part of a URL."""
    if not text or context.url in {Url.QUERY, Url.FORBIDDEN}:
        return context
    match context.url:
        case Url.HOST:
            return _read_host(context, context.seen + text)
        case Url.ROOT | Url.UNKNOWN if IGNORED.sub("", text).startswith(SLASHES):
            # A slash after a slash: the name of a host follows.
            return _read_host(context, text)
        case Url.PATH | Url.ROOT | Url.UNKNOWN:
            return context._replace(url=_continue(context.url, text), seen="")
        case _:
            return _read_first_word(context, IGNORED.sub("", context.seen + text))


def _read_first_word(context: Context, seen: str) -> Context:
    found = DELIMITER.search(seen)
    if found is None:
        url = Url.DYNAMIC if context.url is Url.DYNAMIC else Url.PREFIX
        return context._replace(url=url if seen else context.url, seen=seen[:LONGEST_PREFIX])
    if found[0] == ":":
        return _read_scheme(context, seen, found.start())
    if seen in SLASHES:
        return context._replace(url=Url.ROOT, seen="")
    if seen.startswith(SLASHES) and seen[1] in SLASHES:
        return _read_host(context, seen)
    return context._replace(url=_continue(Url.PATH, seen), seen="")


def _continue(url: Url, text: str) -> Url:
    if "?" in text or "#" in text:
        return Url.QUERY
    if url is Url.UNKNOWN:
        return Url.FORBIDDEN if ":" in text else Url.UNKNOWN
    return Url.PATH


def _read_host(context: Context, seen: str) -> Context:
    if not context.local:
        known = Url.UNKNOWN if context.url is Url.UNKNOWN else Url.PATH
        return context._replace(url=_continue(known, seen), seen="")
    host = WHOLE_HOST.match(IGNORED.sub("", seen))
    if host is None:
        return context._replace(url=Url.HOST, seen=seen[:LONGEST_PREFIX])
    return context._replace(url=_continue(Url.PATH, seen), seen="")


def _read_scheme(context: Context, seen: str, colon: int) -> Context:
    scheme, rest = seen[:colon].lower(), seen[colon + 1 :]
    if context.url is Url.DYNAMIC or scheme in CODE_SCHEMES:
        return context._replace(url=Url.FORBIDDEN, seen="")
    if scheme == "data":
        harmless = (PICTURE if context.local else HARMLESS_DATA).match(seen)
        url = _continue(Url.PATH, rest) if harmless else Url.FORBIDDEN
        return context._replace(url=url, seen="")
    if not context.local:
        return context._replace(url=_continue(Url.PATH, rest), seen="")
    if scheme not in HOST_SCHEMES:
        return context._replace(url=Url.FORBIDDEN, seen="")
    return _read_host(context, rest)


def after_url_value(context: Context) -> Context:
    """Return the context after a value in a URL."""
    if context.url in {Url.START, Url.PREFIX}:
        return context._replace(url=Url.DYNAMIC, seen="")
    if context.url is Url.ROOT:
        return context._replace(url=Url.PATH)
    return context
