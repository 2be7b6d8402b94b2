"""The router: routes go in, the match of a path comes out.

    add ──► parse the pattern ──► refuse conflicts ──► the list of routes
                                                              │ at the next match
    match(path, method) ─────────────────────────────────► Finder ──► Match | None

The list is the truth, and the finder (a tree, and functions written from it) is made when the next
path comes.  Making a new one and putting it in the old one's place is one assignment, so a thread
that is matching meanwhile finishes with the one that it has.
"""

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from groundup_router.converters import CONVERTERS, Converter
from groundup_router.errors import BuildError, PatternError, RouteConflict
from groundup_router.explain import Explanation, draw, explain
from groundup_router.finder import Finder
from groundup_router.match import Match, Route, make_route
from groundup_router.pattern import parse_pattern
from groundup_router.places import find_place
from groundup_router.segments import Key
from groundup_router.tree import ANY
from groundup_router.urls import build_url

__all__ = ["Group", "Router"]

MAX_ROUTES = 100_000
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
POLICIES = ("strict", "redirect", "ignore")


class Router:
    """Maps paths to handlers; a handler is any object.

    >>> router = Router()
    >>> _ = router.add("/users/:id<int>", "show a user", methods=["GET"], name="user")
    >>> match = router.match("/users/42", "GET")
    >>> match["handler"], match["params"]
    ('show a user', {'id': 42})
    >>> router.url_for("user", id=42, tab="posts")
    '/users/42?tab=posts'

    Any number of threads may match at once.  Adding is safe beside them, and costs the next match
    the making of a new tree and of the functions for it: it belongs to the start of a program.

    Args:
        slashes: What ``/users/`` is where only ``/users`` is a route, and the other way round:
            ``strict``: nothing.  ``ignore``: the same.  ``redirect``: nothing to ``match``, but
            `redirect_for` tells where to send the client.
        converters: More of them by name, for ``:id<name>``.
    """

    def __init__(
        self, *, slashes: str = "strict", converters: Mapping[str, Converter] | None = None
    ) -> None:
        if slashes not in POLICIES:
            raise ValueError(f"slashes must be one of {', '.join(POLICIES)}, got {slashes!r}")
        self._slashes = slashes
        self._converters = {**CONVERTERS, **(converters or {})}
        self._routes: list[Route] = []
        self._by_key: dict[tuple[Key, ...], dict[str, Route]] = {}
        self._by_name: dict[str, Route] = {}
        self._finder: Finder | None = None
        self._lock = threading.RLock()

    # -- putting routes in --------------------------------------------------------------------

    def add(
        self,
        pattern: str,
        handler: Any,
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
    ) -> Route:
        """Add a route.

        Args:
            pattern: Such as ``/users/:id``; see `groundup_router.pattern`.
            handler: What ``match`` gives back.
            methods: None means every method.  GET answers HEAD as well.
            name: For ``url_for``.

        Raises:
            PatternError: The pattern cannot be read.
            RouteConflict: Another route answers the same requests, or has the name.
        """
        parsed = parse_pattern(pattern, self._converters)
        route = make_route(parsed, handler, check_methods(methods), name, find_place())
        self._store([route])
        return route

    def _store(self, routes: list[Route]) -> None:
        """Take all of these routes, or none."""
        with self._lock:
            if len(self._routes) + len(routes) > MAX_ROUTES:
                raise RouteConflict(f"a router must have at most {MAX_ROUTES} routes")
            for route in routes:
                self._refuse_conflict(route)
            for route in routes:
                taken = self._by_key.setdefault(route.parsed.key, {})
                taken.update(dict.fromkeys(route.methods or (ANY,), route))
                if route.name is not None:
                    self._by_name[route.name] = route
            self._routes += routes
            self._finder = None

    def _refuse_conflict(self, route: Route) -> None:
        taken = self._by_key.get(route.parsed.key, {})
        methods = taken if route.methods is None else (ANY, *route.methods)
        if other := next((taken[method] for method in methods if method in taken), None):
            raise RouteConflict(f"routes must differ in path or method, got {route} and {other}")
        if route.name in self._by_name:
            other = self._by_name[route.name]
            raise RouteConflict(f"name {route.name!r} must be given once, got {route} and {other}")

    def group(self, prefix: str) -> "Group":
        """Return a face of this router that puts a prefix before every pattern."""
        return Group(self, prefix)

    def mount(self, prefix: str, router: "Router", *, namespace: str = "") -> None:
        """Add all routes that another router has now, below a prefix.

        Their names get the namespace before them: ``"api"`` makes ``user`` into ``api:user``.

        Raises:
            RouteConflict: One of them is here already; none is added.
        """
        theirs = router._converters  # noqa: SLF001 - another router is one of us
        converters = {**self._converters, **theirs}
        if any(theirs.get(name, known) != known for name, known in self._converters.items()):
            raise RouteConflict(f"converters of one name must be the same to mount at {prefix!r}")
        mounted: list[Route] = []
        for route in router.routes():
            parsed = parse_pattern(prefix.rstrip("/") + route.pattern, converters)
            name = f"{namespace}:{route.name}" if namespace and route.name else route.name
            mounted.append(make_route(parsed, route.handler, route.methods, name, route.place))
        self._store(mounted)

    # -- matching -----------------------------------------------------------------------------

    def match(self, path: str, method: str | None = None) -> Match | None:
        """Return the route of a path and its parameters, or None.

        Args:
            path: As it was sent: percent-encoded, without query.
            method: In capitals; None means any.

        Raises:
            PathError: The path is longer than 8192 characters or is not UTF-8; ``status`` says
                how to answer.
        """
        finder = self._finder or self._plant()
        find = finder.by_method.get(method) or finder.by_method[ANY]
        found = find(path)
        if found is None and self._slashes == "ignore":
            return find(toggle_slash(path))
        return found

    def _plant(self) -> Finder:
        with self._lock:
            finder = self._finder = Finder(self._routes)
        return finder

    def allowed_methods(self, path: str) -> tuple[str, ...]:
        """Return the methods that a path has routes for, sorted: for 405, ``Allow``, OPTIONS.

        HEAD comes with GET, and OPTIONS with anything.  Empty when no pattern fits the path.
        """
        tree = (self._finder or self._plant()).tree
        methods: set[str] = set()
        paths = [path, toggle_slash(path)] if self._slashes == "ignore" else [path]
        for spelling in paths:
            for routes, _ in tree.every(spelling):
                methods.update(METHODS if ANY in routes else filter(None, routes))
        return tuple(sorted({*methods, "OPTIONS"})) if methods else ()

    def redirect_for(self, path: str, method: str | None = None) -> str | None:
        """Return where a path without a route should be sent (308), or None.

        That is the path with its last slash taken off or put on, if it has a route and the policy
        is ``redirect``.
        """
        # "//evil.example/" names a host: a redirect to it would leave the site.
        if self._slashes != "redirect" or path.startswith(("//", "/\\")):
            return None
        finder = self._finder or self._plant()
        if finder.find(path, method) is not None:
            return None
        other = toggle_slash(path)
        return other if finder.find(other, method) is not None else None

    # -- the way back, and the view inside ----------------------------------------------------

    def url_for(self, name: str, /, **params: Any) -> str:
        """Return the path of a named route; parameters that it does not have go into the query.

        A value of None is left out of the query, and a list gives one pair for each item.

        Raises:
            BuildError: There is no such name, a parameter is missing, or the path that comes out
                would not match back.
        """
        route = self._by_name.get(name)
        if route is None:
            known = ", ".join(sorted(self._by_name)[:20]) or "none"
            raise BuildError(f"name must be that of a route, got {name!r}: there are {known}")
        return build_url(route, params, (self._finder or self._plant()).find)

    def routes(self) -> list[Route]:
        """Return all routes, in the order in which they were added."""
        with self._lock:
            return list(self._routes)

    def explain(self, path: str, method: str | None = None) -> Explanation:
        """Return the walk of a path through the tree, to read with ``print``."""
        tree = (self._finder or self._plant()).tree
        explanation = explain(tree, path, method)
        if explanation.match is None and not explanation.error and self._slashes == "ignore":
            other = explain(tree, toggle_slash(path), method)
            return other if other.match else explanation
        return explanation

    def show(self) -> str:
        """Return a drawing of the tree."""
        return draw(self.routes())

    def source(self, method: str | None = None) -> str:
        """Return the Python that ``match`` runs for a method: see `groundup_router.source`.

        The names at its top level mean objects: ``route_1`` a `Route`, ``ways_1`` a dictionary.
        """
        return (self._finder or self._plant()).write_source(method)


