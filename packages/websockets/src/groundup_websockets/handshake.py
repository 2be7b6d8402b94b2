r"""Open a WebSocket with an HTTP request: RFC 6455, section 4.

    client                                          server
    GET /chat HTTP/1.1                        ───►
    Upgrade: websocket
    Connection: Upgrade
    Sec-WebSocket-Version: 13
    Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==
                                              ◄───  HTTP/1.1 101 Switching Protocols
                                                    Upgrade: websocket
                                                    Connection: Upgrade
                                                    Sec-WebSocket-Accept: HSmrc0sMlY...

The answer's token is the hash of the key and of a text that stands nowhere but in the RFC: it
proves that the server speaks WebSocket and did not just echo some bytes.  It is no secret and keeps
nobody out.  What keeps others out is ``Origin``: a browser sends the cookies of a site with a
WebSocket that any page opens, but it also says which page that was.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from groundup_websockets.deflate import DeflateParameters
from groundup_websockets.errors import HandshakeError
from groundup_websockets.extensions import OFFER, accept_answer, accept_offer

__all__ = [
    "Acceptance",
    "HeadersLike",
    "Offer",
    "accept",
    "accept_token",
    "check_answer",
    "request_headers",
    "same_origin",
]

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
VERSION = "13"
KEY_SIZE = 16
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class HeadersLike(Protocol):
    """The fields of a message: found in any case, repeated ones joined with commas."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a field, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A handshake that succeeded: what to answer, and what was agreed upon."""

    headers: list[tuple[str, str]]
    subprotocol: str | None = None
    deflate: DeflateParameters | None = None


def accept_token(key: str) -> str:
    """Return what a server answers to a key.

    >>> accept_token("x3JJHMbDL1EzLkh9GBhXDw==")
    'HSmrc0sMlYUkAGmm5OPpG2HaGWk='
    """
    digest = hashlib.sha1((key + GUID).encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def accept(
    method: str,
    headers: HeadersLike,
    *,
    origins: Iterable[str] | None = None,
    subprotocols: Sequence[str] = (),
    compression: bool = True,
) -> Acceptance:
    """Check a request, and return what to answer with status 101.

    >>> request = {
    ...     "Upgrade": "websocket",
    ...     "Connection": "Upgrade",
    ...     "Sec-WebSocket-Version": "13",
    ...     "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
    ... }
    >>> accept("GET", request).headers[2]
    ('Sec-WebSocket-Accept', 'HSmrc0sMlYUkAGmm5OPpG2HaGWk=')

    Args:
        method: The request's method.
        headers: The request's fields.
        origins: Which pages may connect, like ``https://example.com``; None for all.  A request
            without ``Origin`` does not come from a page.
        subprotocols: What the server speaks, the best first.
        compression: Whether to compress when the client offers it.

    Raises:
        HandshakeError: The request opens no WebSocket; ``status`` and ``headers`` say what to
            answer.
    """
    check_method(method)
    check_upgrade(headers)
    key = check_key(headers)
    check_origin(headers.get("Origin"), origins)
    answer = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept_token(key)),
    ]
    subprotocol = choose_subprotocol(headers, subprotocols)
    if subprotocol is not None:
        answer.append(("Sec-WebSocket-Protocol", subprotocol))
    agreed = accept_offer(headers.get("Sec-WebSocket-Extensions") or "")
    if agreed is None or not compression:
        return Acceptance(answer, subprotocol)
    deflate, extensions = agreed
    answer.append(("Sec-WebSocket-Extensions", extensions))
    return Acceptance(answer, subprotocol, deflate)


def split_list(value: str | None) -> list[str]:
    """Return the members of a list, without the empty ones that RFC 9110 tolerates."""
    return [member for part in (value or "").split(",") if (member := part.strip(" \t"))]


def has_token(value: str | None, token: str) -> bool:
    """Return whether a list has a token, in any case."""
    return any(member.lower() == token for member in split_list(value))


def check_method(method: str) -> None:
    """Refuse everything but GET."""
    if method != "GET":
        raise HandshakeError(
            f"a WebSocket is opened with GET, got {method[:40]!r}",
            status=405,
            headers={"Allow": "GET"},
        )


def check_upgrade(headers: HeadersLike) -> None:
    """Check that the request asks for a WebSocket, and for the version that we speak."""
    upgrade, connection = headers.get("Upgrade"), headers.get("Connection")
    if upgrade is None:
        raise upgrade_required("this address speaks WebSocket: the request must ask to upgrade")
    if not has_token(upgrade, "websocket"):
        raise HandshakeError(f"Upgrade must name websocket, got {upgrade[:40]!r}")
    if not has_token(connection, "upgrade"):
        raise HandshakeError(f"Connection must name Upgrade, got {(connection or '')[:40]!r}")
    version = headers.get("Sec-WebSocket-Version")
    if version != VERSION:
        raise upgrade_required(
            f"Sec-WebSocket-Version must be {VERSION}, got {(version or '')[:40]!r}"
        )


