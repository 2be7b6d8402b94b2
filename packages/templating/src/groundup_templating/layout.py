"""White space: tags on lines of their own leave no trace, and what they hold moves to their place.

    <ul>                                     <ul>
      {% for user in users %}
        <li>{{ user.name }}</li>      -->      <li>Alice</li>
      {% endfor %}
    </ul>                                    </ul>

A line that holds nothing but tags (``{{ }}`` and ``{% include %}`` do not count: they write) is
taken out with its indentation and its line break.  The lines between such a tag and its end are
moved to the left by as much as they are all indented more than the tag.  All of it happens once,
when the template is compiled.  At last the dashes of ``{%-`` and ``-%}`` eat what they find.
"""

import re
from itertools import pairwise

from groundup_templating.errors import TemplateSyntaxError
from groundup_templating.tokens import Comment, Kind, Output, Segment, Tag, Text

__all__ = ["MAX_NESTING", "arrange", "ends_with_tags", "opens_block"]

MAX_NESTING = 50  # blocks inside blocks

OPENERS = frozenset({"if", "trans", "for", "with", "block", "macro", "call", "filter", "raw"})
SEPARATORS = frozenset({"elif", "else", "pluralize"})
LINE = re.compile(r"[^\n]*\n|[^\n]+")
VALUES = frozenset({"macro", "set"})  # their body becomes a value, which ends without a line break


def opens_block(tag: Tag) -> bool:
    """Whether the tag has a body: all openers, and ``{% set x %}`` without a value."""
    if tag.name == "set":
        return not any(t.kind is Kind.OPERATOR and t.value == "=" for t in tag.tokens)
    return tag.name in OPENERS


class Line:
    """One line of the template: what stands in it, and how far it moves to the left."""

    __slots__ = ("alone", "begun", "cut", "ends_value", "indent", "marks", "written")

    def __init__(self) -> None:
        self.begun = False
        self.written = False  # whether it holds text that is not white space
        self.indent = 0
        self.marks: list[Output | Tag | Comment] = []
        self.cut = 0
        self.alone = False
        self.ends_value = False

    @property
    def blank(self) -> bool:
        """Whether nothing but white space and comments stands here."""
        return not self.written and all(isinstance(mark, Comment) for mark in self.marks)

    def finish(self) -> None:
        """Decide, when the line is complete, whether it will vanish."""
        self.alone = (
            bool(self.marks)
            and not self.written
            and all(
                isinstance(mark, Comment) or (isinstance(mark, Tag) and mark.name != "include")
                for mark in self.marks
            )
        )


class Opened:
    """A block that waits for its end."""

    __slots__ = ("line", "separators", "tag")

    def __init__(self, tag: Tag, line: int) -> None:
        self.tag = tag
        self.line = line
        self.separators: set[int] = set()


def arrange(segments: list[Segment], *, dedent: bool = True) -> list[Segment]:
    r"""Return the segments with the white space of their texts as it will be written.

    >>> from groundup_templating.lexer import split
    >>> [s.text for s in arrange(split("{% if a %}\n  yes\n{% endif %}\n")) if isinstance(s, Text)]
    ['yes\n']
    """
    lines, pieces = _read_lines(segments)
    _check_nesting(segments)
    if dedent:
        _move_lines(lines)
        _end_values(lines)
        segments = _rebuild(segments, pieces, lines)
    return _trim(segments)


def ends_with_tags(segments: list[Segment]) -> bool:
    """Whether the last line holds nothing but tags, so that it will vanish."""
    found = False
    for segment in reversed(segments):
        if isinstance(segment, Text):
            _, line_break, last = segment.text.rpartition("\n")
            if last.strip():
                return False
            if line_break:
                return found
        elif isinstance(segment, Output) or (
            isinstance(segment, Tag) and segment.name == "include"
        ):
            return False
        else:
            found = True
    return found


Piece = tuple[int, str, bool]  # number of the line, text, whether the line begins here


def _read_lines(segments: list[Segment]) -> tuple[list[Line], list[list[Piece]]]:
    """Return the lines, and for each segment the pieces of text that it gives to them."""
    lines = [Line()]
    pieces: list[list[Piece]] = []
    for segment in segments:
        if not isinstance(segment, Text):
            lines[-1].marks.append(segment)
            pieces.append([])
            continue
        own: list[Piece] = []
        for part in LINE.findall(segment.text):
            line = lines[-1]
            starts = not line.begun and not line.marks
            own.append((len(lines) - 1, part, starts))
            if starts:
                line.indent = len(part) - len(part.lstrip(" \t"))
            line.begun = True
            line.written = line.written or not part.isspace()
            if part[-1] == "\n":
                lines.append(Line())
        pieces.append(own)
    for line in lines:
        line.finish()
    return lines, pieces


def _check_nesting(segments: list[Segment]) -> None:
    depth = 0
    for segment in segments:
        if isinstance(segment, Tag):
            if opens_block(segment):
                depth += 1
            elif segment.name.startswith("end"):
                depth -= 1
            if depth > MAX_NESTING:
                raise TemplateSyntaxError(
                    f"blocks must be nested at most {MAX_NESTING} deep", at=segment.at
                )


def _move_lines(lines: list[Line]) -> None:
    """Note for each line how far its blocks move it.  Crossed tags are the parser's affair."""
    stack: list[Opened] = []
    for number, line in enumerate(lines):
        for mark in line.marks:
            if not isinstance(mark, Tag):
                continue
            if opens_block(mark):
                stack.append(Opened(mark, number))
            elif mark.name in SEPARATORS and stack:
                stack[-1].separators.add(number)
            elif mark.name.startswith("end") and stack:
                _close(stack.pop(), number, lines)


def _close(opened: Opened, number: int, lines: list[Line]) -> None:
    opener = lines[opened.line]
    if not opener.alone:
        return
    last = number if lines[number].alone else number + 1
    body = [
        lines[index]
        for index in range(opened.line + 1, last)
        if index not in opened.separators and not lines[index].blank
    ]
    shift = min((line.indent for line in body), default=0) - opener.indent
    if shift > 0:
        for line in body:
            line.cut += shift


def _end_values(lines: list[Line]) -> None:
    """Find the lines whose break is followed by nothing but the end of a value."""
    for previous, line in pairwise(lines):
        if line.alone and isinstance(mark := line.marks[0], Tag):
            previous.ends_value = mark.name in {f"end{name}" for name in VALUES}


def _rebuild(
    segments: list[Segment], pieces: list[list[Piece]], lines: list[Line]
) -> list[Segment]:
    rebuilt: list[Segment] = []
    for segment, own in zip(segments, pieces, strict=True):
        if not isinstance(segment, Text):
            rebuilt.append(segment)
            continue
        parts: list[str] = []
        for number, part, starts in own:
            line = lines[number]
            if not line.alone:
                shown = part[min(line.cut, line.indent) :] if starts and line.cut else part
                parts.append(shown.rstrip("\r\n") if line.ends_value else shown)
        if text := "".join(parts):
            rebuilt.append(Text(text, segment.at))
    return rebuilt


def _trim(segments: list[Segment]) -> list[Segment]:
    for index, segment in enumerate(segments):
        if isinstance(segment, Text):
            continue
        before, after = index - 1, index + 1
        if segment.trim_left and before >= 0 and isinstance(text := segments[before], Text):
            text.text = text.text.rstrip()
        if not segment.trim_right or after == len(segments):
            continue
        if isinstance(text := segments[after], Text):
            text.text = text.text.lstrip()
    return segments
