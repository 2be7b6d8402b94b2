"""The request target in its four forms: RFC 9112, section 3.2.

    /posts?page=2                    origin-form: what nearly every request has
    http://example.com/posts?page=2  absolute-form: what a client sends to a proxy
    example.com:443                  authority-form: of CONNECT alone
    *                                asterisk-form: of OPTIONS alone

Nothing is decoded here: "%2F" is no separator, and who decodes before splitting cannot tell.
"""

import re
from ipaddress import AddressValueError, IPv6Address

from groundup_httpparse.errors import ParseError
from groundup_httpparse.grammar import shorten

__all__ = ["check_host", "check_target", "split_target"]

# Registered names as RFC 3986 writes them, IPv4 among them; an IPv6 address stands in brackets.
_PLAIN = r"[0-9A-Za-z._~!$&'()*+,;=-]*+"
_HOST = rf"(?:\[[0-9A-Fa-f:.]++\]|{_PLAIN}(?:%[0-9A-Fa-f]{{2}}{_PLAIN})*+)"
HOST = re.compile(rf"{_HOST}(?::[0-9]*+)?")
AUTHORITY = re.compile(rf"(?!:){_HOST}:([0-9]++)")
MAX_PORT, MAX_DIGITS = 65535, 5
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+://([^/?#]*+)")


def split_target(target: str) -> tuple[str, str]:
    """Return path and query of a target in any form, still percent-encoded.

    >>> split_target("/posts?page=2"), split_target("http://example.com?page=2")
    (('/posts', 'page=2'), ('/', 'page=2'))
    >>> split_target("*"), split_target("example.com:443")
    (('*', ''), ('', ''))
    """
    if not target.startswith("/"):
        if (match := ABSOLUTE.match(target)) is not None:
            target = target[match.end() :]
            if not target.startswith("/"):
                target = f"/{target}"
        elif AUTHORITY.fullmatch(target) is not None:
            return "", ""
    path, _, query = target.partition("?")
    return path, query


def check_target(method: str, target: str) -> None:
    """Refuse a target whose form does not fit its method.

    Raises:
        ParseError: It is in none of the four forms, or in one that this method does not have.
    """
    if method == "CONNECT":
        _check_authority(target)
    elif target.startswith("/") or (target == "*" and method == "OPTIONS"):
        return
    elif (match := ABSOLUTE.match(target)) is None:
        raise ParseError(f'target must begin with "/" or be a URL, got {shorten(target)}')
    elif not match[1] or HOST.fullmatch(match[1]) is None:
        # Also "user@host": it makes one host look like another (RFC 9110, section 4.2.4).
        raise ParseError(
            f"host of the target must be a name or an address, got {shorten(match[1])}"
        )
    else:
        _check_literal(match[1])


def check_host(host: str) -> None:
    """Refuse a ``Host`` that is no host: RFC 9112, section 3.2; it may be empty.

    Raises:
        ParseError: It is not ``name``, ``address``, or one of both with a port.
    """
    if HOST.fullmatch(host) is None:
        raise ParseError(f"Host must be a name or an address, got {shorten(host)}")
    if host.startswith("["):
        _check_literal(host)


def _check_authority(target: str) -> None:
    """Refuse a target of ``CONNECT`` without a host, or without a port that can be connected to."""
    match = AUTHORITY.fullmatch(target)
    if match is None:
        raise ParseError(f"target of CONNECT must be host:port, got {shorten(target)}")
    port = match[1].lstrip("0")
    if not port or len(port) > MAX_DIGITS or int(port) > MAX_PORT:
        raise ParseError(f"port must be a number from 1 to {MAX_PORT}, got {shorten(target)}")
    _check_literal(target)


def _check_literal(host: str) -> None:
    """Refuse what stands in brackets and is no address: programs would guess what it means."""
    if not host.startswith("["):
        return
    address = host[1:].partition("]")[0]
    try:
        IPv6Address(address)
    except AddressValueError:
        raise ParseError(f"address in brackets must be IPv6, got {shorten(address)}") from None
