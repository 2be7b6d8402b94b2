"""The router against a model that has no tree: it tries every pattern, and the best one wins.

A case is a path and a method in a router of random routes.  The suite runs some thousand of them;
``ROUTER_CASES=1000000 pytest packages/router/tests/test_model.py`` runs a million.
"""

import os
import random
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_router import Route, RouteConflict, Router
from groundup_router.finder import Finder

CASES = int(os.environ.get("ROUTER_CASES", "6000"))
SEED = int(os.environ.get("ROUTER_SEED", "1"))
SHARDS = 4

METHODS = ("GET", "POST", "HEAD", "PUT", None, "BREW")
ANSWERED: tuple[tuple[str, ...] | None, ...] = (None, ("GET",), ("POST",), ("GET", "PUT"))
LETTERS = "abcdefgh"
# What a segment of a pattern may be: its text, its place in the order of trying, an expression.
FORMS = {
    **{letter: (0, 0, letter) for letter in (*LETTERS, "7", "café")},
    ":_<int>": (1, 0, "([0-9]{1,18})"),
    ":_<slug>": (5, 0, "([A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*)"),
    ":_([ab]+)": (4, 0, "([ab]+)"),
    ":_.b.:_": (2, -3, r"(.+)\.b\.(.+)"),
    ":_.:_": (2, -1, r"(.+)\.(.+)"),
    "v:_<int>": (2, -1, "v([0-9]{1,18})"),
    ":_": (6, 0, "(.+)"),
}
ENDS = ("", "/", "/*", "/*rest", "/:rest<path>")
TEXTS = (
    *LETTERS,
    "7",
    "v7",
    "ab",
    "zz",
    "a.b",
    "a.b.c",
    "",
    "%61",
    "caf%C3%A9",
    "a%2Fb",
    "%2F",
    "é",
)


@dataclass(frozen=True)
class Pattern:
    """The segments of a pattern as keys of ``FORMS``, and its end."""

    forms: tuple[str, ...]
    end: str
    letter: str = "p"

    @cached_property
    def text(self) -> str:
        """As it is written, each parameter with a name of its own."""
        numbers = count()
        path = "".join(f"/{form}" for form in self.forms)
        return re.sub("_", lambda _: f"{self.letter}{next(numbers)}", path) + self.end or "/"

    @property
    def names(self) -> list[str]:
        """The names of all parameters."""
        return [name or "*" for name in re.findall(r"[:*]([a-z]\w*|(?<=\*))", self.text)]

    @cached_property
    def rank(self) -> list[tuple[int, int, str]]:
        """What the order of trying compares."""
        ranks = [(*FORMS[form][:2], form) for form in self.forms]
        last = {"": [], "/": [(0, 0, "")]}.get(self.end, [(9, 0, "")])
        return [*ranks, *(last if self.forms or self.end else [(0, 0, "")])]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The expression of a path, which has a line break for each slash."""
        parts = "".join("\n" + FORMS[form][2] for form in self.forms)
        rest = {"": "" if self.forms else "\n", "/": "\n"}.get(self.end, "\n((?s:.*))")
        return re.compile(parts + rest)

    def read(self, path: str) -> dict[str, Any] | None:
        """Return the parameters that a path has for this pattern, or None."""
        found = self.regex.fullmatch(path)
        if found is None:
            return None
        values: list[Any] = list(found.groups())
        converted = re.findall(r":_(<int>)?", "".join(self.forms))
        for at, rule in enumerate(converted):
            values[at] = int(values[at]) if rule else values[at]
        if "*" in self.end or "path" in self.end:
            values[-1] = values[-1].replace("/", "%2F").replace("\n", "/")
        return dict(zip(self.names, values, strict=True))


def decode(path: str) -> str:
    """Return a path with line breaks for its slashes, so that a decoded slash is none."""
    return "\n".join(unquote(text) for text in path.split("/"))


def answers(methods: tuple[str, ...] | None, method: str | None) -> bool:
    return (
        method is None
        or methods is None
        or method in methods
        or (method == "HEAD" and "GET" in methods)
    )


def prefer(methods: tuple[str, ...] | None) -> tuple[bool, str]:
    """Return what orders the routes of one pattern for whoever names no method."""
    return methods is not None and "GET" not in methods, min(methods or ("",))


Kept = list[tuple[Pattern, Route]]


def fill(router: Router, routes: list[tuple[Pattern, tuple[str, ...] | None]]) -> Kept:
    """Add what does not conflict, and return it."""
    kept: Kept = []
    for pattern, methods in routes:
        try:
            route = router.add(pattern.text, pattern.text, methods=methods)
        except RouteConflict:
            continue
        kept.append((pattern, route))
    return kept


def check(router: Router, kept: Kept, path: str) -> int:
    """Compare all answers for a path with the model's, and return how many there were."""
    decoded = decode(path)
    fitting = sorted(
        (pattern.rank, prefer(route.methods), at, pattern.read(decoded))
        for at, (pattern, route) in enumerate(kept)
        if pattern.regex.fullmatch(decoded)
    )
    allowed = router.allowed_methods(path)
    for method in METHODS:
        expected = next(
            (
                (kept[at][1].parsed.key, params)
                for _, _, at, params in fitting
                if answers(kept[at][1].methods, method)
            ),
            None,
        )
        match = router.match(path, method)
        found = match and (match.route.parsed.key, match.params)
        context = (path, method, [str(route) for _, route in kept])
        assert found == expected, context
        if match is not None:
            assert answers(match.route.methods, method), context
            assert list(match.params) == list(match.route.parsed.names), context
        explained = router.explain(path, method).match
        assert (match and (match.route, match.params)) == (
            explained and (explained.route, explained.params)
        ), context
        if method in {"GET", "POST", "HEAD", "PUT"}:
            assert (method in allowed) == (expected is not None), context
    return len(METHODS)


