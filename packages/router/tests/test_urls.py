"""groundup_router.urls: a path that is built leads back to its route, or is not built."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_router import BuildError, Router


@pytest.fixture
def router() -> Router:
    router = Router()
    for name, pattern in {
        "home": "/",
        "me": "/users/me",
        "user": "/users/:id",
        "post": "/posts/:id<int>",
        "day": "/log/:day<date>",
        "image": "/img/:name.:ext",
        "files": "/files/*",
        "docs": "/docs/*page",
        "menu": "/café menu/",
        "batch": "/items::batch",
        "top": "/*",
    }.items():
        router.add(pattern, name, name=name, methods=["GET"])
    return router


@pytest.mark.parametrize(
    ("name", "params", "path"),
    [
        pytest.param("home", {}, "/", id="static"),
        pytest.param("user", {"id": 7}, "/users/7", id="number"),
        pytest.param("user", {"id": "a/b c?d#e%"}, "/users/a%2Fb%20c%3Fd%23e%25", id="encoded"),
        pytest.param("user", {"id": "é"}, "/users/%C3%A9", id="utf-8"),
        pytest.param("post", {"id": "7"}, "/posts/7", id="typed"),
        pytest.param("day", {"day": date(2024, 1, 5)}, "/log/2024-01-05", id="date"),
        pytest.param("image", {"name": "a.b", "ext": "png"}, "/img/a.b.png", id="mixed"),
        pytest.param("files", {"*": "a/b c"}, "/files/a/b%20c", id="wildcard"),
        pytest.param("files", {"*": "a%2Fb"}, "/files/a%2Fb", id="slash-in-a-wildcard"),
        pytest.param("docs", {"page": ""}, "/docs/", id="empty-rest"),
        pytest.param("menu", {}, "/caf%C3%A9%20menu/", id="static-encoded"),
        pytest.param("batch", {}, "/items:batch", id="colon"),
        pytest.param("user", {"id": 7, "tab": "a b", "x": None}, "/users/7?tab=a+b", id="query"),
        pytest.param("home", {"tag": ["a", "b"], "name": "c"}, "/?tag=a&tag=b&name=c", id="list"),
    ],
)
def test_builds(router: Router, name: str, params: dict[str, Any], path: str) -> None:
    assert router.url_for(name, **params) == path


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        pytest.param("nope", {}, "got 'nope': there are batch, day", id="no-such-name"),
        pytest.param("user", {}, "parameter 'id' must be given for '/users/:id'", id="missing"),
        pytest.param("user", {"id": "me"}, "leads to '/users/me'", id="another-route"),
        pytest.param("user", {"id": ""}, "leads to '/\\*'", id="empty"),
        pytest.param("user", {"id": ".."}, "which clients remove", id="dots"),
        pytest.param("files", {"*": "../x"}, "which clients remove", id="dots-in-a-wildcard"),
        pytest.param("post", {"id": "x"}, "leads to", id="converter-says-no"),
        pytest.param("day", {"day": "soon"}, "leads to", id="no-date"),
        pytest.param("image", {"name": "a", "ext": "b.c"}, "come back as they are", id="divided"),
        pytest.param("top", {"*": "/evil.example/"}, "names a host", id="host"),
        pytest.param("user", {"id": "a" * 9000}, "at most 8192", id="long"),
    ],
)
def test_refuses(router: Router, name: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(BuildError, match=message):
        router.url_for(name, **params)


def test_a_converter_that_has_no_text_for_a_value_is_named() -> None:
    from groundup_router import Converter

    router = Router(converters={"month": Converter(["jan"].index, ["jan"].__getitem__)})
    router.add("/:m<month>", None, name="month")

    assert router.url_for("month", m=0) == "/jan"
    with pytest.raises(BuildError, match="value of :m<month> must have a text, got 5"):
        router.url_for("month", m=5)


def test_a_parameter_may_be_called_name() -> None:
    router = Router()
    router.add("/:name", None, name="x")

    assert router.url_for("x", name="y") == "/y"


@given(st.text(max_size=12), st.text(max_size=12))
def test_what_is_built_leads_back(one: str, rest: str) -> None:
    router = Router()
    route = router.add("/x/:one/*rest", None, name="x")
    try:
        path = router.url_for("x", one=one, rest=rest)
    except (BuildError, UnicodeEncodeError):
        return
    match = router.match(path)

    assert match is not None
    assert match.route is route
    assert match.params == {"one": one, "rest": rest}
