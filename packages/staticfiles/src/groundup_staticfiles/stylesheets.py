r"""Find what a style sheet refers to, and put other names there: CSS Syntax 3, as far as needed.

    @import "reset.css";                               a string, only after @import
    body { background: url(../img/sky.png) }           without quotes: up to the parenthesis
    @font-face { src: url("a.woff2?v=1") }             with quotes
    a { background: image-set("x.png" 1x, "y.png" 2x) }    strings, only inside image-set

Everything else is passed over as what it is: a comment, a string (``content: "url(x)"``), the
name of another function (``my-url(x)``).  So the text is cut into tokens from left to right, and
not searched.  What is no token stays as it is, to the letter; so does a file in any coding.

A reference is a reference relative to the style sheet that holds it.  To which file it leads is a
question for whoever knows the files: ``rewrite_references`` asks for each one.
"""

import re
from collections.abc import Callable, Iterator
from posixpath import normpath
from urllib.parse import unquote

__all__ = ["find_file", "find_references", "rewrite_references"]

STRING = r""""(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'"""
HEX = r"\\[0-9A-Fa-f]{1,6}(?:\r\n|\s)?"  # the blank that ends it belongs to it
# What is taken is not given back ("*+"): else a million blanks would be tried in all ways.
TOKEN = re.compile(
    rf"""
    (?P<skip> /\*.*?(?:\*/|\Z) )
    | (?<![-\w]) url\( \s*+
        (?: (?P<quoted>{STRING}) | (?P<plain> (?:[^\s"'()\\]|{HEX}|\\.)*+ ) ) \s*+ \)
    | (?P<string>{STRING})
    | (?P<rule> @import(?![-\w]) )
    | (?P<open> (?P<function>[-\w]*+) \( )
    | (?P<close> \) )
    | (?P<other> (?:[-\w]|\\.)++ | \S )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})(?:\r\n|\s)?|\r?\n|(.))", re.DOTALL)
HOLDS_STRINGS = frozenset({"image-set", "-webkit-image-set"})
MAX_DEPTH = 100  # of parentheses; deeper ones are counted as if they were this deep

ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")  # a scheme, or another host
PARTS = re.compile(r"([^?#]*)(.*)", re.DOTALL)
HIGHEST = 0x10FFFF

Found = tuple[int, int, str]
"""Where the text of a reference starts and stops, inside of its quotes; and what it says."""


def find_references(text: str) -> Iterator[Found]:
    """Yield the references of a style sheet in their order.

    >>> [url for _, _, url in find_references("a { b: url( 'c.png' ) } /* url(d) */")]
    ['c.png']
    """
    functions: list[str] = []
    imports = False  # the last token was @import
    for token in TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "skip":
            continue
        if kind in {"quoted", "plain"}:
            yield _read(token, kind)
        elif kind == "string":
            if imports or (functions and functions[-1] in HOLDS_STRINGS):
                yield _read(token, kind)
        elif kind == "open" and len(functions) < MAX_DEPTH:
            functions.append(token["function"].lower())
        elif kind == "close" and functions:
            functions.pop()
        imports = kind == "rule"


def rewrite_references(text: str, rename: Callable[[str], str | None]) -> str:
    """Return a style sheet with other references, of the ones for which ``rename`` gives one.

    >>> rewrite_references("a { b: url(c.png) }", {"c.png": "c.1f.png"}.get)
    'a { b: url(c.1f.png) }'

    Args:
        text: The style sheet.
        rename: Takes a reference and returns the new one, or None to leave it.  A new one must
            be percent-encoded: it has no quotes, blanks or parentheses.
    """
    pieces: list[str] = []
    place = 0
    for start, stop, url in find_references(text):
        new = rename(url)
        if new is not None:
            pieces += [text[place:start], new]
            place = stop
    return "".join([*pieces, text[place:]])


def find_file(sheet: str, url: str, prefix: str) -> tuple[str, str, str] | None:
    """Return the file that a reference leads to, and what stands before and after its last name.

    >>> find_file("css/app.css", "../img/a%20b.png?v=1", "/static/")
    ('img/a b.png', '../img/', '?v=1')
    >>> find_file("css/app.css", "data:image/png;base64,AA==", "/static/") is None
    True

    Args:
        sheet: The name of the style sheet, below the root of all files.
        url: The reference in it.
        prefix: The path under which the root is served: references from there on are ours, too.
    """
    if ELSEWHERE.match(url):
        return None
    path, rest = PARTS.fullmatch(url).groups()  # type: ignore[union-attr]  # matches everything
    if path.startswith("/"):
        if not path.startswith(prefix):
            return None
        joined = path[len(prefix) :]
    else:
        joined = f"{sheet.rpartition('/')[0]}/{path}".lstrip("/")
    head, slash, last = path.rpartition("/")
    if last in {"", ".", ".."}:  # the sheet itself, or a folder
        return None
    return normpath(unquote(joined, errors="surrogateescape")), head + slash, rest


def _read(token: re.Match[str], kind: str) -> Found:
    start, stop = token.span(kind)
    if kind != "plain":
        start, stop = start + 1, stop - 1
    return start, stop, ESCAPE.sub(_unescape, token.string[start:stop])


def _unescape(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return escape[2] or ""  # a line break that is escaped goes on in the next line
    number = int(escape[1], 16)
    surrogate = 0xD800 <= number <= 0xDFFF  # noqa: PLR2004 - as the standard has it
    return chr(number) if 0 < number <= HIGHEST and not surrogate else "\ufffd"