# -- random cases: few routes and many, narrow trees and wide ones ----------------------------


def draw_pattern(choose: random.Random, forms: list[str], depth: int) -> Pattern:
    chosen = tuple(choose.choices(forms, k=choose.randint(0, depth)))
    return Pattern(chosen, choose.choice(ENDS), choose.choice("ppq"))


def draw_path(choose: random.Random, kept: Kept) -> str:
    """Return a path: near a pattern or of any texts."""
    if kept and choose.random() < 0.7:
        pattern, _ = choose.choice(kept)
        texts = [
            form if form in TEXTS and choose.random() < 0.9 else choose.choice(TEXTS)
            for form in pattern.forms
        ]
        texts += choose.choices(TEXTS, k=choose.choice((0, 0, 1, 2)))
    else:
        texts = choose.choices(TEXTS, k=choose.randint(0, 6))
    return "/" + "/".join(texts)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_random_routers_agree_with_trying_every_pattern(shard: int) -> None:
    choose, done = random.Random(SEED * SHARDS + shard), 0
    while done < CASES // SHARDS:
        forms = choose.sample(list(FORMS), k=choose.randint(2, len(FORMS)))
        depth, size = choose.choice((2, 3, 4, 16)), choose.choice((1, 4, 8, 30, 80))
        router = Router()
        kept = fill(
            router,
            [
                (draw_pattern(choose, forms, depth), choose.choice(ANSWERED))
                for _ in range(choose.randint(1, size))
            ],
        )
        for _ in range(20):
            done += check(router, kept, draw_path(choose, kept))


PATTERNS = st.builds(
    Pattern,
    st.lists(st.sampled_from(list(FORMS)), max_size=3).map(tuple),
    st.sampled_from(ENDS),
    st.sampled_from("pq"),
)
PATHS = st.lists(st.sampled_from(TEXTS), max_size=5).map(lambda texts: "/" + "/".join(texts))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(PATTERNS, st.sampled_from(ANSWERED)), max_size=8),
    st.lists(PATHS, min_size=1, max_size=6),
)
def test_small_routers_agree_with_trying_every_pattern(
    routes: list[tuple[Pattern, tuple[str, ...] | None]], paths: list[str]
) -> None:
    router = Router()
    kept = fill(router, routes)

    for path in paths:
        check(router, kept, path)


def test_the_source_of_every_branch_compiles() -> None:
    choose = random.Random(SEED)
    router = Router()
    fill(
        router,
        [(draw_pattern(choose, list(FORMS), 5), choose.choice(ANSWERED)) for _ in range(500)],
    )

    for method in Finder(router.routes()).by_method:
        compile(router.source(method), "source", "exec")
