"""groundup_router.source: what is written, and what never gets into it."""

import ast
from typing import Any

import pytest

from groundup_router import Converter, Router
from groundup_router.source import DEEP, LARGE, WIDE


def make_router(*patterns: str, **options: Any) -> Router:
    router = Router(**options)
    for pattern in patterns:
        router.add(pattern, pattern)
    return router


def names_of(source: str) -> list[str]:
    """Return the names of the functions in a source."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def find(router: Router, path: str, method: str | None = None) -> Any:
    match = router.match(path, method)
    return None if match is None else (match.pattern, match.params)


def test_routes_of_other_methods_are_not_in_it() -> None:
    router = Router()
    router.add("/gets/:x", "get", methods=["GET"])
    router.add("/posts/:x", "post", methods=["POST"])
    router.add("/all/:x", "any")

    for method, there in (("GET", "gets"), ("HEAD", "gets"), ("POST", "posts"), ("BREW", "all")):
        quoted = {text for text in ("gets", "posts", "all") if repr(text) in router.source(method)}
        assert quoted == {there, "all"}
    assert router.source("GET").startswith("# GET: /\n")
    assert router.source("BREW").startswith("# other methods: /\n")
    assert router.source().startswith("# any method: /\n")


def test_paths_without_parameters_are_not_in_it() -> None:
    source = make_router("/fixed", "/fixed/a", "/:x", "/:x/b").source()

    assert "'fixed'" not in source
    assert "'a'" not in source
    assert "'b'" in source


def test_an_empty_router_has_a_source_too() -> None:
    assert names_of(Router().source()) == ["find"]


@pytest.mark.parametrize("count", [WIDE, WIDE + 1])
def test_many_names_become_a_table(count: int) -> None:
    ends = make_router(*(f"/:x/n{at}" for at in range(count)))
    ways = make_router(*(f"/n{at}/:x" for at in range(count)))

    assert ("ends_1.get(p2)" in ends.source()) == (count > WIDE)
    assert ("ways_1.get(p1)" in ways.source()) == (count > WIDE)
    assert len(names_of(ways.source())) == (1 + count if count > WIDE else 1)
    for at in range(count):
        assert find(ends, f"/v/n{at}") == (f"/:x/n{at}", {"x": "v"})
        assert find(ways, f"/n{at}/v") == (f"/n{at}/:x", {"x": "v"})
    assert find(ends, "/v/none") is find(ways, "/none/v") is None


@pytest.mark.parametrize("other", ["/*", "/:a/*", "/:a/:b/:c"])
def test_a_branch_that_leads_nowhere_is_left_for_what_comes_after_it(other: str) -> None:
    router = make_router(*(f"/n{at}/:x/y" for at in range(WIDE + 1)), other)

    assert find(router, "/n1/v/y") == ("/n1/:x/y", {"x": "v"})
    assert find(router, "/n1/v/none")[0] == other


def test_routes_of_one_table_may_name_their_parameters_apart() -> None:
    router = make_router(*(f"/:x{at}/n{at}" for at in range(WIDE + 1)))

    for at in range(WIDE + 1):
        assert find(router, f"/v/n{at}") == (f"/:x{at}/n{at}", {f"x{at}": "v"})


@pytest.mark.parametrize("count", [LARGE, LARGE + 1])
def test_a_large_branch_is_a_function_if_it_is_not_the_only_way(count: int) -> None:
    branch = [f"/a/:x/n{at}" for at in range(count)]
    alone, beside = make_router(*branch), make_router(*branch, "/b/:x/c")

    assert names_of(alone.source()) == ["find"]
    assert names_of(beside.source()) == ["find", *(["below_a"] if count > LARGE else [])]
    assert find(beside, "/a/v/n7") == ("/a/:x/n7", {"x": "v"})
    assert find(beside, "/b/v/c") == ("/b/:x/c", {"x": "v"})


def test_the_longest_patterns_are_divided() -> None:
    fronts = ["/".join(f"s{at}" for at in range(size)) for size in range(1, 63)]
    router = make_router(*(f"/{front}/:x" for front in fronts))

    assert len(names_of(router.source())) == -(-len(fronts) // DEEP)
    for front in fronts:
        assert find(router, f"/{front}/v") == (f"/{front}/:x", {"x": "v"})


def test_converters_may_follow_each_other_to_the_end() -> None:
    router = make_router("/:x0" + "".join(f"/:x{at}<int>" for at in range(1, 63)), "/:a/*")

    path = "".join(f"/{at}" for at in range(63))
    _, params = find(router, path)
    assert params == {"x0": "0", **{f"x{at}": at for at in range(1, 63)}}
    assert find(router, path + "/")[0] == find(router, path[:-1] + "x")[0] == "/:a/*"


def test_converted_values_go_into_the_functions_below() -> None:
    patterns = [f"/:n<int>/:a.:b/n{at}/:x" for at in range(WIDE + 1)]
    router = make_router(*patterns, "/:n<int>/:a.:b/:y/:x", "/:z/*")

    assert "def below_n_int_a_b_n0(parts, n, v1, v2):" in router.source()
    assert find(router, "/7/p.q/n3/v") == (patterns[3], {"n": 7, "a": "p", "b": "q", "x": "v"})
    assert find(router, "/7/p.q/n9/v") == (
        "/:n<int>/:a.:b/:y/:x",
        {"n": 7, "a": "p", "b": "q", "y": "n9", "x": "v"},
    )
    assert find(router, "/7/p.q/n3/v/w") == ("/:z/*", {"z": "7", "*": "p.q/n3/v/w"})


@pytest.mark.parametrize(
    "text",
    ["'", '"', "''' or 1", "a'] or b", "é", "\u2028", "\ud800", "x' or p1"],
)
def test_texts_of_patterns_are_quoted(text: str) -> None:
    router = make_router(f"/{text}/:x", f"/:y/{text}", *(f"/{text}{at}/:x" for at in range(9)))

    assert find(router, f"/{text}/v") == (f"/{text}/:x", {"x": "v"})
    assert find(router, f"/v/{text}") == (f"/:y/{text}", {"y": "v"})
    ast.parse(router.source().encode("ascii", "backslashreplace"))


def test_line_breaks_of_an_expression_stay_in_their_comment() -> None:
    pattern = "/:x((?x)a #\nraise_here\n)/y"
    router = make_router(pattern)

    assert find(router, "/araise_here/y") == (pattern, {"x": "araise_here"})


def test_a_value_may_be_false() -> None:
    router = make_router("/:n<zero>/x", converters={"zero": Converter(lambda _: None)})

    assert find(router, "/0/x") == ("/:n<zero>/x", {"n": None})
