"""Measure a look-up in microseconds: ours, and the routers of other frameworks that are installed.

    python tests/benchmarks/components/router.py            the table of GitHub's API
    python tests/benchmarks/components/router.py --scale    ours with 20 to 20,000 routes
    python tests/benchmarks/components/router.py --quick    only show that it works

Every router has the same routes in the same order, and must find the same parameters before its
time counts.  Rounds are short and interleaved, and the best one counts: whatever else the machine
does can only make a round slower.  The paths are the same objects in each round, so their hashes
are known; a server's are new, which costs all routers some 20 nanoseconds more.
"""

import argparse
import importlib
import importlib.util
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from groundup_router import Router

TABLE = Path(__file__).parents[3] / "packages" / "router" / "tests" / "github.txt"
METHODS = {"G": "GET", "P": "POST", "U": "PUT", "A": "PATCH", "D": "DELETE"}

Find = Callable[[str], dict[str, Any] | None]
Routes = list[tuple[str, list[str]]]
Timed = Callable[[str], object]

# What each path must give: None is a miss.
CASES: dict[str, tuple[str, dict[str, str] | None]] = {
    "static": ("/user/repos", {}),
    "one parameter": ("/gists/7", {"id": "7"}),
    "two": ("/repos/ann/site/stargazers", {"owner": "ann", "repo": "site"}),
    "three": (
        "/repos/ann/site/issues/7/comments",
        {"owner": "ann", "repo": "site", "number": "7"},
    ),
    "four": (
        "/legacy/issues/search/ann/site/open/word",
        {"owner": "ann", "repository": "site", "state": "open", "keyword": "word"},
    ),
    "wildcard": (
        "/repos/ann/site/contents/docs/a/b.txt",
        {"owner": "ann", "repo": "site", "path": "docs/a/b.txt"},
    ),
    "way back": ("/gists/public/star", {"id": "public"}),
    "last route": ("/user/keys/7", {"id": "7"}),
    "miss": ("/nowhere/at/all", None),
    "late miss": ("/repos/ann/site/readme/x/y", None),
}


def read_table() -> Routes:
    """Return the patterns of the table and their methods."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    pairs = [line.split() for line in lines if not line.startswith("#")]
    return [(pattern, [METHODS[letter] for letter in letters]) for letters, pattern in pairs]


def rewrite(pattern: str, one: str, rest: str) -> str:
    """Return a pattern in another router's language."""
    return re.sub(
        r"[:*](\w+)", lambda found: found.expand(one if found[0][0] == ":" else rest), pattern
    )


def load(name: str) -> Any:
    """Return a module that may not be installed, so that no type checker can know it."""
    return importlib.import_module(name)


# -- the contenders: each gives what is timed, and how to read the parameters from its result ---


def groundup(routes: Routes) -> tuple[Timed, Find]:
    """Return ours."""
    router = Router()
    for pattern, methods in routes:
        router.add(pattern, pattern, methods=methods)

    def find(path: str) -> dict[str, Any] | None:
        match = router.match(path, "GET")
        return None if match is None else match.params

    return lambda path: router.match(path, "GET"), find


def falcon(routes: Routes) -> tuple[Timed, Find]:
    """Return Falcon's, which compiles as well, and with Cython where its wheels do."""
    router = load("falcon.routing").CompiledRouter()
    for pattern, methods in routes:

        def respond(*_: Any, **__: Any) -> None:
            """Answer nothing."""

        members = {f"on_{method.lower()}": respond for method in methods}
        resource = type("Resource", (), members)()
        router.add_route(rewrite(pattern, r"{\1}", r"{\1:path}"), resource)

    def find(path: str) -> dict[str, Any] | None:
        found = router.find(path)
        params: dict[str, Any] | None = found and found[2]
        return params

    return router.find, find


def starlette(routes: Routes) -> tuple[Timed, Find]:
    """Return Starlette's, which asks one route after the other."""
    routing = load("starlette.routing")

    async def respond(_: Any) -> None:
        """Answer nothing."""

    table = [
        routing.Route(rewrite(pattern, r"{\1}", r"{\1:path}"), respond, methods=methods)
        for pattern, methods in routes
    ]

    def find(path: str) -> dict[str, Any] | None:
        scope = {"type": "http", "path": path, "method": "GET"}
        for route in table:
            match, child = route.matches(scope)
            if match == routing.Match.FULL:
                params: dict[str, Any] = child["path_params"]
                return params
        return None

    return find, find