class Group:
    """A router, seen below a prefix.  It keeps no routes of its own; groups nest.

    >>> router = Router()
    >>> api = router.group("/api/:version")
    >>> api.add("/items", "items").pattern
    '/api/:version/items'
    """

    def __init__(self, router: "Router | Group", prefix: str) -> None:
        self._router = router
        self._prefix = prefix.rstrip("/")

    def add(
        self,
        pattern: str,
        handler: Any,
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
    ) -> Route:
        """Add a route below the prefix; as `Router.add`."""
        return self._router.add(self._prefix + pattern, handler, methods=methods, name=name)

    def group(self, prefix: str) -> "Group":
        """Return a group below this one."""
        return Group(self, prefix)

    def mount(self, prefix: str, router: Router, *, namespace: str = "") -> None:
        """Add all routes of another router below both prefixes; as `Router.mount`."""
        self._router.mount(self._prefix + prefix, router, namespace=namespace)


def check_methods(methods: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return methods in capitals, sorted, each once.

    Raises:
        PatternError: There are none, or one is no token: RFC 9110, section 9.1.
    """
    if methods is None:
        return None
    if isinstance(methods, str):  # a str is an iterable of str, which is hardly ever meant
        methods = [methods]
    names = tuple(sorted({name.upper() for name in methods}))
    if not names:
        raise PatternError("methods must be at least one, got none: use None for every method")
    for name in names:
        if not name or not TOKEN.issuperset(name):
            raise PatternError(f"method must be a token such as 'GET', got {name[:40]!r}")
    return names


def toggle_slash(path: str) -> str:
    """Return a path without its last slash, or with one.

    >>> toggle_slash("/users/"), toggle_slash("/users"), toggle_slash("/")
    ('/users', '/users/', '/')
    """
    if path == "/":
        return path
    return path[:-1] if path.endswith("/") else path + "/"
