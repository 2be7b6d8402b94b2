"""Read several attributes of one value at once: most rows of most pages are little else.

    extend((                            a, b, c = load_1(v2_row) or each_1(v2_row)
        text(dot_id(v2_row)),           extend((
        text(dot_name(v2_row)),   -->       text(a),
        text(dot_city(v2_row)),             text(b),
    ))                                      text(c),
                                        ))

``load_1`` asks Python itself for all of them.  Where one is missing or raises,
``each_1`` asks for one after the other, on the lines of the template: errors stay where they are.
Both are made where code runs often, in loops and macros, and for three attributes or more.  One
that a group shows twice is asked for once.
"""

import re
from typing import NamedTuple

__all__ = ["Loads"]

Piece = tuple[str, int]  # a Python expression, and an offset in the template

FEWEST = 3  # attributes of one value that are worth a call
MARK = re.compile("\0(\\d+)\0")  # no repr of a text holds a NUL


class Wanted(NamedTuple):
    """One attribute: of which variable, its name, and where it is asked for."""

    variable: str
    name: str
    at: int


class Loads:
    """The attributes that a group of pieces reads.

    They are read before the first piece is made, so the group may hold no call: it could change
    what is read after it.  What is read under a condition is not for this class at all.
    """

    def __init__(self) -> None:
        self._wanted: list[Wanted] = []
        self._has_calls = False
        self.at = 0  # where the piece stands that is being generated
        self.often = 0  # loops and macros around what is generated
        self.functions: list[Piece] = []  # lines of the functions that were needed
        self.loaders: dict[str, tuple[str, ...]] = {}  # functions for several names at once

    def want(self, variable: str, name: str) -> str:
        """Return what stands for ``variable.name`` until the group is complete."""
        if not self.often:
            return f"dot_{name}({variable})"
        self._wanted.append(Wanted(variable, name, self.at))
        return f"\0{len(self._wanted) - 1}\0"

    def see_call(self) -> None:
        """Note that the group holds a call."""
        self._has_calls = True

    def resolve(self, pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
        """Return the lines to write before a group, and its pieces with all names in place."""
        wanted, self._wanted = self._wanted, []
        has_calls, self._has_calls = self._has_calls, False
        if not wanted:
            return [], pieces
        texts = {at: f"dot_{name}({variable})" for at, (variable, name, _) in enumerate(wanted)}
        lines: list[Piece] = []
        groups: dict[str, dict[str, Wanted]] = {}  # by variable and name: the first of each
        for want in wanted if not has_calls else ():
            groups.setdefault(want.variable, {}).setdefault(want.name, want)
        for variable, own in groups.items():
            if len(own) >= FEWEST:
                number = self._make_function([*own.values()])
                names = {name: f"a{number}_{index}" for index, name in enumerate(own)}
                for at, want in enumerate(wanted):
                    if want.variable == variable:
                        texts[at] = names[want.name]
                call = f"load_{number}({variable}) or each_{number}({variable})"
                first = next(iter(own.values()))
                lines.append((f"{', '.join(names.values())} = {call}", first.at))

        def put(found: re.Match[str]) -> str:
            return texts[int(found[1])]

        return lines, [(MARK.sub(put, code) if "\0" in code else code, at) for code, at in pieces]

    def _make_function(self, wanted: list[Wanted]) -> int:
        number = len(self.loaders) + 1
        self.loaders[f"load_{number}"] = tuple(want.name for want in wanted)
        self.functions += [
            (f"def each_{number}(value):", wanted[0].at),
            ("    return (", wanted[0].at),
            *((f"        dot_{want.name}(value),", want.at) for want in wanted),
            ("    )", wanted[-1].at),
        ]
        return number
