"""The phrases of the source that `source` writes: a few lines of Python each.

    found = new(Match)              give       a match, and the way out
    found.route = route_1
    found.params = {'id': p2}
    return found

    if p2:                          guard      a parameter is never empty
        ...

    found = go(parts, n, v2)        call       the function of a branch, which may find nothing
    if found is not None:
        return found

The names: ``p2`` is the text of segment 2, ``v2`` the value that a converter made of it, and
``parts[2]`` that text where another function has looked at it before.
"""

from collections.abc import Iterable

from groundup_router.segments import Mixed, Param

__all__ = [
    "call",
    "give",
    "guard",
    "indent",
    "list_arguments",
    "list_few",
    "name_values",
    "write_params",
]


def give(route: str, params: str) -> list[str]:
    """Return the lines that return a match."""
    return [
        "found = new(Match)",
        f"found.route = {route}",
        f"found.params = {params}",
        "return found",
    ]


def call(name: str, values: Iterable[str], *, last: bool) -> list[str]:
    """Return the lines that return what a function finds, if it finds anything."""
    called = f"{name}({list_arguments(values)})"
    if last:
        return [f"return {called}"]
    return [f"found = {called}", "if found is not None:", "    return found"]


def list_arguments(values: Iterable[str]) -> str:
    """Return what a function takes: the path, and values that are no longer as in the path.

    >>> list_arguments(["p1", "v2", "v3[0]", "v3[1]"])
    'parts, n, v2, v3'
    """
    converted = {value.partition("[")[0] for value in values if value.startswith("v")}
    return ", ".join(["parts", "n", *sorted(converted)])


def guard(lines: list[str], at: int) -> list[str]:
    """Return lines that run only if a segment is not empty: a parameter never is."""
    return [f"if p{at}:", *indent(lines)] if lines else []


def name_values(segment: Param | Mixed, at: int) -> list[str]:
    """Return what the source calls the values of a segment that was converted."""
    if isinstance(segment, Param):
        return [f"v{at}"]
    return [f"v{at}[{number}]" for number in range(len(segment.params))]


def write_params(names: Iterable[str], values: Iterable[str]) -> str:
    """Return a dictionary as it is written.

    >>> write_params(["id", "*"], ["p1", "join_rest(parts, 2)"])
    "{'id': p1, '*': join_rest(parts, 2)}"
    """
    return f"{{{', '.join(f'{n!r}: {v}' for n, v in zip(names, values, strict=True))}}}"


def list_few(names: Iterable[str]) -> str:
    """Return the first names of a table, for a comment."""
    few = [ascii(name)[1:-1] for name, _ in zip(names, range(4), strict=False)]
    return f"{', '.join(few)}, ..."


def indent(lines: Iterable[str]) -> list[str]:
    """Return a block one level deeper."""
    return [f"    {line}" for line in lines]
