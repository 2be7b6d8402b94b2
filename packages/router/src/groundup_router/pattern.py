r"""Read the pattern of a route.

    /users/:id          :id takes one segment, whatever it is
    /posts/:id<int>     ... what the converter int takes, as its value
    /posts/:id(\d+)     ... what the regular expression fits
    /img/:name.:ext     several in one segment, with text between them
    /files/*            the rest of the path, under the name "*"
    /docs/*page         ... under the name "page"; also written :page<path>
    /v1/items::batch    a colon of the path itself is doubled

Patterns are written as people read them (``/café``); the escapes of the wire (``%C3%A9``) are taken
off a path before it meets a pattern.  So a pattern with escapes in it would never match, and is
refused, as is everything else that no path could ever be.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from groundup_router.converters import CONVERTERS, Converter
from groundup_router.errors import PatternError
from groundup_router.regexes import regex_converter
from groundup_router.segments import Key, Mixed, Param, Segment, Static, Wildcard

__all__ = ["MAX_PATTERN", "MAX_SEGMENTS", "Pattern", "parse_pattern"]

MAX_PATTERN = 2048  # characters
MAX_SEGMENTS = 64
MAX_IN_SEGMENT = 3  # parameters: with each one more there are more ways to divide a text

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
RULE = re.compile(r"<([A-Za-z0-9_]+)>")
TEXT = re.compile(r"(?:::|[^/:*])+")
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f?#\\<>(){}]|%[0-9A-Fa-f]{2}")

HINTS = {"%": " (write the character itself)", "{": " (write :name)", "<": " (write :name<int>)"}

Part = Static | Param | Wildcard


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, read: ``text`` as written, and its segments, of which the first is empty.

    ``/users/:id`` has three, because a path does too: ``"/users/7".split("/")``.
    """

    text: str
    segments: tuple[Segment, ...]

    @property
    def key(self) -> tuple[Key, ...]:
        """What two patterns share when they take the same paths."""
        return tuple(segment.key for segment in self.segments)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters, from left to right."""
        return tuple(name for segment in self.segments for name in segment.names)

    @property
    def is_static(self) -> bool:
        """Whether exactly one path matches."""
        return all(isinstance(segment, Static) for segment in self.segments)


def parse_pattern(text: str, converters: Mapping[str, Converter] = CONVERTERS) -> Pattern:
    """Read a pattern.

    >>> [str(segment) for segment in parse_pattern("/posts/:id<int>/*").segments]
    ['', 'posts', ':id<int>', '*']

    Raises:
        PatternError: It is not written as above; the message says where.
    """
    if not text.startswith("/"):
        raise PatternError(f"pattern must start with '/', got {text[:40]!r}", text)
    if len(text) > MAX_PATTERN:
        raise PatternError(
            f"pattern must be at most {MAX_PATTERN} characters, got {len(text)}", text
        )
    reader = Reader(text, converters)
    pattern = Pattern(text, (Static(""), *reader.read()))
    check_whole(pattern)
    return pattern


def check_whole(pattern: Pattern) -> None:
    """Refuse what is wrong with a pattern as a whole."""
    text, names, segments = pattern.text, pattern.names, pattern.segments
    if len(segments) > MAX_SEGMENTS:
        msg = f"pattern must have at most {MAX_SEGMENTS} segments, got {len(segments)}"
        raise PatternError(msg, text)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise PatternError(f"names must differ, got {twice[0]!r} twice in {text[:80]!r}", text)
    for at, segment in enumerate(segments[1:], 1):
        wrong = find_mistake(segment, last=at == len(segments) - 1)
        if wrong is not None:
            raise PatternError(f"{wrong}, got {str(segment) or '//'} in {text[:80]!r}", text)


def find_mistake(segment: Segment, *, last: bool) -> str | None:
    """Return what is wrong with a segment at its place."""
    if segment in {Static("."), Static("..")}:
        return "segments must not be '.' or '..', which clients remove"
    if last:
        return None
    if isinstance(segment, Wildcard):
        return "a wildcard must come last"
    return "segments must not be empty" if segment == Static("") else None


class Reader:
    """The text of a pattern, and how far it has been read."""

    def __init__(self, text: str, converters: Mapping[str, Converter]) -> None:
        self._text = text
        self._at = 0
        self._converters = converters

    def read(self) -> list[Segment]:
        """Read all segments; each begins with its slash."""
        segments: list[Segment] = []
        while self._at < len(self._text):
            self._at += 1
            segments.append(self._read_segment())
        return segments

    def _fail(self, message: str) -> PatternError:
        place = f"at character {self._at + 1} of {self._text[:80]!r}"
        return PatternError(f"{message} {place}", self._text, self._at)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _read_segment(self) -> Segment:
        parts: list[Part] = []
        while self._peek() not in {"", "/"}:
            part = self._read_part()
            if parts and not (isinstance(part, Static) or isinstance(parts[-1], Static)):
                raise self._fail(f"parameters must have text between them: {parts[-1]}{part}")
            parts.append(part)
        if not parts:
            return Static("")
        if len(parts) == 1:
            return parts[0]
        return self._mix(parts)

    def _mix(self, parts: list[Part]) -> Mixed:
        mixed = Mixed(tuple(part for part in parts if not isinstance(part, Wildcard)))
        if len(mixed.parts) < len(parts):
            raise self._fail("a wildcard must be a whole segment: it ends")
        if len(mixed.params) > MAX_IN_SEGMENT:
            raise self._fail(f"a segment must have at most {MAX_IN_SEGMENT} parameters: it ends")
        return mixed

    def _read_part(self) -> Part:
        if found := TEXT.match(self._text, self._at):
            return self._take_text(found[0])
        sign = self._peek()
        self._at += 1
        name = NAME.match(self._text, self._at)
        if name:
            self._at = name.end()
        if sign == "*":
            return Wildcard(name[0] if name else "*")
        if name is None:
            self._at -= 1
            raise self._fail("':' must be followed by a name (or doubled: '::')")
        return self._read_rule(name[0])

    def _take_text(self, written: str) -> Static:
        if wrong := FORBIDDEN.search(written):
            self._at += wrong.start()
            raise self._fail(f"text must not have {wrong[0]!r}{HINTS.get(wrong[0][0], '')}")
        self._at += len(written)
        return Static(written.replace("::", ":"))

    def _read_rule(self, name: str) -> Param | Wildcard:
        start = self._at
        if self._peek() == "(":
            self._skip_parentheses()
            rule = self._text[start : self._at]
            return Param(name, regex_converter(rule[1:-1]), rule)
        if self._peek() != "<":
            return Param(name)
        found = RULE.match(self._text, start)
        if found is None:
            raise self._fail("a converter must be written as <name>")
        if found[1] == "path":
            self._at = found.end()
            return Wildcard(name)
        if found[1] not in self._converters:
            known = ", ".join(sorted({*self._converters, "path"}))
            raise self._fail(f"converter must be one of {known}, got {found[1][:40]!r}")
        self._at = found.end()
        return Param(name, self._converters[found[1]], found[0])

    def _skip_parentheses(self) -> None:
        """Go behind the parenthesis that closes the one here."""
        depth, in_class = 0, False
        start = self._at
        while character := self._peek():
            self._at += 1
            if character == "\\":
                self._at += 1
            elif in_class:
                in_class = character != "]"
            elif character == "[":
                in_class = True
                self._at += self._text.startswith(("]", "^]"), self._at)
            elif character in "()":
                depth += 1 if character == "(" else -1
                if depth == 0:
                    return
        self._at = start
        raise self._fail("parenthesis must be closed: it opens")
