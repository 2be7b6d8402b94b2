"""The tests of chapter 3, in the order of the milestones.

A handler may be any object, so here it is a word.  Segments get random names: a router that knows
the paths of the examples by heart does not pass.
"""

from itertools import permutations
from typing import Any

from groundup_course import Trial

Routes = list[tuple[str, str]]


def make_router(part: Any, t: Trial, routes: Routes) -> Any:
    """Return a router with handlers for patterns."""
    router = t.make(part.Router)
    for pattern, handler in routes:
        router.add(pattern, handler)
    return router


def finds(
    t: Trial, router: Any, path: str, handler: str, params: dict[str, str], method: str = ""
) -> None:
    """Check what a path finds."""
    match = router.match(path, method) if method else router.match(path)
    t.same(unpack(match), {"handler": handler, "params": params})


def unpack(match: Any) -> Any:
    """Return what a match answers as a plain dictionary; what is no match comes back as it is."""
    try:
        return {"handler": match["handler"], "params": dict(match["params"])}
    except (TypeError, KeyError, ValueError):
        return match


def finds_nothing(t: Trial, router: Any, path: str, method: str = "") -> None:
    """Check that a path finds no route."""
    match = router.match(path, method) if method else router.match(path)
    t.holds(match is None, "None", match)


def word(t: Trial) -> str:
    """Return a random segment."""
    return "".join(t.rng.choices("abcdefghijklmnopqrstuvwxyz", k=6))


def m1_static(part: Any, t: Trial) -> None:
    """A path finds the handler that was added for it, and there are no parameters."""
    name = word(t)
    router = make_router(part, t, [("/", "home"), (f"/{name}", "list"), (f"/{name}/new", "form")])
    finds(t, router, f"/{name}", "list", {})
    finds(t, router, f"/{name}/new", "form", {})
    finds(t, router, "/", "home", {})


def m1_unknown(part: Any, t: Trial) -> None:
    """A path that nobody added finds None."""
    router = make_router(part, t, [("/users", "list")])
    finds_nothing(t, router, f"/{word(t)}")
    finds_nothing(t, router, "/users/7")


def m1_exact(part: Any, t: Trial) -> None:
    """The whole path must be the same: its case and its last slash count, too.

    source: RFC 3986, section 6.2.2.1
    """
    router = make_router(part, t, [("/users", "list"), ("/teams/", "teams")])
    for path in ("/user", "/users2", "/USERS", "/users/", "/teams"):
        finds_nothing(t, router, path)


def m1_methods(part: Any, t: Trial) -> None:
    """One path may have a handler for each method, and asking without a method finds any of them.

    source: RFC 9110, section 9
    """
    router = t.make(part.Router)
    router.add("/posts", "list", methods=["GET"])
    router.add("/posts", "create", methods=["POST"])
    router.add("/any", "any")
    finds(t, router, "/posts", "list", {}, "GET")
    finds(t, router, "/posts", "create", {}, "POST")
    finds_nothing(t, router, "/posts", "DELETE")
    finds(t, router, "/any", "any", {}, "DELETE")
    t.holds(router.match("/posts") is not None, "a match, whichever", None)


def m2_parameter(part: Any, t: Trial) -> None:
    """`:name` takes the text in its place."""
    router = make_router(part, t, [("/users/:id", "user")])
    for _ in range(2):
        number = str(t.rng.randrange(10**6))
        finds(t, router, f"/users/{number}", "user", {"id": number})


def m2_several(part: Any, t: Trial) -> None:
    """Every `:name` of a pattern is in the parameters."""
    router = make_router(part, t, [("/api/:version/items/:id", "item")])
    version, item = word(t), word(t)
    path = f"/api/{version}/items/{item}"
    finds(t, router, path, "item", {"version": version, "id": item})


def m2_one_segment(part: Any, t: Trial) -> None:
    """`:name` stands for exactly one segment, and never for an empty one.

    source: RFC 3986, section 3.3
    """
    router = make_router(part, t, [("/users/:id", "user")])
    for path in ("/users", "/users/7/posts", "/users/7/", "/users/"):
        finds_nothing(t, router, path)


