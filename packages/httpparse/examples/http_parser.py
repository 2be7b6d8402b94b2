"""Print the parts of a request: a saved one, or with ``--listen PORT`` those that come in."""

import sys

from groundup_httpparse.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
