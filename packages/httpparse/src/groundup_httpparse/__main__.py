r"""Show what the parser sees; the one module that touches files and sockets.

    $ python -m groundup_httpparse request.http
    Parsed Request:
      Method: POST
      Path: /api/users
      ...

The server behind ``--listen`` answers one client after the other.  It is a window into the parser;
servers for real work are other packages.
"""

import argparse
import re
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from groundup_httpparse.errors import ParseError
from groundup_httpparse.head import RequestHead
from groundup_httpparse.limits import Limits
from groundup_httpparse.message import ParsedRequest, RequestBuilder, parse_request
from groundup_httpparse.parser import RequestParser
from groundup_httpparse.target import split_target

__all__ = ["describe", "main"]

EPILOG = """\
Record a request and look at it:
  printf 'GET /?a=1 HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' | python -m groundup_httpparse -
Watch what a client sends:
  python -m groundup_httpparse --listen 8000
  curl http://localhost:8000/api/users -d '{"name": "Alice"}'

Exit status: 0 parsed, 1 not HTTP or the port is taken, 2 the file cannot be read.
"""
LIMITS = Limits(body=16 * 1024 * 1024)
READ_SIZE = 65536
MAX_PORT = 65535
SILENCE = 10.0  # seconds that a client may say nothing
REASONS = {  # of the errors alone
    400: "Bad Request",
    413: "Content Too Large",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    505: "HTTP Version Not Supported",
}


def describe(request: ParsedRequest) -> str:
    r"""Return the parts of a request as lines for people.

    >>> print(describe(parse_request(b"GET /a?b=1 HTTP/1.1\r\nHost: example.com\r\n\r\n")))
    Parsed Request:
      Method: GET
      Path: /a
      Query: b=1
      HTTP Version: 1.1
      Headers:
        Host: example.com
      Body: (none)
    """
    path, query = split_target(request.target)
    lines = [
        "Parsed Request:",
        f"  Method: {request.method}",
        f"  Path: {path or request.target}",
        f"  Query: {query or '(none)'}",
        f"  HTTP Version: {request.version}",
        "  Headers:" if request.headers else "  Headers: (none)",
        *(f"    {name}: {value}" for name, value in request.headers.multi_items()),
        f"  Body: {_describe_body(request.body)}",
    ]
    if request.trailers:
        lines.append("  Trailers:")
        lines += [f"    {name}: {value}" for name, value in request.trailers.multi_items()]
    return "\n".join(lines)


def _describe_body(body: bytes) -> str:
    """Return a body as text where it is text; never what a terminal would obey."""
    if not body:
        return "(none)"
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"({len(body)} bytes that are not text)"
    return "".join(
        character if character.isprintable() or character in "\n\t" else repr(character)[1:-1]
        for character in text
    ).rstrip("\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup_httpparse",
        description="Parse an HTTP/1.1 request and print its parts.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", nargs="?", default="-", help='a saved request; "-" is the input')
    parser.add_argument("--listen", type=_port, metavar="PORT", help="print live requests instead")
    options = parser.parse_args(arguments)
    try:
        if options.listen is not None:
            return _listen(options.listen)
        data = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
        _print(describe(parse_request(data, LIMITS)))
    except ParseError as error:
        print(f"not HTTP: {error} (a server would answer {error.status})", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot read {options.file}: {error.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"port must be a number from 0 to 65535, got {text!r}")
    return int(text)


def _print(text: str) -> None:
    """Print whatever a client sent, on a terminal of whatever encoding."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def _listen(port: int) -> int:
    """Print and answer requests until the user stops it."""
    try:
        server = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        reason = error.strerror or error
        print(f"cannot listen on port {port}: {reason}; --listen 0 finds one", file=sys.stderr)
        return 1
    with server:
        _print(f"Listening on port {server.getsockname()[1]}... stop with Ctrl+C")
        while True:
            client, _ = server.accept()
            with client:
                client.settimeout(SILENCE)
                try:
                    _serve(client)
                except OSError as error:
                    print(f"connection lost: {error}", file=sys.stderr)


def _serve(client: socket.socket) -> None:
    """Print and answer the requests of one connection."""
    try:
        for request in _read_requests(client):
            text = describe(request)
            _print(text)
            _answer(client, "200 OK", text, head_only=request.method == "HEAD")
    except ParseError as error:
        print(f"not HTTP: {error}", file=sys.stderr)
        _answer(client, f"{error.status} {REASONS[error.status]}\r\nConnection: close", str(error))
        client.shutdown(socket.SHUT_WR)
        while client.recv(READ_SIZE):  # or the answer could be lost under what is still coming
            pass


def _read_requests(client: socket.socket) -> Iterator[ParsedRequest]:
    """Yield the requests of a connection until it is to be closed."""
    parser, builder = RequestParser(LIMITS), RequestBuilder()
    while data := client.recv(READ_SIZE):
        events = parser.feed(data)
        while events:
            for event in events:
                if isinstance(event, RequestHead) and event.expects_continue:
                    client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                if (request := builder.add(event)) is not None:
                    yield request
                    if not request.keep_alive:
                        return
            events = parser.feed()
    parser.finish()


def _answer(client: socket.socket, status: str, text: str, *, head_only: bool = False) -> None:
    body = f"{text}\n".encode()
    head = (
        f"HTTP/1.1 {status}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    client.sendall(head.encode() + (b"" if head_only else body))


if __name__ == "__main__":
    sys.exit(main())
