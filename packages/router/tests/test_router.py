"""groundup_router.router: adding, conflicts, methods, slashes, mounting."""

import threading
from typing import Any

import pytest

from groundup_router import Converter, PatternError, RouteConflict, Router
from groundup_router.router import MAX_ROUTES


def test_the_first_example_works() -> None:
    router = Router()
    router.add("/users/:id", "get_user")

    match = router.match("/users/42")

    assert match is not None
    assert match["handler"] == "get_user"
    assert match["params"] == {"id": "42"}


def test_a_router_without_routes_matches_nothing() -> None:
    assert Router().match("/") is None
    assert Router().allowed_methods("/") == ()
    assert Router().routes() == []


# -- methods ----------------------------------------------------------------------------------


@pytest.fixture
def methods() -> Router:
    router = Router()
    router.add("/a", "get", methods=["GET"])
    router.add("/a", "post", methods=["post"])
    router.add("/:x", "delete", methods=["DELETE"])
    router.add("/any", "any")
    return router


@pytest.mark.parametrize(
    ("path", "method", "handler"),
    [
        pytest.param("/a", "GET", "get", id="get"),
        pytest.param("/a", "HEAD", "get", id="head-from-get"),
        pytest.param("/a", "POST", "post", id="lower-case-when-added"),
        pytest.param("/a", None, "get", id="none-is-any"),
        pytest.param("/a", "DELETE", "delete", id="next-pattern"),
        pytest.param("/a", "get", None, id="methods-are-case-sensitive"),
        pytest.param("/any", "BREW", "any", id="every-method"),
        pytest.param("/b", "GET", None, id="none-of-them"),
        pytest.param("/b", "", None, id="empty"),
    ],
)
def test_the_method_chooses(methods: Router, path: str, method: str, handler: str | None) -> None:
    match = methods.match(path, method)

    assert (match and match.handler) == handler


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/a", ("DELETE", "GET", "HEAD", "OPTIONS", "POST")),
        ("/b", ("DELETE", "OPTIONS")),
        ("/any", ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")),
        ("/a/b", ()),
    ],
)
def test_allowed_methods_are_those_of_all_patterns_that_fit(
    methods: Router, path: str, allowed: tuple[str, ...]
) -> None:
    assert methods.allowed_methods(path) == allowed


def test_head_may_have_a_route_of_its_own(methods: Router) -> None:
    methods.add("/a", "head", methods=["HEAD"])

    match = methods.match("/a", "HEAD")

    assert match is not None
    assert match.handler == "head"


def test_a_single_method_may_be_a_string() -> None:
    assert Router().add("/", None, methods="GET").methods == ("GET",)


@pytest.mark.parametrize("wrong", [[], [""], ["GE T"], ["GET,POST"], ["É"], ["GET\n"]])
def test_methods_must_be_tokens(wrong: list[str]) -> None:
    with pytest.raises(PatternError, match="method"):
        Router().add("/", None, methods=wrong)


# -- conflicts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(("/a", None), ("/a", None), id="the-same"),
        pytest.param(("/:a", None), ("/:b", None), id="other-names"),
        pytest.param(("/:a<int>/x", None), ("/:b<int>/x", None), id="typed"),
        pytest.param((r"/:a(\d+)", None), (r"/:b(\d+)", None), id="regex"),
        pytest.param(("/:a.:b", None), ("/:c.:d", None), id="mixed"),
        pytest.param(("/*", None), ("/*rest", None), id="wildcards"),
        pytest.param(("/*", None), ("/:rest<path>", None), id="path-converter"),
        pytest.param(("/a", ["GET", "PUT"]), ("/a", ["PUT", "POST"]), id="one-method"),
        pytest.param(("/a", None), ("/a", ["GET"]), id="every-method-first"),
        pytest.param(("/a", ["GET"]), ("/a", None), id="every-method-last"),
    ],
)
def test_a_conflict_names_both_places(first: tuple[str, Any], second: tuple[str, Any]) -> None:
    router = Router()
    one = router.add(first[0], None, methods=first[1])

    with pytest.raises(RouteConflict) as caught:
        router.add(second[0], None, methods=second[1])

    assert str(one) in str(caught.value)
    assert str(caught.value).count("test_router.py:") == 2
    assert router.routes() == [one]
    assert router.match("/none/of/these/at/all") is None or first[0] == "/*"


def test_a_name_is_given_once() -> None:
    router = Router()
    router.add("/a", None, name="x")

    with pytest.raises(RouteConflict, match="name 'x' must be given once"):
        router.add("/b", None, name="x")

    assert router.match("/b") is None


def test_the_number_of_routes_has_a_limit() -> None:
    router = Router()
    router._routes = [router.add("/a", None)] * MAX_ROUTES

    with pytest.raises(RouteConflict, match="at most 100000 routes"):
        router.add("/b", None)


def test_a_pattern_that_is_refused_leaves_nothing_behind() -> None:
    router = Router()

    with pytest.raises(PatternError):
        router.add("a", None)

    assert router.routes() == []


