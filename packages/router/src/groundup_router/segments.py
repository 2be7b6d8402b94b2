"""The four kinds of segment that a pattern is made of.

    kind      written               takes
    STATIC    users                 this text
    LIMITED   :id<int>  :a.:b       text that a converter, a regular expression or a form accepts
    PLAIN     :id                   any text but none
    REST      *  *page              all segments that are left, even if that is nothing

The kinds are tried in this order at each step of a path, and nothing else decides between two
patterns: not which was added first.
"""

from dataclasses import dataclass
from typing import Any

from groundup_router.converters import Converter

__all__ = [
    "LIMITED",
    "PLAIN",
    "REST",
    "STATIC",
    "Key",
    "Mixed",
    "Param",
    "Segment",
    "Static",
    "Wildcard",
]

STATIC, LIMITED, PLAIN, REST = range(4)

# Two segments with the same key take the same text; keys sort in the order of trying.
Key = tuple[int, int, int, str]


@dataclass(frozen=True, slots=True)
class Static:
    """Text that the segment must be."""

    text: str

    @property
    def key(self) -> Key:
        """What two segments share when they take the same text."""
        return STATIC, 0, 0, self.text

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return ()

    def __str__(self) -> str:
        return self.text.replace(":", "::")


@dataclass(frozen=True, slots=True)
class Param:
    """One segment that becomes a parameter; plain when it has no converter."""

    name: str
    converter: Converter | None = None
    rule: str = ""  # as written: "<int>" or "(\d+)"

    @property
    def key(self) -> Key:
        """What two segments share when they take the same text."""
        if self.converter is None:
            return PLAIN, 0, 0, ""
        return LIMITED, self.converter.rank, 0, self.rule

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return (self.name,)

    def __str__(self) -> str:
        return f":{self.name}{self.rule}"

    def parse(self, text: str) -> Any:
        """Return the value of the text, or raise ``ValueError``."""
        return text if self.converter is None else self.converter.parse(text)

    def format(self, value: Any) -> str:
        """Return the text of a value."""
        return str(value) if self.converter is None else self.converter.format(value)


@dataclass(frozen=True, slots=True)
class Mixed:
    """One segment made of text and parameters, such as ``:name.:ext``."""

    parts: tuple[Static | Param, ...]

    @property
    def key(self) -> Key:
        """Much text goes first, and the names do not count."""
        texts = [part for part in self.parts if isinstance(part, Static)]
        form = "".join(
            f":{part.rule}" if isinstance(part, Param) else str(part) for part in self.parts
        )
        return LIMITED, 20, -sum(len(part.text) for part in texts), form

    @property
    def params(self) -> tuple[Param, ...]:
        """The parameters, from left to right."""
        return tuple(part for part in self.parts if isinstance(part, Param))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(param.name for param in self.params)

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    def parse(self, text: str) -> tuple[Any, ...]:
        """Return the values in the text, or raise ``ValueError``.

        Each parameter takes as much as it can and leaves a character for each one behind it:
        ``:name.:ext`` finds ``a.tar`` and ``gz``.  Dividing from the right finds just that in one
        pass, where a regular expression would try its way through all divisions.
        """
        texts = self._divide(text)
        if not all(texts):
            raise ValueError(f"must look like {self}")
        return tuple(param.parse(part) for param, part in zip(self.params, texts, strict=True))

    def _divide(self, text: str) -> list[str]:
        texts: list[str] = []
        end, open_end = len(text), False  # whether a parameter waits for its beginning
        for at, part in reversed(list(enumerate(self.parts))):
            if isinstance(part, Param):
                open_end = True
                continue
            size = len(part.text)
            start = text.rfind(part.text, 0, end - 1) if open_end and at else 0
            if not open_end:
                start = end - size
            if start < 0 or text[start : start + size] != part.text:
                return [""]
            if open_end:
                texts.append(text[start + size : end])
            end, open_end = start, False
        return [text[:end], *texts[::-1]] if open_end else texts[::-1]


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The rest of the path."""

    name: str = "*"

    @property
    def key(self) -> Key:
        """What two segments share when they take the same text."""
        return REST, 0, 0, ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return (self.name,)

    def __str__(self) -> str:
        return "*" if self.name == "*" else f"*{self.name}"


Segment = Static | Param | Mixed | Wildcard
