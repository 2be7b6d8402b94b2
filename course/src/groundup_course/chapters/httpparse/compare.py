"""The same bytes read by five parsers, all at once and to their end.

An answer is what was read: method, target and body of each request, or the status of the refusal;
``refused`` where a parser leaves the status to its server, ``waits`` where it wants more bytes,
``closed`` where it says good-bye without a word.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from types import SimpleNamespace
from typing import Any

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
HELLO = b"5\r\nhello\r\n0\r\n\r\n"

CASES = {
    "fine": "a request that is as it should be",
    "line-feed": "lines that end with LF alone",
    "carriage-return": "CR within a value",
    "space-colon": "`Host : a`, a space before the colon",
    "no-colon": "a header without a colon",
    "folded": "a header that goes on in the next line (obs-fold)",
    "zero-byte": "a zero byte in a value",
    "no-host": "no `Host`",
    "two-spaces": "two spaces in the request line",
    "any-method": "the method `BREW`",
    "version": "the version HTTP/2.0",
    "raw-target": "a target with bytes beyond ASCII",
    "fragment": "a target with a `#`",
    "empty-line": "an empty line before the request",
    "both-lengths": "two lengths: `4`, and chunked",
    "plus": "the length `+5`",
    "equal": "the length `5`, twice",
    "different": "the length `5`, then `0`",
    "old-chunks": "chunks in HTTP/1.0",
    "other-coding": "the coding `gzip, chunked`",
    "prefix": "a chunk of the size `0x5`",
    "size-space": "a space behind the size of a chunk",
    "long-chunk": "a chunk that is longer than its size",
}

WORSE = {
    "raw-target": (
        "old clients send UTF-8 in the target as it is; ours refuses them, because programs do not"
        " agree on what such a byte means"
    ),
    "equal": (
        "RFC 9110, section 8.6 allows to take equal repeats as one; ours refuses a client that"
        " means no harm"
    ),
    "other-coding": (
        "the standard has compressed codings, too: ours answers 501, and a client that uses them"
        " must do without"
    ),
}

BYTES = {
    "fine": POST + b"Content-Length: 5\r\n\r\nhello",
    "line-feed": b"GET / HTTP/1.1\nHost: a\n\n",
    "carriage-return": GET + b"X-Name: a\rX-Other: b\r\n\r\n",
    "space-colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "no-colon": GET + b"X-Name\r\n\r\n",
    "folded": GET + b"X-Name: a\r\n b\r\n\r\n",
    "zero-byte": GET + b"X-Name: a\x00b\r\n\r\n",
    "no-host": b"GET / HTTP/1.1\r\nX-Name: a\r\n\r\n",
    "two-spaces": b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "any-method": b"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n",
    "version": b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "raw-target": b"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
    "fragment": b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
    "empty-line": b"\r\n" + GET + b"\r\n",
    "both-lengths": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + HELLO,
    "plus": POST + b"Content-Length: +5\r\n\r\nhello",
    "equal": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "different": POST + b"Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello",
    "old-chunks": CHUNKED.replace(b"1.1", b"1.0") + HELLO,
    "other-coding": CHUNKED.replace(b"chunked", b"gzip, chunked") + HELLO,
    "prefix": CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n",
    "size-space": CHUNKED + b"5 \r\nhello\r\n0\r\n\r\n",
    "long-chunk": CHUNKED + b"3\r\nhello\r\n0\r\n\r\n",
}

Read = Callable[[bytes, list[str]], str]  # adds what is read to the list, and returns what ends it


def answer(read: Read) -> Callable[[str], str]:
    """Return what answers the cases with a parser."""

    def ask(case: str) -> str:
        found: list[str] = []
        end = read(BYTES[case], found)
        return ", then ".join([*found, end] if end else found)

    return ask


def say(method: str, target: str, body: bytes) -> str:
    """Return a request as it stands in the table."""
    target = ascii(target)[1:-1]
    return f"{method} {target} {body!r}" if body else f"{method} {target}"


def ours(data: bytes, found: list[str]) -> str:
    """Ask the package as it is without options."""
    package: Any = import_module("groundup_httpparse")
    parser, builder = package.RequestParser(), package.RequestBuilder()
    try:
        events = parser.feed(data)
        while events:
            whole = filter(None, map(builder.add, events))
            found += [say(one.method, one.target, one.body) for one in whole]
            events = parser.feed()
    except package.ParseError as error:
        return str(error.status)
    return "" if parser.idle else "waits"


def h11(data: bytes, found: list[str]) -> str:
    """Ask h11, which uvicorn and httpcore stand on."""
    package: Any = import_module("h11")
    connection = package.Connection(package.SERVER)
    connection.receive_data(data)
    head, body = None, b""
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, package.Request):
                head, body = event, b""
            elif isinstance(event, package.Data):
                body += event.data
            elif isinstance(event, package.EndOfMessage) and head is not None:
                found.append(say(head.method.decode(), head.target.decode("latin-1"), body))
                head = None
            else:
                return "waits" if head is not None or not found else ""
    except package.RemoteProtocolError as error:
        return str(error.error_status_hint)


class HttptoolsCalls:
    """What httptools calls."""

    def __init__(self, found: list[str]) -> None:
        self.found, self.parser = found, None
        self.target, self.body, self.open = b"", b"", False

    def on_message_begin(self) -> None:
        """Begin."""
        self.target, self.body, self.open = b"", b"", True

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        self.target += url

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self.body += body

    def on_message_complete(self) -> None:
        """End."""
        parser: Any = self.parser
        method = parser.get_method().decode()
        self.found.append(say(method, self.target.decode("latin-1"), self.body))
        self.open = False


def httptools(data: bytes, found: list[str]) -> str:
    """Ask httptools: llhttp, the parser of Node.js, in C."""
    package: Any = import_module("httptools")
    calls: Any = HttptoolsCalls(found)
    calls.parser = package.HttpRequestParser(calls)
    try:
        calls.parser.feed_data(data)
    except package.HttpParserUpgrade:
        return ""
    except package.HttpParserError:
        return "refused"
    return "waits" if calls.open or not found else ""


def werkzeug(data: bytes, found: list[str]) -> str:
    """Ask Werkzeug, which reads heads with the standard library's http.server."""
    serving: Any = import_module("werkzeug.serving")
    wrappers: Any = import_module("werkzeug.wrappers")

    class Handler(serving.WSGIRequestHandler):  # type: ignore[misc]  # is Any
        def __init__(self) -> None:
            self.refusal = "closed"
            self.rfile, self.wfile = BytesIO(data), BytesIO()
            self.client_address, self.connection = ("127.0.0.1", 1), None
            self.server = SimpleNamespace(
                ssl_context=None, multithread=False, multiprocess=False, server_address=("a", 80)
            )

        def send_error(self, code: int, *_: Any, **__: Any) -> None:
            """Keep the status."""
            self.refusal = str(code)

    handler: Any = Handler()
    handler.raw_requestline = handler.rfile.readline(65537)
    if not handler.parse_request():
        return str(handler.refusal)
    request = wrappers.Request(handler.make_environ())
    try:
        body = request.get_data()
    except Exception as error:  # noqa: BLE001 - a parser may raise anything
        return str(getattr(error, "code", "") or type(error).__name__)
    found.append(say(request.method, request.environ["RAW_URI"], body))
    return ""


