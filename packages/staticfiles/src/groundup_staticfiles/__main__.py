"""Show how a request is answered, or collect a folder: ``python -m groundup_staticfiles DIR``."""

import argparse
import sys
from collections.abc import Sequence

from groundup_httpparse import HeaderError, Headers, split_target
from groundup_staticfiles.collection import collect
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
  python -m groundup_staticfiles static --collect public
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
        description="Show how a request for a file below DIR is answered, step by step;"
        " or copy the files below DIR under names that change with their content.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("directory", metavar="DIR", help="the folder to serve, or to collect")
    parser.add_argument(
        "path", metavar="PATH", nargs="?", help="the path of the request, percent-encoded"
    )
    parser.add_argument("-X", "--method", default="GET", help="the method (GET)")
    parser.add_argument(
        "-H", "--header", action="append", default=[], metavar="LINE", help='"Name: value"'
    )
    parser.add_argument("--collect", metavar="TARGET", help="copy to this folder")
    parser.add_argument(
        "--prefix", default="/static/", help="where TARGET will be served (/static/)"
    )
    options = parser.parse_args(arguments)
    if (options.path is None) == (options.collect is None):
        parser.error("either PATH or --collect TARGET must be given")
    try:
        if options.collect is not None:
            return _collect(options.directory, options.collect, options.prefix)
        pairs = [line.partition(":") for line in options.header]
        headers = Headers([(name.strip(), value.strip()) for name, _, value in pairs])
        files = StaticFiles(options.directory)
    except (StaticFilesError, HeaderError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(explain(files, Asked(options.method, options.path, headers)))
    return 0


def _collect(source: str, target: str, prefix: str) -> int:
    manifest = collect(source, target, prefix=prefix)
    for name in manifest.missing:
        print(f"warning: no such file: {name}", file=sys.stderr)
    print(f"{len(manifest.names)} files collected to {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
