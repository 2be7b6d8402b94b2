"""groundup_router.match: what a request gets, and how parameters are picked."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError

import pytest

from groundup_router import Match, Router, parse_pattern
from groundup_router.match import join_rest, read_params


@pytest.fixture
def match() -> Match:
    router = Router()
    router.add("/users/:id", len, methods=["get"], name="user")
    found = router.match("/users/7", "GET")
    assert found is not None
    return found


def test_a_match_answers_as_a_mapping_and_by_attributes(match: Match) -> None:
    assert isinstance(match, Mapping)
    assert dict(match) == {
        "handler": len,
        "params": {"id": "7"},
        "pattern": "/users/:id",
        "name": "user",
    }
    assert (match.handler, match.params, match.pattern, match.name) == tuple(match.values())
    assert len(match) == 4
    assert repr(match) == "<Match /users/:id {'id': '7'}>"


def test_a_match_has_no_other_keys(match: Match) -> None:
    assert "route" not in match
    with pytest.raises(KeyError):
        match["nope"]


def test_a_route_cannot_be_changed(match: Match) -> None:
    with pytest.raises(FrozenInstanceError):
        match.route.pattern = "/x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] - what the test is about


def test_a_route_tells_its_place(match: Match) -> None:
    assert str(match.route).startswith("GET /users/:id (")
    assert "test_match.py:" in match.route.place


@pytest.mark.parametrize("count", range(8))
def test_parameters_are_picked_in_the_order_of_the_pattern(count: int) -> None:
    pattern = parse_pattern("/x" + "".join(f"/:p{at}" for at in range(count)))

    params = read_params(pattern, ["", "x", *map(str, range(count))])

    assert list(params.items()) == [(f"p{at}", str(at)) for at in range(count)]


def test_values_of_a_mixed_segment_take_their_place() -> None:
    pattern = parse_pattern("/:a/:b.:c/:d/*")

    params = read_params(pattern, ["", "1", ("2", "3"), "4", "5", "6"])

    assert list(params.items()) == [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("*", "5/6")]


def test_a_slash_of_a_segment_stays_apart_from_those_between_them() -> None:
    assert read_params(parse_pattern("/*"), ["", "a/b", "c"]) == {"*": "a%2Fb/c"}


@pytest.mark.parametrize(
    ("segments", "rest"),
    [
        pytest.param(["", "a"], "", id="nothing"),
        pytest.param(["", "a", ""], "", id="empty"),
        pytest.param(["", "a", "b"], "b", id="one"),
        pytest.param(["", "a", "b", "", "c"], "b//c", id="empty-between"),
        pytest.param(["", "/", "b"], "b", id="slash-before"),
        pytest.param(["", "a", "/"], "%2F", id="slash-alone"),
        pytest.param(["", "a", "b", "/c/"], "b/%2Fc%2F", id="slashes"),
    ],
)
def test_the_rest_keeps_slashes_apart(segments: list[str], rest: str) -> None:
    assert join_rest(segments, 2) == rest


def test_each_request_has_parameters_of_its_own() -> None:
    router = Router()
    router.add("/a", None)
    first, second = router.match("/a"), router.match("/a")

    assert first is not None
    assert second is not None
    first.params["x"] = "1"
    assert second.params == {}