def upgrade_required(message: str) -> HandshakeError:
    """Return the error that tells a client what to ask for: RFC 9110, section 15.5.22."""
    fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": VERSION}
    return HandshakeError(message, status=426, headers=fields)


def check_key(headers: HeadersLike) -> str:
    """Return the key: sixteen bytes in base64, once."""
    key = headers.get("Sec-WebSocket-Key") or ""
    try:
        size = len(base64.b64decode(key.encode(), validate=True))
    except (binascii.Error, UnicodeEncodeError):
        size = -1
    if size != KEY_SIZE:
        raise HandshakeError(f"Sec-WebSocket-Key must be 16 bytes in base64, got {key[:40]!r}")
    return key


def check_origin(origin: str | None, origins: Iterable[str] | None) -> None:
    """Refuse a page that is not in the list."""
    if origins is None or origin is None:
        return
    if not any(same_origin(origin, allowed) for allowed in origins):
        raise HandshakeError(f"this origin may not connect: {origin[:80]!r}", status=403)


def same_origin(one: str, other: str) -> bool:
    """Return whether two origins have the same scheme, host and port: RFC 6454, section 5.

    >>> same_origin("https://Example.com", "https://example.com:443")
    True
    >>> same_origin("https://example.com", "https://example.com.evil.org")
    False
    """
    return origin_parts(one) == origin_parts(other)


def origin_parts(origin: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port; the whole text as host when it is not an origin ("null")."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return "", origin, None
    scheme = parts.scheme
    if not scheme or not parts.hostname or origin.lower() != f"{scheme}://{parts.netloc}".lower():
        return "", origin, None
    if parts.username is not None:
        return "", origin, None
    return scheme, parts.hostname, DEFAULT_PORTS.get(scheme) if port is None else port


def choose_subprotocol(headers: HeadersLike, subprotocols: Sequence[str]) -> str | None:
    """Return the first of ours that the client speaks too."""
    offered = split_list(headers.get("Sec-WebSocket-Protocol"))
    for name in offered:
        if not TOKEN.fullmatch(name):
            raise HandshakeError(f"Sec-WebSocket-Protocol must be tokens, got {name[:40]!r}")
    return next((name for name in subprotocols if name in offered), None)


# -- the client's side ----------------------------------------------------------------------------


def request_headers(
    host: str, key: str, *, subprotocols: Sequence[str] = (), compression: bool = True
) -> list[tuple[str, str]]:
    """Return the fields of a client's request."""
    fields = [
        ("Host", host),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", VERSION),
    ]
    if subprotocols:
        fields.append(("Sec-WebSocket-Protocol", ", ".join(subprotocols)))
    if compression:
        fields.append(("Sec-WebSocket-Extensions", OFFER))
    return fields


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client asked for."""

    key: str
    subprotocols: Sequence[str] = field(default=())
    compression: bool = True


def check_answer(status: int, headers: HeadersLike, offer: Offer) -> Acceptance:
    """Check a server's answer: RFC 6455, section 4.1.

    Raises:
        HandshakeError: The server refused, or it does not speak WebSocket.  ``status`` is its own.
    """
    if status != 101:  # noqa: PLR2004 - Switching Protocols
        raise HandshakeError(f"the server must answer 101, got {status}", status=status)
    if not has_token(headers.get("Upgrade"), "websocket"):
        raise HandshakeError("the answer's Upgrade must be websocket", status=status)
    if not has_token(headers.get("Connection"), "upgrade"):
        raise HandshakeError("the answer's Connection must be Upgrade", status=status)
    if headers.get("Sec-WebSocket-Accept") != accept_token(offer.key):
        raise HandshakeError("the answer's Sec-WebSocket-Accept must fit the key", status=status)
    subprotocol = headers.get("Sec-WebSocket-Protocol")
    if subprotocol is not None and subprotocol not in offer.subprotocols:
        raise HandshakeError(
            f"the server must choose one of {list(offer.subprotocols)}, got {subprotocol[:40]!r}",
            status=status,
        )
    extensions = headers.get("Sec-WebSocket-Extensions")
    if extensions is None:
        return Acceptance([], subprotocol)
    if not offer.compression:
        raise HandshakeError("the server must not use an extension that nobody offered")
    return Acceptance([], subprotocol, accept_answer(extensions))
