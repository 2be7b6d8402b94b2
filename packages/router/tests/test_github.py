"""A large table of the real world: the routes of GitHub's API, version 3."""

import random
import re
from pathlib import Path

import pytest

from groundup_router import Router

NAMES = {"G": "GET", "P": "POST", "U": "PUT", "A": "PATCH", "D": "DELETE"}
ROUTES = [
    (NAMES[letter], pattern)
    for line in Path(__file__).with_name("github.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for letters, pattern in [line.split()]
    for letter in letters
]


@pytest.mark.parametrize("seed", range(3))
def test_every_route_is_found_by_its_own_path_whatever_the_order(seed: int) -> None:
    shuffled = random.Random(seed).sample(ROUTES, len(ROUTES))
    router = Router()
    for method, pattern in shuffled:
        router.add(pattern, (method, pattern), methods=[method])

    for method, pattern in ROUTES:
        path = re.sub(r"[:*](\w+)", r"value-of-\1", pattern)
        match = router.match(path, method)
        assert match is not None, (method, pattern)
        assert match.handler == (method, pattern)
        assert match.params == {name: f"value-of-{name}" for name in match.route.parsed.names}


def test_the_table_has_no_conflicts_and_every_route_leads_back_by_name() -> None:
    router = Router()
    for method, pattern in ROUTES:  # a conflict would be refused here
        router.add(pattern, (method, pattern), methods=[method], name=f"{method} {pattern}")
    assert len(router.routes()) == len(ROUTES) > 200

    for method, pattern in ROUTES:
        values = {name: f"a/{name}" for name in re.findall(r"[:*](\w+)", pattern)}
        path = router.url_for(f"{method} {pattern}", **values)
        match = router.match(path, method)
        assert match is not None
        assert match.handler == (method, pattern)
        assert match.params == values


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/gists/public", "/gists/public"),
        ("/gists/7", "/gists/:id"),
        ("/repos/a/b/issues/comments", "/repos/:owner/:repo/issues/comments"),
        ("/repos/a/b/issues/7", "/repos/:owner/:repo/issues/:number"),
        ("/repos/a/b/tarball/main", "/repos/:owner/:repo/:archive_format/:ref"),
        ("/repos/a/b/readme/x", "/repos/:owner/:repo/:archive_format/:ref"),
        ("/repos/a/b/git/refs/heads/main", "/repos/:owner/:repo/git/refs/*ref"),
        ("/repos/a/b/git/refs", "/repos/:owner/:repo/git/refs"),
        ("/repos/a/b/readme/x/y", None),
        ("/gists/public/star", "/gists/:id/star"),
        ("/nowhere", None),
    ],
)
def test_neighbours_do_not_hide_each_other(path: str, pattern: str | None) -> None:
    router = Router()
    for method, text in ROUTES:
        router.add(text, None, methods=[method])

    match = router.match(path, "GET")

    assert (match and match.pattern) == pattern
