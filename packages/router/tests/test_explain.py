"""groundup_router.explain: what is shown is what happens."""

import pytest

from groundup_router import Router


@pytest.fixture
def router() -> Router:
    router = Router()
    router.add("/", "home")
    router.add("/users/me", "me", methods=["GET"])
    router.add("/users/:id<int>", "user", methods=["GET", "DELETE"])
    router.add("/files/*", "file")
    return router


def test_a_walk_shows_each_branch_and_why_it_failed(router: Router) -> None:
    lines = str(router.explain("/users/42", "DELETE")).splitlines()

    assert lines[0] == "DELETE /users/42"
    assert [line.split() for line in lines[1:4]] == [
        ["users", "fits"],
        ["me", "none", "is", "'42'"],
        [":id<int>", "fits"],
    ]
    assert lines[4].startswith("route: DELETE,GET /users/:id<int> (")
    assert "test_explain.py:" in lines[4]
    assert lines[5] == "  id = 42"


@pytest.mark.parametrize(
    ("path", "method", "text"),
    [
        pytest.param("/users/4x", None, ":id<int>: '4x' must be 1 to 18 digits", id="converter"),
        pytest.param("/users/me/", None, "/users/me (/users/me)", id="slash"),
        pytest.param("/user/me", "GET", "/users/me (/users/me)", id="name"),
        pytest.param("/users/mee", "GET", "/users/me (/users/me)", id="last-name"),
        pytest.param("/users/me", "PUT", "/users/me has GET, HEAD, but not PUT", id="method"),
    ],
)
def test_a_miss_shows_what_is_near(
    router: Router, path: str, method: str | None, text: str
) -> None:
    explanation = router.explain(path, method)

    assert explanation.match is None
    assert text in explanation.near
    assert f"no route\n  near: {explanation.near[0]}" in str(explanation)


def test_a_pattern_that_lacks_the_method_is_passed_by(router: Router) -> None:
    router.add("/users/:name", "any", methods=["PUT"])

    text = str(router.explain("/users/me", "PUT"))

    assert "has GET, HEAD but not PUT" in text
    assert "route: PUT /users/:name" in text


def test_a_path_that_goes_on_where_no_route_ends(router: Router) -> None:
    assert "no route ends here" in str(router.explain("/users"))


def test_a_path_that_cannot_be_read_says_why(router: Router) -> None:
    explanation = router.explain("/%FF")

    assert explanation.match is None
    assert (
        str(explanation)
        == "any method /%FF\nerror: path must be UTF-8, percent-encoded, got '/%FF'"
    )


def test_many_names_are_cut_to_the_nearest() -> None:
    router = Router()
    for number in range(100):
        router.add(f"/name{number}", None)

    text = str(router.explain("/name1x"))

    assert "name1, " in text
    assert "and 94 more" in text


def test_a_drawing_shows_branches_in_the_order_of_trying(router: Router) -> None:
    router.add("/files/", len)

    lines = router.show().splitlines()

    assert [line[:28].rstrip() for line in lines] == [
        "/",
        "├─ files",
        "│  ├─ (slash at the end)",
        "│  └─ *",
        "└─ users",
        "   ├─ me",
        "   └─ :id<int>",
    ]
    assert lines[0].endswith("any 'home'")
    assert lines[2].endswith("any len")
    assert lines[6].endswith("DELETE,GET 'user'")
