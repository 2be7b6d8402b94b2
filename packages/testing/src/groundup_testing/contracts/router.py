"""Slot ``router``: ``add(pattern, handler, methods=, name=)`` and ``match(path, method=None)``.

A match is a mapping with ``handler`` and ``params``; no match is None.  ``allowed_methods`` and
``url_for`` are checked where they are there.
"""

from typing import Any

from groundup_testing.contracts.contract import Contract, Make, equal, holds

__all__ = ["check_router"]

check_router = Contract("router")


def find(router: Any, path: str, method: str | None = None) -> tuple[Any, dict[str, Any]] | None:
    """Return handler and parameters."""
    match = router.match(path, method)
    return None if match is None else (match["handler"], dict(match["params"]))


def make_router(make: Make, *patterns: str) -> Any:
    """Return a router in which each pattern is its own handler."""
    router = make()
    for pattern in patterns:
        router.add(pattern, pattern)
    return router


@check_router.add
def a_static_path_finds_its_handler(make: Make) -> None:
    """A path without parameters is found, with no parameters."""
    router = make_router(make, "/", "/users", "/users/new")
    for path in ("/", "/users", "/users/new"):
        equal(find(router, path), (path, {}), f"match of {path}")


@check_router.add
def an_unknown_path_is_none(make: Make) -> None:
    """Whatever is not registered is None, also what only begins alike."""
    router = make_router(make, "/users")
    for path in ("/", "/user", "/users2", "/users/1", "/USERS"):
        equal(find(router, path), None, f"match of {path}")


@check_router.add
def a_parameter_takes_one_segment(make: Make) -> None:
    """``:id`` stands for one segment, never for none and never for two."""
    router = make_router(make, "/users/:id")
    equal(find(router, "/users/42"), ("/users/:id", {"id": "42"}), "match of /users/42")
    for path in ("/users", "/users/", "/users/1/2"):
        equal(find(router, path), None, f"match of {path}")


@check_router.add
def several_parameters_have_their_names(make: Make) -> None:
    """Every parameter of a pattern is in ``params``."""
    router = make_router(make, "/api/:version/items/:id")
    found = find(router, "/api/v1/items/7")
    equal(found, ("/api/:version/items/:id", {"version": "v1", "id": "7"}), "match")


@check_router.add
def a_wildcard_takes_the_rest(make: Make) -> None:
    """``*`` stands for all segments that follow."""
    router = make_router(make, "/files/*")
    equal(find(router, "/files/docs/a.pdf"), ("/files/*", {"*": "docs/a.pdf"}), "match")


@check_router.add
def static_goes_before_parameter_in_any_order(make: Make) -> None:
    """``/users/new`` is not the user "new", whichever was registered first."""
    for patterns in (("/users/new", "/users/:id"), ("/users/:id", "/users/new")):
        router = make_router(make, *patterns)
        equal(find(router, "/users/new"), ("/users/new", {}), "match of /users/new")
        equal(find(router, "/users/7"), ("/users/:id", {"id": "7"}), "match of /users/7")


@check_router.add
def parameter_goes_before_wildcard(make: Make) -> None:
    """The more exact pattern wins."""
    router = make_router(make, "/*", "/:name")
    equal(find(router, "/about"), ("/:name", {"name": "about"}), "match of /about")
    equal(find(router, "/a/b"), ("/*", {"*": "a/b"}), "match of /a/b")


@check_router.add
def a_static_segment_that_leads_nowhere_is_given_up(make: Make) -> None:
    """The path may go on below a parameter only, and two steps later."""
    router = make_router(make, "/users/new", "/users/:id/edit", "/:kind/new/:n/log")
    equal(find(router, "/users/new/edit"), ("/users/:id/edit", {"id": "new"}), "match of an edit")
    found = find(router, "/users/new/7/log")
    equal(found, ("/:kind/new/:n/log", {"kind": "users", "n": "7"}), "match of a log")


@check_router.add
def methods_tell_handlers_apart(make: Make) -> None:
    """One path may have a handler for each method; None asks for any."""
    router = make()
    router.add("/posts", "list", methods=["GET"])
    router.add("/posts", "create", methods=["POST"])
    equal(find(router, "/posts", "GET"), ("list", {}), "GET")
    equal(find(router, "/posts", "POST"), ("create", {}), "POST")
    equal(find(router, "/posts", "DELETE"), None, "DELETE")
    holds(find(router, "/posts"), "a path must be found when any method will do")


@check_router.add
def a_handler_for_all_methods_is_found_by_each(make: Make) -> None:
    """Without ``methods`` a handler answers every one."""
    router = make_router(make, "/any")
    equal(find(router, "/any", "PUT"), ("/any", {}), "PUT")


@check_router.add
def handlers_may_be_anything(make: Make) -> None:
    """What was registered comes back as it is, called by nobody."""

    def handler() -> None:
        raise AssertionError("a router must not call handlers")

    router = make()
    router.add("/x", handler)
    equal(router.match("/x")["handler"], handler, "handler")


@check_router.add
def allowed_methods_when_it_has_them(make: Make) -> None:
    """A router that can say which methods a path has, names those and no others."""
    router = make()
    if hasattr(router, "allowed_methods"):
        router.add("/posts", "list", methods=["GET"])
        router.add("/posts", "create", methods=["POST"])
        allowed = set(router.allowed_methods("/posts"))
        equal(allowed - {"HEAD", "OPTIONS"}, {"GET", "POST"}, "allowed methods")
        equal(set(router.allowed_methods("/other")), set(), "allowed methods of nothing")


@check_router.add
def url_for_when_it_has_it(make: Make) -> None:
    """A router that can go back from a name, comes out where a request would come in."""
    router = make()
    if hasattr(router, "url_for"):
        router.add("/users/:id", "user", name="user")
        path = router.url_for("user", id="4 2")
        holds(find(router, path), f"what url_for gives must be found, got {path!r}")
