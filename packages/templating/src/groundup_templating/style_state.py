"""Follow the text of a style: strings, comments, ``url()``, and everything else.

CSS Syntax Level 3, section 4, as far as it matters for what a value may be.  After ``@import`` a
string is a URL too, and what it loads is a style of the page: it must be of this site.
"""

import re

from groundup_templating.context import Context, Part, Url
from groundup_templating.url_state import advance_url

__all__ = ["advance_style"]

CODE_STOP = re.compile(r"""["']|/\*|url\(\s*["']?|\\(?:.|\Z)""", re.IGNORECASE | re.DOTALL)
ENDS = {
    Part.DOUBLE: re.compile(r'\\(?:.|\Z)|"|[\r\n\f]', re.DOTALL),
    Part.SINGLE: re.compile(r"\\(?:.|\Z)|'|[\r\n\f]", re.DOTALL),
    Part.BLOCK_COMMENT: re.compile(r"\*/"),
    Part.URL: re.compile(r"\\(?:.|\Z)|\)", re.DOTALL),
    Part.URL_DOUBLE: re.compile(r'\\(?:.|\Z)|"|[\r\n\f]', re.DOTALL),
    Part.URL_SINGLE: re.compile(r"\\(?:.|\Z)|'|[\r\n\f]", re.DOTALL),
}
IMPORT = re.compile(r"@import|[;{}]", re.IGNORECASE)
BEGINS = {'"': Part.DOUBLE, "'": Part.SINGLE, "*": Part.BLOCK_COMMENT}
URL_BEGINS = {'"': Part.URL_DOUBLE, "'": Part.URL_SINGLE}


def advance_style(context: Context, text: str) -> Context:
    """Return the context after this text, which is part of a style."""
    position = 0
    while position < len(text) and context.part is not Part.LOST:
        if context.part is Part.CODE:
            context, position = _read_code(context, text, position)
        else:
            context, position = _read_other(context, text, position)
    return context


def _read_code(context: Context, text: str, position: int) -> tuple[Context, int]:
    stop = CODE_STOP.search(text, position)
    end = len(text) if stop is None else stop.start()
    if found := IMPORT.findall(text, position, end):
        context = context._replace(said=found[-1] if found[-1] not in {";", "{", "}"} else "")
    if stop is None:
        return context, end
    word = stop[0]
    if word[0] == "\\":
        return context._replace(part=Part.LOST) if len(word) == 1 else context, stop.end()
    if word[0] in "uU" or (context.said and word[-1] in URL_BEGINS):
        part, local = URL_BEGINS.get(word[-1], Part.URL), bool(context.said)
        return context._replace(part=part, url=Url.START, local=local, seen=""), stop.end()
    return context._replace(part=BEGINS[word[-1]]), stop.end()


def _read_other(context: Context, text: str, position: int) -> tuple[Context, int]:
    stop = ENDS[context.part].search(text, position)
    end = len(text) if stop is None else stop.start()
    if context.part.name.startswith("URL"):
        context = advance_url(context, text[position:end])
    if stop is None:
        return context, end
    word = stop[0]
    if word in "\r\n\f" or word == "\\":
        return context._replace(part=Part.LOST), stop.end()
    if word[0] == "\\":
        return context, stop.end()
    return context._replace(part=Part.CODE, url=Url.START, local=False, seen=""), stop.end()
