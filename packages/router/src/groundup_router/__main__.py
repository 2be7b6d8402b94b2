"""Show a tree of routes and the walk of a path through it: ``python -m groundup_router``.

Reads arguments, and routes from a file or standard input.  Without routes it takes those of the
course's chapter.
"""

import argparse
import sys
from pathlib import Path

from groundup_router.errors import RouterError
from groundup_router.router import Router

SAMPLE = """\
/
/users
/users/:id
GET,POST /users/me
/files/*
/api/:version/items/:id<int>
"""

ASCII = str.maketrans("├└│─", "|`|-")

HELP = """\
examples:
  python -m groundup_router                       the tree of some sample routes
  python -m groundup_router /users/42             how /users/42 finds its route in it
  python -m groundup_router /a/b '/a/:x' '/a/*'   the same with routes of your own
  python -m groundup_router -r routes.txt /a/b    ... from a file, one a line: [METHODS] PATTERN
  python -m groundup_router -X POST /users/me     ... for a method
  python -m groundup_router --source -X GET       the Python that a GET runs
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, 1 when no route fits, 2 when the routes are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup_router",
        description="Draw the tree of a router, and the walk of a path through it.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", nargs="?", help="the path to look up, as a client sends it")
    parser.add_argument("patterns", nargs="*", help="routes such as '/users/:id'")
    parser.add_argument("-r", "--routes", help="a file of routes; - is standard input")
    parser.add_argument("-X", "--method", help="such as GET; without it any method")
    parser.add_argument("--source", action="store_true", help="show what a request runs")
    options = parser.parse_args(arguments)
    try:
        router = read_routes(options.routes, options.patterns)
    except (RouterError, OSError, UnicodeDecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    show(router.source(options.method) if options.source else router.show())
    if options.path is None:
        return 0
    explanation = router.explain(options.path, options.method)
    show(f"\n{explanation}")
    return 0 if explanation.match else 1


def show(text: str) -> None:
    """Print text, also where the terminal's alphabet is small."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(ASCII).encode(encoding, "backslashreplace").decode(encoding)
    print(text)


def read_routes(source: str | None, patterns: list[str]) -> Router:
    """Return a router with the routes of a file and of the arguments."""
    if source == "-":
        lines = sys.stdin.read().splitlines()
    elif source is not None:
        lines = Path(source).read_text(encoding="utf-8").splitlines()
    else:
        lines = [] if patterns else SAMPLE.splitlines()
    router = Router()
    for line in [*lines, *patterns]:
        if not line.strip() or line.startswith("#"):
            continue
        methods, slash, rest = line.strip().partition("/")
        names = [name.strip() for name in methods.split(",") if name.strip()]
        router.add(slash + rest, slash + rest, methods=names or None)
    return router


if __name__ == "__main__":
    sys.exit(main())
