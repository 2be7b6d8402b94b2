"""groundup_router.tree: precedence, backtracking, decoding; random cases are in `test_model`."""

import time
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_router import PathError, Router
from groundup_router.tree import MAX_PATH, split_path

EMPTY: dict[str, Any] = {}


def find(router: Router, path: str, method: str | None = None) -> Any:
    match = router.match(path, method)
    return None if match is None else (match.pattern, match.params)


def make_router(*patterns: str) -> Router:
    router = Router()
    for pattern in patterns:
        router.add(pattern, pattern)
    return router


@pytest.mark.parametrize(
    ("path", "pattern", "params"),
    [
        pytest.param("/users/me", "/users/me", {}, id="static-first"),
        pytest.param("/users/7", "/users/:id<int>", {"id": 7}, id="then-typed"),
        pytest.param("/users/abc", "/users/:slug([a-z]+)", {"slug": "abc"}, id="then-regex"),
        pytest.param("/users/A1", "/users/:name", {"name": "A1"}, id="then-plain"),
        pytest.param("/users/a/b", "/users/*", {"*": "a/b"}, id="then-wildcard"),
        pytest.param("/users/", "/users/*", {"*": ""}, id="wildcard-of-nothing"),
    ],
)
def test_precedence_does_not_depend_on_the_order_of_adding(
    path: str, pattern: str, params: dict[str, Any]
) -> None:
    patterns = ("/users/me", "/users/:id<int>", "/users/:slug([a-z]+)", "/users/:name", "/users/*")

    for order in permutations(patterns):
        assert find(make_router(*order), path) == (pattern, params)


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        pytest.param(
            ("/a/b/c", "/a/:x/d"), "/a/b/d", ("/a/:x/d", {"x": "b"}), id="static-to-plain"
        ),
        pytest.param(
            ("/:n<int>/a", "/:x/b"), "/7/b", ("/:x/b", {"x": "7"}), id="typed-value-is-taken-back"
        ),
        pytest.param(
            ("/:n<int>/:m<int>/a", "/:n<int>/:x/b"),
            "/7/8/b",
            ("/:n<int>/:x/b", {"n": 7, "x": "8"}),
            id="typed-value-is-kept",
        ),
        pytest.param(("/a/b/c", "/*"), "/a/b/d", ("/*", {"*": "a/b/d"}), id="to-the-top"),
        pytest.param(("/a/:x/c", "/a/*"), "/a/b/d", ("/a/*", {"*": "b/d"}), id="to-a-wildcard"),
        pytest.param(("/a/:x/c", "/:y/b"), "/a/b", ("/:y/b", {"y": "a"}), id="shorter"),
        pytest.param(("/a/b", "/:x/:y"), "/a/", None, id="never-empty"),
        pytest.param(("/files/*",), "/files", None, id="wildcard-needs-its-slash"),
        pytest.param(("/a",), "/a/", None, id="strict-slash"),
        pytest.param(("/a/",), "/a", None, id="strict-no-slash"),
        pytest.param(("/a/",), "/a/", ("/a/", EMPTY), id="slash"),
        pytest.param(("/:x",), "//", None, id="two-slashes"),
        pytest.param(("/*",), "//", ("/*", {"*": "/"}), id="wildcard-of-a-slash"),
        pytest.param(("/*",), "*", None, id="options-star"),
        pytest.param(("/*",), "", None, id="empty"),
        pytest.param(("/a",), "a", None, id="no-slash"),
        pytest.param(("/:x", "/*"), "x/a", None, id="no-slash-at-the-start"),
        pytest.param(
            ("/v1/items::batch",), "/v1/items:batch", ("/v1/items::batch", EMPTY), id="::"
        ),
    ],
)
def test_finds_another_way(patterns: tuple[str, ...], path: str, expected: object) -> None:
    for order in permutations(patterns):
        assert find(make_router(*order), path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/caf%C3%A9", ("/café", EMPTY), id="static"),
        pytest.param("/caf%c3%a9", ("/café", EMPTY), id="small-hex"),
        pytest.param("/café", ("/café", EMPTY), id="not-encoded"),
        pytest.param("/u/a%2Fb", ("/u/:x", {"x": "a/b"}), id="slash-in-a-parameter"),
        pytest.param("/u%2Fa", None, id="slash-is-no-border"),
        pytest.param("/f/a%2Fb/c%20d", ("/f/*", {"*": "a%2Fb/c d"}), id="wildcard"),
        pytest.param("/u/%", ("/u/:x", {"x": "%"}), id="lone-percent"),
        pytest.param("/u/%zz", ("/u/:x", {"x": "%zz"}), id="no-hex"),
        pytest.param("/u/%2525", ("/u/:x", {"x": "%25"}), id="decoded-once"),
        pytest.param("/u/a+b", ("/u/:x", {"x": "a+b"}), id="plus-is-plus"),
        pytest.param("/n/%37", ("/n/:n<int>", {"n": 7}), id="typed"),
    ],
)
def test_segments_are_decoded_after_they_are_divided(path: str, expected: object) -> None:
    router = make_router("/café", "/u/:x", "/f/*", "/n/:n<int>")

    assert find(router, path) == expected


@pytest.mark.parametrize("path", ["/u/%FF", "/u/%C3", "/u/%ED%A0%80", "/nowhere/%80"])
def test_bytes_that_are_no_text_are_a_bad_request(path: str) -> None:
    router = make_router("/u/:x")

    for look_up in (router.match, router.allowed_methods):
        with pytest.raises(PathError, match="must be UTF-8") as caught:
            look_up(path)
        assert caught.value.status == 400


def test_a_path_has_a_longest_length() -> None:
    router = make_router("/:x")

    assert router.match("/" + "a" * (MAX_PATH - 1)) is not None
    with pytest.raises(PathError, match="at most 8192 characters, got 8193") as caught:
        router.match("/" + "a" * MAX_PATH)
    assert caught.value.status == 414


@given(st.lists(st.text(max_size=5), min_size=1, max_size=4))
def test_splitting_gives_back_what_was_joined(parts: list[str]) -> None:
    encoded = [part.encode("utf-8", "ignore") for part in parts]
    path = "/" + "/".join("".join(f"%{byte:02X}" for byte in part) for part in encoded)

    assert split_path(path) == ["", *(part.decode() for part in encoded)]


def test_cost_does_not_grow_with_the_number_of_routes() -> None:
    def measure(count: int) -> float:
        router = make_router("/x/:a/y/:b", *(f"/n{at}/:a/m{at}/:b" for at in range(count)))
        best = 1.0
        for _ in range(5):
            start = time.process_time()
            for _ in range(2000):
                router.match("/x/1/y/2")
            best = min(best, time.process_time() - start)
        return best

    assert measure(5000) < 3 * measure(5)  # a list of patterns would take 1000 times as long


def test_many_ways_are_searched_once_each() -> None:
    router = make_router(*("/" + "/".join(way) for way in ways(6)))
    start = time.process_time()

    for _ in range(100):
        assert router.match("/a/a/a/a/a/a/none") is None

    assert time.process_time() - start < 5


def ways(depth: int) -> list[list[str]]:
    """Return all patterns of so many segments that are ``a`` or a parameter."""
    if depth == 0:
        return [[]]
    return [[part, *rest] for rest in ways(depth - 1) for part in ("a", f":p{depth}")]
