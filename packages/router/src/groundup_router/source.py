"""Write the walk of a tree for one method as Python: the tree's answers, without its questions.

    /users/:id                        def find(path):
    /users/:id/posts                      ...
                                          p1 = parts[1]
    parts  ["", "users", "7"]             if n > 2:
    n      3                                  if p1 == 'users':
                                                  p2 = parts[2]
                                                  if n == 3:
                                                      if p2:
                                                          found = new(Match)
                                                          found.route = route_1
                                                          found.params = {'id': p2}
                                                          return found
                                                  else:
                                                      ...

Falling out of an ``if`` is the way back to the next choice, so the order of the lines is the order
of precedence.  Three rules keep each function short and its comparisons few:

    wide      more than four names at one place become a dictionary: of routes where a path may
              end, of functions where it goes on
    large     a branch with more than twenty routes is a function, unless it is the only way on
    deep      so is one that is twelve segments below the start of its function

`finder` compiles a function when the first path comes to it.  So a router with 20,000 routes pays
for the branches that are used.

Texts and names of patterns get into the source through ``repr`` alone: no pattern is ever code.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from groundup_router.match import Match, Route, join_rest
from groundup_router.phrases import (
    call,
    give,
    guard,
    indent,
    list_arguments,
    list_few,
    name_values,
    write_params,
)
from groundup_router.segments import Mixed, Param
from groundup_router.tree import ANY, MAX_PATH, Node, pick, split_path

__all__ = ["Branch", "Unit", "write_entry", "write_unit"]

WIDE = 4
LARGE = 20
DEEP = 12  # at three levels of indentation each, far from the 100 that Python allows

ENTRY = f"""\
def find(path):
    route = whole.get(path)
    if route is None:
        if "%" in path or len(path) > {MAX_PATH}:
            parts = split_path(path)
            route = whole.get(join_rest(parts, 0))
        else:
            parts = path.split("/")
    if route is not None:
        found = new(Match)
        found.route = route
        found.params = {{}}
        return found
    n = len(parts)
    if n == 1 or parts[0]:
        return None
"""


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the tree that has a function of its own.

    Attributes:
        method: Whose routes count; None is whoever names no method.
        node: Where the function begins.
        values: What the source calls the values that were found before.
        way: The segments that lead here, for the reader.
    """

    method: str | None
    node: Node
    values: tuple[str, ...] = ()
    way: str = ""

    @property
    def name(self) -> str:
        """What the function is called in the source and in tracebacks."""
        if not self.way:
            return "find"
        return f"below_{re.sub(r'[^0-9A-Za-z]+', '_', self.way).strip('_')[:40]}"


@dataclass(frozen=True, slots=True)
class Later:
    """Functions that are called, but not written yet.

    Attributes:
        table: Where the source looks for them: its globals or a table of its own.
        branches: The branch of a key of the table.
        keys: All keys.
        at: Which segment of the path is the key; None if there is only one.
    """

    table: dict[str, Any]
    branches: Callable[[str], Branch]
    keys: Collection[str]
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """The source of one function, and what its names mean.

    Attributes:
        name: Of the function.
        text: The source.
        names: The globals of the function.
        later: The functions that it calls.
    """

    name: str
    text: str
    names: dict[str, Any]
    later: list[Later]


def write_unit(branch: Branch) -> Unit:
    """Write the function of one branch."""
    writer = Writer(branch)
    values = [re.sub(r"^p(\d+)$", r"parts[\1]", value) for value in branch.values]
    lines = writer.write_node(branch.node, values, branch.way)
    return writer.finish([f"def {branch.name}({list_arguments(branch.values)}):", *indent(lines)])


def write_entry(branch: Branch, whole: dict[str, Route]) -> Unit:
    """Write the function that a look-up begins with, from the root's branch on.

    Args:
        branch: At the node behind the first slash.
        whole: The routes without parameters, by path.
    """
    writer = Writer(branch)
    writer.names.update(whole=whole, split_path=split_path)
    return writer.finish([*ENTRY.splitlines(), *indent(writer.write_node(branch.node, [], ""))])


