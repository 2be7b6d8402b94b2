"""What a template is cut into: text, and tags with the words inside them.

    <b>{{ name | upper }}</b>{% if admin %}

    Text("<b>")  Output(NAME name, OPERATOR |, NAME upper)  Text("</b>")  Tag(NAME if, NAME admin)

Everything carries ``at``, its offset in the source; lines and columns are counted only when an
error needs them.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

__all__ = ["Comment", "Kind", "Output", "Segment", "Tag", "Text", "Token"]


class Kind(Enum):
    """The kinds of words inside a tag."""

    NAME = "name"
    INTEGER = "integer"
    FLOAT = "float"
    STRING = "string"
    OPERATOR = "operator"
    END = "end"


class Token(NamedTuple):
    """One word of a tag; ``value`` is the decoded text."""

    kind: Kind
    value: str
    at: int


@dataclass(slots=True, eq=False)
class Text:
    """What stands between the tags, as it will be written."""

    text: str
    at: int


@dataclass(slots=True, eq=False)
class Mark:
    """What all tags share: where they stand, and whether a dash eats the space beside them."""

    at: int
    end: int
    trim_left: bool
    trim_right: bool


@dataclass(slots=True, eq=False)
class Output(Mark):
    """``{{ expression }}``."""

    tokens: list[Token] = field(default_factory=list[Token])


@dataclass(slots=True, eq=False)
class Tag(Mark):
    """``{% name … %}``; ``tokens`` begin after the name."""

    name: str = ""
    tokens: list[Token] = field(default_factory=list[Token])


@dataclass(slots=True, eq=False)
class Comment(Mark):
    """``{# … #}``: it leaves nothing but its effect on the space around it."""


Segment = Text | Output | Tag | Comment
