r"""Parameters with a regular expression of their own: ``:id(\d+)``.

A client chooses the text that the expression works on, and some expressions take exponential time
on some texts: ``(?:a+)+b`` on "aaaa…" tries every way to divide the letters.  So three guards:

    length       no expression sees more than 255 characters
    repeats      at most 3 without an upper bound, so at most 255³ / 6 ways to divide a text
    nesting      none inside another, unless each turn begins with a character of its own

The third allows ``[a-z]+(?:-[a-z]+)*``, where only a hyphen begins a turn.  Whoever knows better
writes the repeat as possessive (``(?:…)*+``): it never tries a second way.  The guards read the
expression, and do not prove anything about it.
"""

import re

from groundup_router.converters import MAX_LIMITED, Converter
from groundup_router.errors import PatternError

__all__ = ["regex_converter"]

MAX_REPEATS = 3

ATOM = re.compile(r"\{\d*,?\d*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\(){}*+?|^$]", re.DOTALL)
REPEAT = re.compile(r"[*+]|\{\d*,\}")
GROUP_HEAD = re.compile(r"\?(?:[a-zA-Z-]*:|>|<?[=!])")
LITERAL = re.compile(r"\\[^0-9A-Za-z]|[^\\\[\](){}.*+?|^$]")


def regex_converter(text: str) -> Converter:
    r"""Return the converter of a regular expression, which must fit the whole segment.

    >>> regex_converter(r"\d+").parse("42")
    '42'

    Raises:
        PatternError: It is no regular expression, captures groups, or may take forever.
    """
    try:
        regex = re.compile(text, re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        msg = f"regular expression must be valid, got {text[:40]!r}: {error}"
        raise PatternError(msg) from None
    if regex.groups:
        msg = f"groups must not capture, got {text[:40]!r}: write (?:...) instead of (...)"
        raise PatternError(msg)
    refuse_slow(text)

    def parse(segment: str) -> str:
        if len(segment) <= MAX_LIMITED and regex.fullmatch(segment):
            return segment
        raise ValueError(f"must match {text}")

    return Converter(parse, rank=40)


def refuse_slow(text: str) -> None:
    """Raise for an expression that a hostile text could keep busy.

    Raises:
        PatternError: It repeats too much, or repeats what repeats.
    """
    bare = ATOM.sub(mask, text)  # of the same length, with only what has a meaning left in it
    count = len(REPEAT.findall(bare))
    if count > MAX_REPEATS:
        msg = f"repeats must be at most {MAX_REPEATS} without a bound, got {count} in {text[:40]!r}"
        raise PatternError(f"{msg}: write {{1,20}} instead of +")
    opened: list[int] = []
    for at, sign in enumerate(bare):
        if sign == "(":
            opened.append(at + 1)
        elif sign == ")":
            start = opened.pop()
            repeat = REPEAT.match(bare, at + 1)
            if repeat is None or bare.startswith("+", repeat.end()):
                continue  # once, or possessive
            if is_risky(text[start:at], bare[start:at]):
                msg = f"a repeat must not be inside another, got ({text[start:at][:40]}){repeat[0]}"
                raise PatternError(f"{msg}: make the outer one possessive, with a + behind it")


def mask(atom: re.Match[str]) -> str:
    """Return an atom without its meaning; ``{1,}`` is no atom, but would be taken apart."""
    return atom[0] if atom[0].startswith("{") else "x" * len(atom[0])


def is_risky(body: str, bare: str) -> bool:
    """Return whether a group that is repeated can take the same text in several ways."""
    if "|" in bare:
        return True
    if REPEAT.search(bare) is None:
        return False
    if head := GROUP_HEAD.match(body):
        body = body[head.end() :]
    first = LITERAL.match(body)
    if first is None or body[first.end() : first.end() + 1] in {"*", "+", "?", "{"}:
        return True
    letter = first[0][-1]
    return any(
        re.fullmatch(atom[0], letter, re.IGNORECASE) for atom in ATOM.finditer(body, first.end())
    )
