"""Render, explain or check templates from the command line.

python -m groundup_templating page.html --data '{"name": "World"}'
python -m groundup_templating page.html --explain
python -m groundup_templating check templates/
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from groundup_templating.environment import Environment
from groundup_templating.errors import TemplateError
from groundup_templating.explain import explain_template
from groundup_templating.lint import lint
from groundup_templating.loaders import DirectoryLoader

__all__ = ["main"]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="groundup-templating", description="Render a template.")
    parser.add_argument("path", type=Path, help="a template; or check, and a folder of templates")
    parser.add_argument("--data", default="{}", help="the context as JSON, or @file")
    parser.add_argument("--explain", action="store_true", help="show words, tree, contexts, Python")
    parser.add_argument("--check", action="store_true", help="the same as check")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["check"] and len(given) > 1:
        given[0] = "--check"
    options = make_parser().parse_args(given)
    try:
        if options.check:
            return check(options.path)
        environment = Environment(DirectoryLoader(options.path.parent))
        template = environment.get_template(options.path.name)
        if options.explain:
            print(explain_template(template))
        else:
            print(template.render(read_data(options.data)))
    except (TemplateError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def read_data(given: str) -> dict[str, Any]:
    """Return the context from JSON, or from a file that is named after @."""
    text = Path(given[1:]).read_text(encoding="utf-8") if given.startswith("@") else given
    try:
        data = json.loads(text)
    except ValueError as error:
        raise TemplateError(f"--data must be JSON: {error}") from None
    if not isinstance(data, dict):
        raise TemplateError(f"--data must be a JSON object, got {text[:40]!r}")
    return data  # pyright: ignore[reportUnknownVariableType]  # of anything


def check(folder: Path) -> int:
    """Look at all templates of a folder and print what is wrong; return the exit status."""
    if not folder.is_dir():
        raise TemplateError(f"check needs a folder, got {str(folder)!r}")
    loader = DirectoryLoader(folder)
    names = list(loader.names())
    findings = lint(Environment(loader), names)
    for finding in findings:
        print(finding)
    wrong = len({finding.name for finding in findings})
    print(f"{len(names)} templates, {wrong} with mistakes")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
