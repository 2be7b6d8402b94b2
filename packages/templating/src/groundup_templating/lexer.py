"""Cut the source of a template into text and tags, and each tag into words.

    {{ … }}  output      {% … %}  tag      {# … #}  comment
    {{- -}}  {%- -%}     a dash eats the white space on its side, line breaks included

Between the braces one regular expression knows all words.  A closing ``}}`` counts only where no
bracket of the expression is open, so that ``{{ {"a": {}} }}`` means what it says.
``{% raw %}`` hands everything through until ``{% endraw %}``.
"""

import re
import unicodedata

from groundup_templating.errors import TemplateSyntaxError, shorten
from groundup_templating.tokens import Comment, Kind, Output, Segment, Tag, Text, Token

__all__ = ["MAX_SOURCE", "split"]

MAX_SOURCE = 1_048_576  # characters
MAX_DIGITS = 100
MAX_BRACKETS = 100

OPENING = re.compile(r"\{([{%#])([-+]?)")
WORD = re.compile(
    r"""\s*(?:
        (?P<name>[^\W\d]\w*)
      | (?P<close>[-+]?(?:\}\}|%\}))
      | (?P<float>\d[\d_]*(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+))
      | (?P<integer>\d[\d_]*)
      | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<operator>//|\*\*|==|!=|<=|>=|[-+*/%~<>=|.,:()\[\]{}])
    )""",
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|\n|.)", re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\n": "", "0": "\0"}
ENDRAW = re.compile(r"\{%([-+]?)\s*endraw\s*([-+]?)%\}")
KINDS = {kind.value: kind for kind in Kind}
PAIRS = {")": "(", "]": "[", "}": "{"}
BRACKETS = frozenset([*PAIRS, *PAIRS.values()])


def split(source: str) -> list[Segment]:
    """Return the segments of a template in their order.

    >>> [type(segment).__name__ for segment in split("Hello {{ name }}!")]
    ['Text', 'Output', 'Text']

    Raises:
        TemplateSyntaxError: A tag or string is not closed, or holds what is no word.
    """
    if len(source) > MAX_SOURCE:
        raise TemplateSyntaxError(
            f"a template must have at most {MAX_SOURCE} characters, got {len(source)}", at=0
        )
    segments: list[Segment] = []
    position = 0
    while (opening := OPENING.search(source, position)) is not None:
        if opening.start() > position:
            segments.append(Text(source[position : opening.start()], position))
        if opening[1] == "#":
            position = _read_comment(source, opening, segments)
        else:
            position = _read_tag(source, opening, segments)
    if position < len(source):
        segments.append(Text(source[position:], position))
    return segments


def _read_comment(source: str, opening: re.Match[str], segments: list[Segment]) -> int:
    end = source.find("#}", opening.end())
    if end < 0:
        raise TemplateSyntaxError("a comment must be closed by #}", at=opening.start())
    trim_right = source[end - 1] == "-" and end > opening.end()
    segments.append(Comment(opening.start(), end + 2, opening[2] == "-", trim_right))
    return end + 2


def _read_tag(source: str, opening: re.Match[str], segments: list[Segment]) -> int:
    closing = "}}" if opening[1] == "{" else "%}"
    tokens, close = _read_words(source, opening, closing)
    start, end, left, right = opening.start(), close.end(), opening[2] == "-", "-" in close["close"]
    if closing == "}}":
        segments.append(Output(start, end, left, right, tokens))
        return end
    if tokens[0].kind is not Kind.NAME:
        raise TemplateSyntaxError("a tag must begin with its name: {% if … %}", at=start)
    segments.append(Tag(start, end, left, right, tokens[0].value, tokens[1:]))
    return _read_raw(source, end, start, segments) if tokens[0].value == "raw" else end


def _read_raw(source: str, position: int, opened: int, segments: list[Segment]) -> int:
    found = ENDRAW.search(source, position)
    if found is None:
        raise TemplateSyntaxError("{% raw %} must be closed by {% endraw %}", at=opened)
    if found.start() > position:
        segments.append(Text(source[position : found.start()], position))
    tag = Tag(found.start(), found.end(), found[1] == "-", found[2] == "-", "endraw")
    tag.tokens = [Token(Kind.END, "", found.end() - 2)]
    segments.append(tag)
    return found.end()


def _read_words(
    source: str, opening: re.Match[str], closing: str
) -> tuple[list[Token], re.Match[str]]:
    """Return the words of one tag and the match of what closes it."""
    tokens: list[Token] = []
    brackets: list[str] = []
    position = opening.end()
    while (match := WORD.match(source, position)) is not None:
        kind = str(match.lastgroup)
        text, position = match[kind], match.end()
        at = position - len(text)
        if kind == "close":
            if not brackets and text.endswith(closing):
                tokens.append(Token(Kind.END, "", at))
                return tokens, match
            # Inside brackets "}}" are two closing braces; anywhere else "%}" is a "%".
            kind, text, position = "operator", text[0], at + 1
        if kind == "operator" and text in BRACKETS:
            _follow_brackets(brackets, text, at)
        plain = kind == "operator" or (kind == "name" and text.isascii())
        tokens.append(Token(KINDS[kind], text, at) if plain else _make_token(kind, text, at))
    raise _wrong_word(source, position, opening, closing)


def _make_token(kind: str, text: str, at: int) -> Token:
    if kind == "string":
        text = ESCAPE.sub(_unescape, text[1:-1]) if "\\" in text else text[1:-1]
    elif kind == "name":
        # As Python does with its own names: what looks like __class__ must also be seen as it.
        text = unicodedata.normalize("NFKC", text)
        if not text.isidentifier():  # a sign like ㈠ becomes brackets
            raise TemplateSyntaxError(f"a name must be letters, got {shorten(text)}", at=at)
    elif kind in {"integer", "float"} and len(text) > MAX_DIGITS:
        raise TemplateSyntaxError(f"a number must have at most {MAX_DIGITS} digits", at=at)
    return Token(KINDS[kind], text, at)


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return ESCAPES.get(code, code if code in "\\'\"" else match[0])


def _follow_brackets(brackets: list[str], text: str, at: int) -> None:
    if text in "([{":
        brackets.append(text)
        if len(brackets) > MAX_BRACKETS:
            raise TemplateSyntaxError(f"brackets must be nested at most {MAX_BRACKETS} deep", at=at)
    elif not brackets or brackets.pop() != PAIRS[text]:
        raise TemplateSyntaxError(f"nothing is open that {text!r} could close", at=at)


def _wrong_word(
    source: str, position: int, opening: re.Match[str], closing: str
) -> TemplateSyntaxError:
    rest = source[position:].lstrip()
    if not rest:
        return TemplateSyntaxError(
            f"a tag must be closed by {closing!r}, got the end of the template",
            at=opening.start(),
        )
    at = source.index(rest[0], position)
    if rest[0] in "'\"":
        return TemplateSyntaxError("a string must be closed by the quote that opened it", at=at)
    return TemplateSyntaxError(f"an expression cannot hold {shorten(rest[0])}", at=at)
