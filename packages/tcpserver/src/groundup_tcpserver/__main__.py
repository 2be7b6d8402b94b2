"""A server to talk to: ``python -m groundup_tcpserver``.

$ python -m groundup_tcpserver &
Listening on port 8000...
$ telnet localhost 8000
Hello from server!
"""

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any

from groundup_tcpserver.conversation import Talk
from groundup_tcpserver.errors import IdleTimeout, ListenError
from groundup_tcpserver.lifecycle import Server
from groundup_tcpserver.selector import SelectorServer
from groundup_tcpserver.server import TCPServer

__all__ = ["greet", "main"]

ENGINES: dict[str, type[Server]] = {"threads": TCPServer, "selector": SelectorServer}
EPILOG = """\
Talk to it from another terminal:
  telnet localhost 8000          or: nc localhost 8000
What you send comes back.  Ctrl+C ends the server: clients get ten seconds to finish.

Exit status: 0 stopped, 1 cannot listen on the address.
"""
MAX_PORT = 65535
INTERRUPTED = 130  # what shells say of a program that Ctrl+C has ended


def greet(connection: Any) -> Talk:
    """Greet a client and send back what it sends, on either engine."""
    yield connection.send(b"Hello from server!\r\n")
    try:
        while data := (yield connection.read(between=True)):
            yield connection.send(data)
        yield connection.send(b"Goodbye!\r\n")
    except IdleTimeout:
        yield connection.send(b"Still there? Goodbye!\r\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup_tcpserver",
        description="Greet every client, and send back what it sends.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help='"" means all (default: %(default)s)')
    parser.add_argument("--port", type=_port, default=8000, help="0 finds one (default: 8000)")
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="threads",
        help="a thread for each client, or one loop for all (default: threads)",
    )
    options = parser.parse_args(arguments)
    server = ENGINES[options.engine](options.host, options.port, greet)
    try:
        server.serve_forever(announce)
    except ListenError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # the second: whoever is here does not want to wait
        return INTERRUPTED
    return 0


def announce(server: Server) -> None:
    """Say that clients may come."""
    print(f"Listening on port {server.address[1]}...", flush=True)


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"port must be a number from 0 to 65535, got {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
