"""Requests and ASGI scopes: ASGI 3.0, HTTP and WebSocket sub-specification 2.5.

    scope                               Request
    raw_path, query_string        ◄─►   target
    headers, pairs of bytes       ◄─►   headers
    receive(): http.request       ──►   body, piece by piece
    client, server, scheme, ...   ◄─►   the same

Where a scope is read, another server has parsed and checked the request by then; what it gives is
not checked again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from groundup_asyncserver.errors import Disconnected
from groundup_httpparse import Headers
from groundup_messages import Address, Request

__all__ = [
    "VERSIONS",
    "ASGIApp",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "asks_for_websocket",
    "http_scope",
    "may_have_body",
    "request_from_scope",
    "websocket_scope",
]

Scope = Mapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Any, Receive, Send], Awaitable[None]]

VERSIONS = {"version": "3.0", "spec_version": "2.5"}
PATH_CHARACTERS = "/!$&'()*+,;=:@-._~%"
BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def request_from_scope(scope: Scope, receive: Receive) -> Request:
    """Return the request of a scope of type ``http`` or ``websocket``.

    >>> async def receive():
    ...     return {"type": "http.request", "body": b""}
    >>> request_from_scope({"type": "http", "method": "GET", "path": "/a b"}, receive)
    <Request GET '/a%20b'>
    """
    headers = _read_headers(scope.get("headers", ()))
    method: str = scope.get("method", "GET")
    return Request(
        method,
        _read_target(scope),
        headers,
        _body_pieces(receive) if may_have_body(scope, headers) else b"",
        client=_to_address(scope.get("client")),
        server=_to_address(scope.get("server")),
        scheme=scope.get("scheme", "http"),
        http_version=scope.get("http_version", "1.1"),
        root_path=scope.get("root_path", ""),
    )


def _read_headers(pairs: Iterable[Iterable[bytes]]) -> Headers:
    return Headers.from_trusted(
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]
    )


def _read_target(scope: Scope) -> str:
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        path = quote(scope["path"], safe=PATH_CHARACTERS.replace("%", ""))
    else:
        path = raw.decode("latin-1")
    query: bytes = scope.get("query_string", b"")
    return f"{path}?{query.decode('latin-1')}" if query else path


def may_have_body(scope: Scope, headers: Headers) -> bool:
    """Whether there can be a body to wait for."""
    if scope["type"] != "http":
        return False
    length = headers.get("Content-Length")
    if length is not None:
        return length != "0"
    # HTTP/2 needs neither field for a body.
    return "Transfer-Encoding" in headers or scope.get("method", "GET") not in BODILESS


async def _body_pieces(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the body of a request as it comes.

    Raises:
        Disconnected: The client has gone.
    """
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected("the client closed the connection")
        if piece := message.get("body", b""):
            yield piece
        if not message.get("more_body", False):
            return


def _to_address(pair: tuple[str, int | None] | None) -> Address | None:
    return None if pair is None else Address(*pair)


def http_scope(request: Request, state: dict[str, Any]) -> dict[str, Any]:
    """Return the scope that tells an application of a request.

    >>> http_scope(Request("GET", "/a%20b?c"), {})["path"]
    '/a b'
    """
    return {"type": "http", "method": request.method, **_make_scope(request, state)}


def websocket_scope(request: Request, state: dict[str, Any]) -> dict[str, Any]:
    """Return the scope that tells an application of a handshake."""
    scope = _make_scope(request, state)
    offered = ",".join(request.headers.getlist("Sec-WebSocket-Protocol"))
    return {
        **scope,
        "type": "websocket",
        "scheme": "wss" if request.scheme == "https" else "ws",
        "subprotocols": [name for part in offered.split(",") if (name := part.strip())],
        "extensions": {"websocket.http.response": {}},
    }


def asks_for_websocket(request: Request) -> bool:
    """Whether a request is a handshake, good or bad."""
    return "websocket" in request.headers.get("Upgrade", "").lower()


def _make_scope(request: Request, state: dict[str, Any]) -> dict[str, Any]:
    raw_path = request.path.encode("latin-1")
    return {
        "asgi": VERSIONS,
        "http_version": request.http_version,
        "scheme": request.scheme,
        "path": request.root_path + unquote_to_bytes(raw_path).decode("utf-8", "replace"),
        "raw_path": request.root_path.encode("utf-8") + raw_path,
        "query_string": request.query_string.encode("latin-1"),
        "root_path": request.root_path,
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers.multi_items()
        ],
        "client": request.client,
        "server": request.server,
        "state": state.copy(),
    }
