"""groundup_router.phrases: what the lines of generated source say when they run."""

from typing import Any

import pytest

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
from groundup_router.segments import Mixed, Param, Static


def run(lines: list[str], **names: Any) -> Any:
    """Return what lines return as the body of a function, or "fell out"."""
    source = "\n".join(["def function():", *indent([*lines, "return 'fell out'"])])
    exec(source, names)
    return names["function"]()


def test_a_match_is_made_without_its_init() -> None:
    class Match:
        route = params = None

        def __init__(self) -> None:
            raise AssertionError("costs time")

    found = run(give("route_1", "{'a': 1}"), Match=Match, new=object.__new__, route_1="route")

    assert (type(found), found.route, found.params) == (Match, "route", {"a": 1})


@pytest.mark.parametrize(
    ("last", "finds", "result"),
    [
        pytest.param(False, "match", "match", id="found"),
        pytest.param(False, None, "fell out", id="there-is-more-to-try"),
        pytest.param(True, "match", "match", id="found-at-last"),
        pytest.param(True, None, None, id="nothing-at-last"),
    ],
)
def test_a_call_goes_on_where_there_is_more_to_try(last: bool, finds: Any, result: Any) -> None:
    def go(*arguments: int) -> Any:
        assert arguments == (1, 2, 3)
        return finds

    lines = call("go", ["p1", "v2"], last=last)

    assert run(lines, go=go, parts=1, n=2, v2=3) == result


def test_a_guard_keeps_empty_segments_out() -> None:
    lines = guard(["return 'in'"], 1)

    assert run(lines, p1="x") == "in"
    assert run(lines, p1="") == "fell out"
    assert guard([], 1) == []


def test_values_of_a_mixed_segment_are_one_argument() -> None:
    mixed = Mixed((Param("a"), Static("."), Param("b")))

    assert name_values(Param("x"), 3) == ["v3"]
    assert name_values(mixed, 2) == ["v2[0]", "v2[1]"]
    assert list_arguments(["v3", *name_values(mixed, 2)]) == "parts, n, v2, v3"


def test_names_are_quoted() -> None:
    assert write_params(["'", "*"], ["p1", "p2"]) == "{\"'\": p1, '*': p2}"
    assert list_few(["a\nb", "é", "c", "d", "e"]) == "a\\nb, \\xe9, c, d, ..."
