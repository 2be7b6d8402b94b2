r"""Read a JSON body: RFC 8259, and RFC 7493 (I-JSON) for what it leaves open.

The parser of the standard library is fast, and trusts its input in ways that a stranger can use.
Each is closed here, and the answer is a 400 in place of a surprise:

    [[[[[...                too deep: it recurses, and Python's stack is not the stranger's to fill
    {"a": 1, "a": 2}        a key twice: a proxy in front may have read the other one
    NaN, 1e999              no JSON numbers; and nobody can send them back
    999...999               thousands of digits: to make an int of them takes quadratic time
    "\ud800"                half a character: no database and no socket takes it

Depth is counted before parsing: take the strings out, keep only the brackets, and delete empty
pairs from the inside out.  Each round removes one level, so of most bodies soon nothing is left;
what is left is counted bracket by bracket.
"""

import json
import re
from typing import Any, Literal, NoReturn

from groundup_forms.errors import FormError
from groundup_forms.limits import MIB, too_large

__all__ = ["parse_json"]

BOM = b"\xef\xbb\xbf"
NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
SAME_BRACKETS = bytes.maketrans(b"{}", b"[]")
OPENING = ord("[")
ROUNDS = 8  # levels that are removed at the speed of memory
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
# Left to right: a whole pair, half a pair, any other escape (so that "\\ud800" is none).
ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)


def parse_json(
    data: bytes,
    *,
    max_size: int = 8 * MIB,
    max_depth: int = 100,
    duplicates: Literal["error", "last"] = "error",
) -> Any:
    """Return the value of a JSON body.

    >>> parse_json(b'{"name": "Alice", "tags": []}')
    {'name': 'Alice', 'tags': []}

    Args:
        data: UTF-8; a byte order mark in front of it is ignored, as the RFC allows.
        max_size: In bytes.  The value takes up to twenty times as much memory.
        max_depth: How many arrays and objects may be open at once.
        duplicates: What to do with a key that an object has twice.

    Raises:
        FormError: It is no JSON (400), or larger than the limit (413).
    """
    if len(data) > max_size:
        raise too_large("JSON", max_size, "max_size")
    data = data.removeprefix(BOM)
    if data.count(b"[") + data.count(b"{") > max_depth:
        _check_depth(data, max_depth)
    if SURROGATE.search(data) and any(match[1] for match in ESCAPE.finditer(data)):
        raise FormError("JSON must have both halves of an escaped surrogate pair, got one")
    try:
        return DECODERS[duplicates].decode(data.decode("utf-8"))
    except RecursionError:  # the program itself is deep in its stack
        raise _too_deep(max_depth) from None
    except ValueError as error:
        raise _explain(error) from None


def _explain(error: ValueError) -> FormError:
    """Return the error for whoever sent the body, without more of it than needed."""
    if isinstance(error, FormError):
        return error
    if isinstance(error, UnicodeDecodeError):
        found = error.object[error.start : error.start + 10]
        return FormError(f"JSON must be UTF-8, got {found!r} at byte {error.start}")
    if isinstance(error, json.JSONDecodeError):
        where = f"line {error.lineno} column {error.colno}"
        return FormError(f"body must be JSON: {error.msg}, {where}")
    return FormError("JSON numbers must not have thousands of digits")


def _check_depth(data: bytes, max_depth: int) -> None:
    """Refuse what opens more brackets than allowed; linear, whatever the data.

    What is not JSON may pass: the parser says best what is wrong with it, and it never gets
    deeper than the part in front of the mistake.
    """
    if b"\\" in data:  # escapes first, from left to right: the quotes that are left end strings
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    structure = data.translate(SAME_BRACKETS, NOT_STRUCTURE).split(b'"')
    left = brackets = b"".join(structure[::2])
    for _ in range(min(ROUNDS, max_depth)):
        left = left.replace(b"[]", b"")
    if not left:
        return
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket == OPENING else -1
        if depth > max_depth:
            raise _too_deep(max_depth)


def _too_deep(max_depth: int) -> FormError:
    return FormError(f"JSON must not be nested deeper than {max_depth} (max_depth)")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FormError(f"JSON object must have each key once, got {twice[:40]!r} twice")
    return found


def _finite(digits: str) -> float:
    number = float(digits)
    if number - number:  # not zero but NaN: the number is infinite
        raise FormError(f"JSON number must fit a double, got {digits[:40]}")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise FormError(f"JSON numbers must be finite, got {name}")


# Made once: a decoder takes longer to make than a small body to parse.
DECODERS = {
    "error": json.JSONDecoder(
        object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse_constant
    ),
    "last": json.JSONDecoder(parse_float=_finite, parse_constant=_refuse_constant),
}