def m2_decoded(part: Any, t: Trial) -> None:
    """A path is divided first and decoded then, so `%2F` is a slash that divides nothing.

    source: RFC 3986, section 2.4
    """
    routes = [("/users/:name", "user"), ("/users/:name/delete", "delete")]
    router = make_router(part, t, routes)
    finds(t, router, "/users/J%C3%BCrgen", "user", {"name": "Jürgen"})
    finds(t, router, "/users/7%2Fdelete", "user", {"name": "7/delete"})
    finds(t, router, "/users/7/delete", "delete", {"name": "7"})


def m3_rest(part: Any, t: Trial) -> None:
    """`*` takes all that is left of the path, slashes included."""
    router = make_router(part, t, [("/files/*", "file")])
    name = word(t)
    finds(t, router, f"/files/{name}", "file", {"*": name})
    finds(t, router, f"/files/docs/{name}/a.pdf", "file", {"*": f"docs/{name}/a.pdf"})


def m3_with_parameter(part: Any, t: Trial) -> None:
    """A pattern may have both `:name` and `*`."""
    router = make_router(part, t, [("/users/:id/files/*", "file")])
    user = word(t)
    finds(t, router, f"/users/{user}/files/a/b", "file", {"id": user, "*": "a/b"})


def m3_before(part: Any, t: Trial) -> None:
    """What stands before the `*` must fit as before."""
    router = make_router(part, t, [("/files/*", "file")])
    for path in ("/files", "/filesystem/a", f"/{word(t)}/files/a"):
        finds_nothing(t, router, path)


def m3_encoded(part: Any, t: Trial) -> None:
    """The rest is decoded, but an encoded slash in it stays apart from a real one.

    source: RFC 3986, section 2.2
    """
    router = make_router(part, t, [("/files/*", "file")])
    finds(t, router, "/files/a%20b/c", "file", {"*": "a b/c"})
    finds(t, router, "/files/a%2Fb/c", "file", {"*": "a%2Fb/c"})


def m4_precedence(part: Any, t: Trial) -> None:
    """Text beats `:name` and `:name` beats `*`, whatever the order of adding."""
    name = word(t)
    routes = [("/users/:id", "parameter"), (f"/users/{name}", "text"), ("/users/*", "rest")]
    for order in permutations(routes):
        t.lines.clear()
        router = make_router(part, t, list(order))
        finds(t, router, f"/users/{name}", "text", {})
        finds(t, router, "/users/7", "parameter", {"id": "7"})


def m4_from_the_left(part: Any, t: Trial) -> None:
    """The first segment in which two patterns differ decides between them."""
    for order in permutations([("/:section/new", "right"), ("/posts/:id", "left")]):
        t.lines.clear()
        router = make_router(part, t, list(order))
        finds(t, router, "/posts/new", "left", {"id": "new"})


def m4_way_back(part: Any, t: Trial) -> None:
    """A way that leads nowhere is left for the next one."""
    routes = [("/users/me", "me"), ("/users/:id/posts", "posts"), ("/*", "rest")]
    for order in permutations(routes):
        t.lines.clear()
        router = make_router(part, t, list(order))
        finds(t, router, "/users/me/posts", "posts", {"id": "me"})
        finds(t, router, "/users/me/likes", "rest", {"*": "users/me/likes"})


def m4_way_back_by_method(part: Any, t: Trial) -> None:
    """A route that lacks the method leads nowhere."""
    router = t.make(part.Router)
    router.add("/users/me", "me", methods=["GET"])
    router.add("/users/:id", "delete", methods=["DELETE"])
    finds(t, router, "/users/me", "me", {}, "GET")
    finds(t, router, "/users/me", "delete", {"id": "me"}, "DELETE")


def m4_names(part: Any, t: Trial) -> None:
    """The name of a parameter belongs to its route: two routes may call one place differently."""
    router = t.make(part.Router)
    router.add("/posts/:slug", "show", methods=["GET"])
    router.add("/posts/:id", "edit", methods=["PUT"])
    text = word(t)
    finds(t, router, f"/posts/{text}", "show", {"slug": text}, "GET")
    finds(t, router, f"/posts/{text}", "edit", {"id": text}, "PUT")


def m4_head(part: Any, t: Trial) -> None:
    """HEAD finds the route of GET: the server leaves the body out.

    source: RFC 9110, section 9.3.2
    """
    router = t.make(part.Router)
    router.add("/posts", "list", methods=["GET"])
    finds(t, router, "/posts", "list", {}, "HEAD")
