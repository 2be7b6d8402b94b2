"""Agree upon compression: the grammar of RFC 6455, section 9.1, and RFC 7692, section 7.1.

    offer    permessage-deflate; client_max_window_bits, permessage-deflate
    answer   permessage-deflate; server_max_window_bits=12; client_max_window_bits=12

A client may offer the same extension several times, the one it likes best first.  A server takes
the first offer that it understands whole; an offer with a parameter that is unknown, doubled or out
of range is passed over.  An answer like that ends the handshake.
"""

import re
from collections.abc import Iterator, Mapping

from groundup_websockets.deflate import MAX_BITS, MIN_BITS, WINDOW_BITS, DeflateParameters
from groundup_websockets.errors import HandshakeError

__all__ = ["OFFER", "accept_answer", "accept_offer", "format_answer", "parse_extensions"]

NAME = "permessage-deflate"
OFFER = f"{NAME}; client_max_window_bits"

Parameters = list[tuple[str, str | None]]

NAME_CHARS = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
# A value may be quoted if it is a token when the quotes are taken off.
PARAMETER = re.compile(
    rf'[ \t]*;[ \t]*({NAME_CHARS})(?:[ \t]*=[ \t]*(?:({NAME_CHARS})|"({NAME_CHARS})"))?'
)
EXTENSION = re.compile(rf"[ \t]*({NAME_CHARS})")
NEXT = re.compile(r"[ \t]*(?:,[ \t,]*|\Z)")
WINDOW = re.compile(r"[89]|1[0-5]")

FLAGS = frozenset({"server_no_context_takeover", "client_no_context_takeover"})


def parse_extensions(value: str) -> list[tuple[str, Parameters]]:
    """Return the extensions of a field, each with its parameters, in order.

    >>> parse_extensions('a; x=1; y, b; z="2"')
    [('a', [('x', '1'), ('y', None)]), ('b', [('z', '2')])]

    Raises:
        HandshakeError: The field does not follow its grammar.
    """
    return list(scan_extensions(value))


def scan_extensions(value: str) -> Iterator[tuple[str, Parameters]]:
    """Yield each extension of a field with its parameters."""
    at = 0
    while at < len(value):
        name = EXTENSION.match(value, at)
        if name is None:
            raise wrong_at(value, at)
        at = name.end()
        parameters: Parameters = []
        while match := PARAMETER.match(value, at):
            parameters.append((match[1], match[2] or match[3]))
            at = match.end()
        end = NEXT.match(value, at)
        if end is None:
            raise wrong_at(value, at)
        at = end.end()
        yield name[1], parameters


def wrong_at(value: str, at: int) -> HandshakeError:
    """Return the error for a field that cannot be read on from a place."""
    return HandshakeError(
        f"Sec-WebSocket-Extensions must be a list of extensions, got {value[at : at + 40]!r}"
    )


def read_parameters(parameters: Parameters, *, offered: bool) -> dict[str, int] | None:
    """Return what an offer or answer says, windows in bits; None if it is not right.

    Only in an offer may ``client_max_window_bits`` stand without a value, and mean the largest.
    """
    found: dict[str, int] = {}
    for name, value in parameters:
        if name in found:
            return None
        if name in FLAGS and value is None:
            found[name] = 1
        elif name == "client_max_window_bits" and value is None and offered:
            found[name] = MAX_BITS
        elif name in {"client_max_window_bits", "server_max_window_bits"}:
            if value is None or not WINDOW.fullmatch(value):
                return None
            found[name] = int(value)
        else:
            return None
    return found


def to_parameters(found: Mapping[str, int]) -> DeflateParameters:
    """Return the parameters that a reading gives."""
    return DeflateParameters(
        "server_no_context_takeover" in found,
        "client_no_context_takeover" in found,
        found.get("server_max_window_bits", MAX_BITS),
        found.get("client_max_window_bits", MAX_BITS),
    )


def accept_offer(value: str) -> tuple[DeflateParameters, str] | None:
    """Return what a server agrees to, and its answer; None if no offer fits.

    >>> accept_offer("permessage-deflate; client_max_window_bits")[1]
    'permessage-deflate; server_max_window_bits=12; client_max_window_bits=12'

    Raises:
        HandshakeError: The field does not follow its grammar.
    """
    for name, parameters in parse_extensions(value):
        found = read_parameters(parameters, offered=True) if name == NAME else None
        # zlib cannot write for a window of 8 bits, so an offer that asks for it is not for us.
        if found is None or found.get("server_max_window_bits") == MIN_BITS:
            continue
        found["server_max_window_bits"] = min(
            found.get("server_max_window_bits", MAX_BITS), WINDOW_BITS
        )
        if "client_max_window_bits" in found:  # the client can do it
            found["client_max_window_bits"] = min(found["client_max_window_bits"], WINDOW_BITS)
        agreed = to_parameters(found)
        return agreed, format_answer(agreed)
    return None


def format_answer(agreed: DeflateParameters) -> str:
    """Return a server's answer."""
    parts = [NAME]
    if agreed.server_no_context_takeover:
        parts.append("server_no_context_takeover")
    if agreed.client_no_context_takeover:
        parts.append("client_no_context_takeover")
    if agreed.server_max_window_bits < MAX_BITS:
        parts.append(f"server_max_window_bits={agreed.server_max_window_bits}")
    if agreed.client_max_window_bits < MAX_BITS:
        parts.append(f"client_max_window_bits={agreed.client_max_window_bits}")
    return "; ".join(parts)


def accept_answer(value: str) -> DeflateParameters:
    """Return what a server's answer to `OFFER` means.

    Raises:
        HandshakeError: It is not an answer to what was offered.
    """
    extensions = parse_extensions(value)
    found = None
    if len(extensions) == 1 and extensions[0][0] == NAME:
        found = read_parameters(extensions[0][1], offered=False)
    if found is None:
        raise HandshakeError(
            f"Sec-WebSocket-Extensions must answer the offer {OFFER!r}, got {value[:80]!r}"
        )
    return to_parameters(found)