def werkzeug(routes: Routes) -> tuple[Timed, Find]:
    """Return Werkzeug's, which is Flask's."""
    routing, missing = load("werkzeug.routing"), load("werkzeug.exceptions").NotFound
    rules = [
        routing.Rule(rewrite(pattern, r"<\1>", r"<path:\1>"), endpoint=pattern, methods=methods)
        for pattern, methods in routes
    ]
    adapter = routing.Map(rules).bind("localhost")

    def find(path: str) -> dict[str, Any] | None:
        try:
            params: dict[str, Any] = adapter.match(path, "GET")[1]
        except missing:
            return None
        return params

    return find, find


def bottle(routes: Routes) -> tuple[Timed, Find]:
    """Return Bottle's."""
    module = load("bottle")
    router = module.Router()
    for pattern, methods in routes:
        for method in methods:
            router.add(rewrite(pattern, r"<\1>", r"<\1:path>"), method, pattern)

    def find(path: str) -> dict[str, Any] | None:
        try:
            _, params = router.match({"PATH_INFO": path, "REQUEST_METHOD": "GET"})
        except module.HTTPError:
            return None
        return dict(params)

    return find, find


def django(routes: Routes) -> tuple[Timed, Find]:
    """Return Django's, which leaves methods to its views."""
    load("django.conf").settings.configure()
    urls, resolvers = load("django.urls"), load("django.urls.resolvers")

    def respond(_: Any) -> None:
        """Answer nothing."""

    table = [
        urls.path(rewrite(pattern, r"<\1>", r"<path:\1>").removeprefix("/"), respond)
        for pattern, _ in routes
    ]
    resolver = resolvers.URLResolver(resolvers.RegexPattern(r"^/"), table)

    def find(path: str) -> dict[str, Any] | None:
        try:
            params: dict[str, Any] = resolver.resolve(path).kwargs
        except resolvers.Resolver404:
            return None
        return params

    return find, find


CONTENDERS = {
    contender.__name__: contender
    for contender in (groundup, falcon, starlette, werkzeug, bottle, django)
}


def measure(finds: list[Timed], path: str, *, rounds: int) -> list[float]:
    """Return the microseconds of one look-up, for each router."""
    best = [float("inf")] * len(finds)
    count = max(rounds // 4, 1)
    for _ in range(rounds):
        for at, find in enumerate(finds):
            start = time.perf_counter()
            for _ in range(count):
                find(path)
            best[at] = min(best[at], (time.perf_counter() - start) / count * 1e6)
    return best


def compare(rounds: int) -> None:
    """Print a table of all routers that are installed."""
    routes = read_table()
    made = {
        name: contender(routes)
        for name, contender in CONTENDERS.items()
        if contender is groundup or importlib.util.find_spec(name)
    }
    print(f"{'µs a look-up':<16}" + "".join(f"{name:>11}" for name in made))
    for case, (path, expected) in CASES.items():
        right = [name for name, (_, find) in made.items() if find(path) == expected]
        times = dict(
            zip(right, measure([made[name][0] for name in right], path, rounds=rounds), strict=True)
        )
        cells = [f"{times[name]:11.2f}" if name in times else f"{'other':>11}" for name in made]
        print(f"{case:<16}" + "".join(cells))


def scale(rounds: int) -> None:
    """Print what the number of routes costs: to add them, to begin, and to look one up."""
    print(f"{'routes':>8}{'add, ms':>10}{'first, ms':>11}{'look-up, µs':>13}")
    for size in (20, 200, 2000, 20_000):
        router, start = Router(), time.perf_counter()
        for at in range(size):
            router.add(f"/n{at}/:a/m{at}/:b", at, methods=["GET"])
        added, path = time.perf_counter(), f"/n{size // 2}/1/m{size // 2}/2"
        router.match(path, "GET")
        begun = time.perf_counter()
        (best,) = measure([partial(router.match, method="GET")], path, rounds=rounds)
        print(f"{size:8}{(added - start) * 1e3:10.1f}{(begun - added) * 1e3:11.1f}{best:13.2f}")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scale", action="store_true", help="ours with 20 to 20,000 routes")
    parser.add_argument("--quick", action="store_true", help="only show that it works")
    options = parser.parse_args()
    run = scale if options.scale else compare
    run(rounds=4 if options.quick else 400)
    return 0


if __name__ == "__main__":
    sys.exit(main())