def aiohttp(data: bytes, found: list[str]) -> str:
    """Ask aiohttp's parser: llhttp as well, with checks of its own."""
    return asyncio.run(ask_aiohttp(data, found))


async def ask_aiohttp(data: bytes, found: list[str]) -> str:
    """Feed aiohttp's parser, which needs a loop for its bodies."""
    http: Any = import_module("aiohttp.http")
    protocols: Any = import_module("aiohttp.base_protocol")
    loop = asyncio.get_running_loop()
    parser = http.HttpRequestParser(protocols.BaseProtocol(loop), loop, 65536)
    try:
        messages, _, _ = parser.feed_data(data)
    except http.HttpProcessingError as error:
        return str(error.code)
    for head, payload in messages:
        body = b""
        try:
            if payload.is_eof() or payload.exception() is not None:
                body = await payload.read()
            else:
                return "waits"
        except Exception as error:  # noqa: BLE001 - as above
            return str(getattr(error, "code", type(error).__name__))
        found.append(say(head.method, head.path, body))
    return "" if found else "waits"


ANSWERS = {
    "groundup": answer(ours),
    "h11": answer(h11),
    "httptools": answer(httptools),
    "Werkzeug": answer(werkzeug),
    "aiohttp": answer(aiohttp),
}

PACKAGES = {
    "groundup": "groundup-httpparse",
    "h11": "h11",
    "httptools": "httptools",
    "Werkzeug": "Werkzeug",
    "aiohttp": "aiohttp",
}
