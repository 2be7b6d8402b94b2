"""Show how a request for a file is answered: ``python -m groundup_staticfiles DIR PATH``."""

import argparse
import sys
from collections.abc import Sequence

from groundup_httpparse import HeaderError, Headers, split_target
from groundup_staticfiles.errors import StaticFilesError
from groundup_staticfiles.explain import explain
from groundup_staticfiles.handler import StaticFiles

__all__ = ["main"]

EXAMPLES = """\
examples:
  python -m groundup_staticfiles public /style.css
  python -m groundup_staticfiles public /data.json -H "Accept-Encoding: gzip"
  python -m groundup_staticfiles public /video.mp4 -H "Range: bytes=0-999"
  python -m groundup_staticfiles public /%2e%2e/etc/passwd
"""


class Asked:
    """A request as it was typed."""

    root_path = ""

    def __init__(self, method: str, target: str, headers: Headers) -> None:
        self.method = method
        self.target = target
        self.path = split_target(target)[0]
        self.headers = headers


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the answer, and why; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup_staticfiles",
        description="Show how a request for a file below DIR is answered, step by step.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("directory", metavar="DIR", help="the folder to serve")
    parser.add_argument("path", metavar="PATH", help="the path of the request, percent-encoded")
    parser.add_argument("-X", "--method", default="GET", help="the method (GET)")
    parser.add_argument(
        "-H", "--header", action="append", default=[], metavar="LINE", help='"Name: value"'
    )
    options = parser.parse_args(arguments)
    try:
        pairs = [line.partition(":") for line in options.header]
        headers = Headers([(name.strip(), value.strip()) for name, _, value in pairs])
        files = StaticFiles(options.directory)
    except (StaticFilesError, HeaderError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(explain(files, Asked(options.method, options.path, headers)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