class Writer:
    """Writes the lines of one function; a list of lines is a block that is not indented yet."""

    def __init__(self, branch: Branch) -> None:
        # A new Match without its __init__, which costs as much again before Python 3.13.
        self.names: dict[str, Any] = {"Match": Match, "new": object.__new__, "join_rest": join_rest}
        self._later: list[Later] = []
        self._branch = branch
        self._method = branch.method
        self._count = 0

    def finish(self, lines: list[str]) -> Unit:
        """Return what has been written."""
        way = ascii(self._branch.way or "/")[1:-1]
        whose = {None: "any method", ANY: "other methods"}.get(self._method, self._method)
        title = f"# {whose}: {way}"
        return Unit(self._branch.name, "\n".join([title, *lines, ""]), self.names, self._later)

    def write_node(
        self, node: Node, values: list[str], way: str, *, last: bool = True
    ) -> list[str]:
        """Return the lines for all paths that go on at a node: ``n`` is more than its depth.

        Args:
            node: What may follow.
            values: What the source calls the values that were found so far.
            way: The segments that lead here.
            last: Whether nothing else is left to try when this leads nowhere.
        """
        at = node.depth
        rest = pick(node.rest, self._method)
        ends = self._write_ends(node, values)
        deeper = self._write_deeper(node, values, way, last=last and rest is None)
        lines = [f"p{at} = parts[{at}]"] if ends or deeper else []
        if ends:
            lines += [f"if n == {at + 1}:", *indent(ends)]
        if deeper:
            lines += ["else:" if ends else f"if n > {at + 1}:", *indent(deeper)]
        if rest:
            lines += self._found(rest, [*values, f"join_rest(parts, {at})"])
        return lines

    # -- where the path ends with the segment -------------------------------------------------

    def _write_ends(self, node: Node, values: list[str]) -> list[str]:
        at, method = node.depth, self._method
        routes = {
            text: route
            for text, child in node.items()
            if not child.fixed and (route := pick(child.routes, method))
        }
        lines = self._write_fixed_ends(routes, values, at)
        guarded: list[str] = []
        for segment, child in node.limited:
            if route := pick(child.routes, method):
                found = self._found(route, [*values, *name_values(segment, at)])
                guarded += self._convert(segment, at, found)
        if node.plain is not None and (route := pick(node.plain.routes, method)):
            guarded += self._found(route, [*values, f"p{at}"])
        return [*lines, *guard(guarded, at)]

    def _write_fixed_ends(self, routes: dict[str, Route], values: list[str], at: int) -> list[str]:
        lines: list[str] = []
        if len(routes) <= WIDE:
            for text, route in routes.items():
                lines += [f"if p{at} == {text!r}:", *indent(self._found(route, values))]
            return lines
        table = self._name("ends", routes)
        names = {route.parsed.names for route in routes.values()}
        params = f"dict(zip(route.parsed.names, ({', '.join(values)},)))"
        if len(names) == 1:
            params = write_params(names.pop(), values)
        lines = [f"route = {table}.get(p{at})  # {list_few(routes)}", "if route is not None:"]
        return [*lines, *indent(give("route", params))]

    def _found(self, route: Route, values: list[str]) -> list[str]:
        return give(self._name("route", route), write_params(route.parsed.names, values))

    # -- where it goes on ---------------------------------------------------------------------

    def _write_deeper(self, node: Node, values: list[str], way: str, *, last: bool) -> list[str]:
        at, way = node.depth, f"{way}/"
        fixed = {text: child for text, child in node.items() if self._leads_on(child)}
        limited = [(segment, child) for segment, child in node.limited if self._leads_on(child)]
        plain = [node.plain] if node.plain is not None and self._leads_on(node.plain) else []
        only = len(fixed) + len(limited) + len(plain) == 1
        guarded: list[str] = []
        for segment, child in limited:
            more = [*values, *name_values(segment, at)]
            inner = self._enter(child, more, f"{way}{segment}", only=only, last=False)
            guarded += self._convert(segment, at, inner)
        for child in plain:
            more = [*values, f"p{at}"]
            guarded += self._enter(child, more, f"{way}{child.label}", only=only, last=last)
        last = last and not guarded
        if len(fixed) > WIDE:
            return [*self._write_table(fixed, values, way, at, last=last), *guard(guarded, at)]
        lines: list[str] = []
        for text, child in fixed.items():
            inner = self._enter(child, values, f"{way}{text}", only=only, last=last)
            lines += [f"if p{at} == {text!r}:", *indent(inner)]
        return [*lines, *guard(guarded, at)]

    def _leads_on(self, node: Node) -> bool:
        return self._method in node.below or ANY in node.below

    def _enter(
        self, node: Node, values: list[str], way: str, *, only: bool, last: bool
    ) -> list[str]:
        """Return the lines of a branch, or those that call its function."""
        if (only or node.size <= LARGE) and node.depth - self._branch.node.depth < DEEP:
            return self.write_node(node, values, way, last=last)
        branch = Branch(self._method, node, tuple(values), way)
        name = self._name("go", None)
        self._later.append(Later(self.names, lambda _: branch, [name]))
        return call(name, values, last=last)

    def _write_table(
        self, nodes: dict[str, Node], values: list[str], way: str, at: int, *, last: bool
    ) -> list[str]:
        """Return the lines that look for the function of a name in a table."""

        def get_branch(text: str) -> Branch:
            return Branch(self._method, nodes[text], tuple(values), way + text)

        table: dict[str, Any] = {}
        self._later.append(Later(table, get_branch, nodes, at))
        look_up = f"go = {self._name('ways', table)}.get(p{at})  # {list_few(nodes)}"
        return [look_up, "if go is not None:", *indent(call("go", values, last=last))]

    # -- the parts of both --------------------------------------------------------------------

    def _convert(self, segment: Param | Mixed, at: int, lines: list[str]) -> list[str]:
        """Return the lines that run only with a value of the segment."""
        converter = segment.converter if isinstance(segment, Param) else None
        name = self._name("parse", converter.parse if converter else segment.parse)
        attempt = f"    v{at} = {name}(p{at})  # {ascii(str(segment))[1:-1]}"
        return ["try:", attempt, "except ValueError:", "    pass", "else:", *indent(lines)]

    def _name(self, kind: str, value: Any) -> str:
        """Return a name that means a value."""
        self._count += 1
        name = f"{kind}_{self._count}"
        self.names[name] = value
        return name
