"""A router: it maps the path of a URL to whatever was added for it, through a tree of segments.

converters, segments, pattern    the language of patterns
match, tree                      the routes as a tree, and the walk of a path through it
source, finder                   the same walk, written as Python and compiled: what requests run
urls                             the way back: from a name to a path
explain                          drawings of the tree and of a walk
router                           the object that joins them
hosts                            a router for each host
"""

from groundup_router.converters import CONVERTERS, Converter
from groundup_router.errors import (
    BuildError,
    PathError,
    PatternError,
    RouteConflict,
    RouterError,
)
from groundup_router.explain import Explanation
from groundup_router.hosts import Hosts
from groundup_router.match import Match, Route
from groundup_router.pattern import Pattern, parse_pattern
from groundup_router.router import Group, Router
from groundup_router.tree import Step

__all__ = [
    "CONVERTERS",
    "BuildError",
    "Converter",
    "Explanation",
    "Group",
    "Hosts",
    "Match",
    "PathError",
    "Pattern",
    "PatternError",
    "Route",
    "RouteConflict",
    "Router",
    "RouterError",
    "Step",
    "parse_pattern",
]
