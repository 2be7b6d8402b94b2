"""Text that is HTML already, and the function that makes HTML of everything else.

A value with an ``__html__`` method is asked for its HTML: that is the protocol of markupsafe and of
all that follow it, so their values pass here and ours pass there.
"""

import re
from collections.abc import Iterable, Mapping
from html import unescape
from string import Formatter
from typing import Any, Self, SupportsIndex

__all__ = ["Attributes", "Encoded", "JSONText", "Markup", "escape", "escape_html"]

TAG = re.compile(r"<[^<>]*>")
MAX_LAYERS = 10  # of tags in tags, before all < and > go


def escape_html(text: str) -> str:
    """Return a text with the five characters replaced that HTML reads in its own way."""
    # To look for a character takes half as long as to replace one that is not there.
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if '"' in text:
        text = text.replace('"', "&#34;")
    if "'" in text:
        text = text.replace("'", "&#39;")
    return text


def escape(value: Any) -> "Markup":
    """Return any value as HTML.

    >>> escape("1 < 2"), escape(Markup("<br>"))
    (Markup('1 &lt; 2'), Markup('<br>'))
    """
    if isinstance(value, Markup):
        return value
    if hasattr(value, "__html__"):
        return Markup(value.__html__())
    return Markup(escape_html(str(value)))


class Markup(str):
    """A text that is HTML: it is written as it is, and escapes what is put into it.

    >>> Markup("<b>{}</b>").format("a < b")
    Markup('<b>a &lt; b</b>')
    >>> Markup("<i>") + "&"
    Markup('<i>&amp;')
    """

    __slots__ = ()

    @classmethod
    def escape(cls, value: Any) -> "Markup":
        """Return any value as HTML."""
        return escape(value)

    def __html__(self) -> Self:
        return self

    def __repr__(self) -> str:
        return f"Markup({super().__repr__()})"

    def __add__(self, other: str) -> "Markup":
        return Markup(str.__add__(self, escape(other)))

    def __radd__(self, other: str) -> "Markup":
        return Markup(str.__add__(escape(other), self))

    def __mul__(self, times: SupportsIndex) -> "Markup":
        return Markup(str.__mul__(self, times))

    def __mod__(self, values: Any) -> "Markup":
        return Markup(str.__mod__(self, _escape_operands(values)))

    def __getitem__(self, index: SupportsIndex | slice) -> "Markup":
        return Markup(str.__getitem__(self, index))

    def format(self, *values: Any, **named: Any) -> "Markup":
        """Fill in the fields, escaped."""
        return Markup(EscapingFormatter().vformat(self, values, named))

    def join(self, parts: Iterable[Any], /) -> "Markup":
        """Join values, escaped."""
        return Markup(str.join(self, [escape(part) for part in parts]))

    def replace(self, old: str, new: str, count: SupportsIndex = -1, /) -> "Markup":
        """Replace a text by another, escaped."""
        return Markup(str.replace(self, old, escape(new), count))

    def strip(self, characters: str | None = None, /) -> "Markup":
        """Remove characters at both ends."""
        return Markup(str.strip(self, characters))

    def unescape(self) -> str:
        """Return the text that this HTML shows, tags included."""
        return unescape(str(self))

    def striptags(self) -> str:
        """Return the text without its tags and comments, on one line."""
        text = _without_comments(str(self))
        for _ in range(MAX_LAYERS):  # what is left may be a tag again: <scr<b>ipt>
            text, before = TAG.sub("", text), text
            if text == before:
                break
        else:
            text = text.replace("<", "").replace(">", "")
        return " ".join(unescape(text).split())


def _without_comments(html: str) -> str:
    # Not by one regular expression: for each <!-- without an end it would look at all the rest.
    parts: list[str] = []
    position = 0
    while (start := html.find("<!--", position)) >= 0 and (end := html.find("-->", start)) >= 0:
        parts.append(html[position:start])
        position = end + 3
    return "".join([*parts, html[position:]])


class JSONText(Markup):
    """JSON that a script may read as it stands; it holds no <, > and &."""

    __slots__ = ()


class Attributes(Markup):
    """Attributes with their names, each already safe for its name: what ``xmlattr`` makes."""

    __slots__ = ("names",)

    names: frozenset[str]

    @classmethod
    def of(cls, parts: Mapping[str, str], *, prefix: str) -> "Attributes":
        """Return attributes from their names and texts."""
        made = cls(prefix + " ".join(parts.values()) if parts else "")
        made.names = frozenset(parts)
        return made


class Encoded(str):
    """A part of a URL that is percent-encoded already: what ``urlencode`` makes."""

    __slots__ = ()


class Operand:
    """A value for ``%`` whose text is escaped but whose number is a number."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __getitem__(self, key: Any) -> "Operand":
        return Operand(self.value[key])

    def __str__(self) -> str:
        return str(escape(self.value))

    def __repr__(self) -> str:
        return str(escape(repr(self.value)))

    def __int__(self) -> int:
        return int(self.value)

    def __float__(self) -> float:
        return float(self.value)


def _escape_operands(values: Any) -> Any:
    if isinstance(values, tuple):
        return tuple(_escape_operand(value) for value in values)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # a tuple of anything
    return _escape_operand(values)


def _escape_operand(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return Operand(value)
    return str(escape(value))


class EscapingFormatter(Formatter):
    """``str.format`` that escapes each field and gives access to no attributes."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return one field as HTML."""
        if hasattr(value, "__html__") and not format_spec:
            return str(value.__html__())
        return escape_html(super().format_field(value, format_spec))

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        """Find the value of a field: a name or number, nothing behind it."""
        if "." in field_name or "[" in field_name:
            raise ValueError(f"a field must be a name or number alone, got {field_name!r}")
        return super().get_field(field_name, args, kwargs)
