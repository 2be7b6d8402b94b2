"""Greet everyone who connects, and send back each line: a server in a few lines.

Run it, then talk to it: ``telnet localhost 8000``.
"""

import sys

from groundup_tcpserver.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