# -- slashes ----------------------------------------------------------------------------------


def make_router(slashes: str) -> Router:
    router = Router(slashes=slashes)
    for pattern in ("/", "/a", "/b/", "/:x/c", "/files/*"):
        router.add(pattern, pattern, methods=["GET"])
    return router


@pytest.mark.parametrize(
    ("path", "pattern"),
    [("/a/", "/a"), ("/b", "/b/"), ("/x/c/", "/:x/c"), ("/files", "/files/*"), ("/x/c%2F", None)],
)
def test_ignored_slashes_match(path: str, pattern: str | None) -> None:
    match = make_router("ignore").match(path, "GET")

    assert (match and match.pattern) == pattern
    explained = make_router("ignore").explain(path, "GET").match
    assert (explained and explained.pattern) == pattern
    assert make_router("strict").match(path) is None
    assert make_router("redirect").match(path) is None
    assert bool(make_router("ignore").allowed_methods(path)) == (pattern is not None)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        pytest.param("/a/", "/a", id="taken-off"),
        pytest.param("/b", "/b/", id="put-on"),
        pytest.param("/caf%C3%A9/c/", "/caf%C3%A9/c", id="stays-encoded"),
        pytest.param("/a", None, id="matches-already"),
        pytest.param("/", None, id="root"),
        pytest.param("/zzz/", None, id="no-route"),
        pytest.param("//c/", None, id="would-name-a-host"),
        pytest.param("/\\c/c/", None, id="backslash-that-browsers-turn"),
    ],
)
def test_redirects_are_told_apart_from_matches(path: str, target: str | None) -> None:
    assert make_router("redirect").redirect_for(path, "GET") == target
    assert make_router("strict").redirect_for(path, "GET") is None


def test_a_redirect_is_for_the_method_that_has_a_route() -> None:
    assert make_router("redirect").redirect_for("/a/", "POST") is None


def test_slashes_has_three_values() -> None:
    with pytest.raises(ValueError, match="one of strict, redirect, ignore, got 'both'"):
        Router(slashes="both")


# -- groups and mounting ----------------------------------------------------------------------


def test_a_group_puts_its_prefix_before_every_pattern() -> None:
    router = Router()
    api = router.group("/api/")
    users = api.group("/users")
    users.add("", "list", methods=["GET"], name="users")
    users.add("/:id", "one")

    assert [route.pattern for route in router.routes()] == ["/api/users", "/api/users/:id"]
    assert router.url_for("users") == "/api/users"


def test_mounting_copies_the_routes_below_a_prefix() -> None:
    api = Router()
    api.add("/", "index")
    api.add("/users/:id", "user", name="user", methods=["GET"])
    router = Router()
    router.mount("/:lang/api", api, namespace="api")
    router.group("/v2").mount("/api", api)

    match = router.match("/en/api/users/7", "GET")

    assert match is not None
    assert match.params == {"lang": "en", "id": "7"}
    assert match.name == "api:user"
    assert router.url_for("user", id=7) == "/v2/api/users/7"
    assert router.match("/en/api/") is not None
    assert router.match("/en/api/users/7", "POST") is None


def test_mounting_takes_all_routes_or_none() -> None:
    api, router = Router(), Router()
    api.add("/free", None)
    api.add("/taken", None)
    router.add("/api/taken", None)

    with pytest.raises(RouteConflict, match="/api/taken"):
        router.mount("/api", api)

    assert router.match("/api/free") is None


def test_names_of_parameters_must_differ_below_a_prefix_too() -> None:
    api = Router()
    api.add("/:id", None)

    with pytest.raises(PatternError, match="got 'id' twice"):
        Router().mount("/:id", api)


def test_a_mounted_router_brings_its_converters() -> None:
    api = Router(converters={"hex": Converter(lambda text: int(text, 16))})
    api.add("/:n<hex>", "hex")
    router = Router()
    router.mount("/api", api)

    match = router.match("/api/ff")

    assert match is not None
    assert match.params == {"n": 255}
    with pytest.raises(RouteConflict, match="converters of one name"):
        Router(converters={"hex": Converter(str)}).mount("/api", api)


# -- while it runs ----------------------------------------------------------------------------


def test_a_route_added_later_is_found() -> None:
    router = Router()
    router.add("/:x", "plain")
    assert router.match("/a") is not None

    router.add("/a", "static")

    match = router.match("/a")
    assert match is not None
    assert match.handler == "static"


def test_matching_goes_on_while_routes_are_added() -> None:
    router = Router()
    router.add("/fixed/:x", "fixed")
    failures: list[object] = []
    done = threading.Event()

    def look_up() -> None:
        while not done.is_set():
            match = router.match("/fixed/1")
            if match is None or match.params != {"x": "1"}:
                failures.append(match)

    threads = [threading.Thread(target=look_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(200):
        router.add(f"/more/{number}", number)
        assert router.match(f"/more/{number}") is not None
    done.set()
    for thread in threads:
        thread.join()

    assert failures == []
