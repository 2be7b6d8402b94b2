"""What can be read of a request without opening it: everything but the body.

    POST /posts?draft=1 HTTP/1.1        method, target: path, query_string, query
    Host: example.com                   host, url
    Cookie: sid=1                       cookies
    Authorization: Bearer abc           bearer_token
    Accept, Accept-Language, ...        accepts, accepts_language, accepts_charset, accepts_encoding
    If-Match, If-None-Match, ...        if_match, if_none_match, ..., check_conditions
    Content-Type: application/json      content_type

Nothing is decoded before it is looked at.  What handlers look at often (query, cookies, host) is
remembered then; the others are read at each look.
"""

import re
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from groundup_httpparse import (
    Headers,
    MultiDict,
    ParseError,
    parse_parameters,
    parse_query,
)
from groundup_messages.address import Address
from groundup_messages.conditions import ETag, ETags, RangeCondition, choose_condition_status
from groundup_messages.cookies import parse_cookies
from groundup_messages.errors import BadHost, BadQuery
from groundup_messages.negotiation import (
    choose_charset,
    choose_coding,
    choose_language,
    choose_media_type,
)
from groundup_messages.url import URL
from groundup_response import parse_http_date

__all__ = ["Envelope"]

# Host as RFC 3986 writes it.  Links are made from it: a slash or an @ in it would lead elsewhere.
HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._~!$&'()*+,;=%-]+)(?::[0-9]{0,5})?")
DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
BEARER = re.compile(r"bearer +([0-9A-Za-z._~+/-]+=*) *", re.IGNORECASE | re.ASCII)
LENGTH = re.compile(r"[0-9]{1,18}")


class Envelope:
    """The head of a request; ``Request`` fills it and adds the body."""

    method: str
    """The method as sent, "GET"."""
    target: str
    """What stood in the request line: still percent-encoded, with the query."""
    headers: Headers
    client: Address | None
    """The other end of the connection."""
    server: Address | None
    """Our end of the connection."""
    scheme: str
    http_version: str
    params: dict[str, Any]
    """What the router found in the path."""
    root_path: str = ""
    """What was taken off the path by whoever mounted us."""
    path: str
    """The path as sent: percent-encoded, without query and ``root_path``."""
    query_string: str
    """The query as sent, without its question mark."""

    _query: MultiDict[str] | None = None
    _cookies: dict[str, str] | None = None
    _media: tuple[str | None, dict[str, str]] | None = None
    _host: str | None = None
    _state: SimpleNamespace | None = None

    @property
    def query(self) -> MultiDict[str]:
        """The decoded query.

        Raises:
            BadQuery: It has too many fields.
        """
        if self._query is None:
            try:
                self._query = parse_query(self.query_string)
            except ParseError as error:
                raise BadQuery(f"query must be readable: {error}") from error
        return self._query

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name."""
        if self._cookies is None:
            self._cookies = parse_cookies(self.headers.get("Cookie") or "")
        return self._cookies

    @property
    def content_type(self) -> str | None:
        """The media type of the body in lower case, without parameters."""
        return self._read_media()[0]

    @property
    def charset(self) -> str | None:
        """The charset that the body claims."""
        return self._read_media()[1].get("charset")

    @property
    def content_length(self) -> int | None:
        """How long the body is said to be."""
        length = self.headers.get("Content-Length")
        return int(length) if length and LENGTH.fullmatch(length) else None

    @property
    def host(self) -> str:
        """Host and port that the client asked for; assign what a trusted proxy says.

        Raises:
            BadHost: What it sent is no host.
        """
        if self._host is None:
            self._host = self._find_host()
        return self._host

    @host.setter
    def host(self, host: str) -> None:
        self._host = _check_host(host)

    @property
    def url(self) -> URL:
        """The whole URL, as the client wrote it."""
        path = "" if self.target == "*" else self.root_path + self.path
        query = f"?{self.query_string}" if self.query_string else ""
        return URL(f"{self.scheme}://{self.host}{path}{query}")

    @property
    def is_secure(self) -> bool:
        """Whether the request came over TLS."""
        return self.scheme in {"https", "wss"}

    @property
    def ip(self) -> str | None:
        """The address of the other end."""
        return None if self.client is None else self.client.host

    @property
    def bearer_token(self) -> str | None:
        """The token of ``Authorization: Bearer``, or None: RFC 6750, section 2.1."""
        match = BEARER.fullmatch(self.headers.get("Authorization") or "")
        return None if match is None else match[1]

    @property
    def state(self) -> SimpleNamespace:
        """A place for what layers want to tell each other."""
        if self._state is None:
            self._state = SimpleNamespace()
        return self._state

    def accepts(self, *offers: str) -> str | None:
        """Return the offered media type that the client likes best, or None.

        Whoever answers by this, or by one of the next three, should say so: ``Vary: Accept``.
        """
        return choose_media_type(self.headers.get("Accept"), offers)

    def accepts_language(self, *offers: str) -> str | None:
        """Return the offered language that the client likes best, or None when it names none."""
        return choose_language(self.headers.get("Accept-Language"), offers)

    def accepts_charset(self, *offers: str) -> str | None:
        """Return the offered charset that the client likes best, or None."""
        return choose_charset(self.headers.get("Accept-Charset"), offers)

    def accepts_encoding(self, *offers: str) -> str | None:
        """Return the offered content coding that the client likes best, or None."""
        return choose_coding(self.headers.get("Accept-Encoding"), offers)

    @property
    def if_match(self) -> ETags | None:
        """The versions of which one must be there, for the request to be done."""
        value = self.headers.get("If-Match")
        return None if value is None else ETags.parse(value)

    @property
    def if_none_match(self) -> ETags | None:
        """The versions that the client has, or that it would not overwrite."""
        value = self.headers.get("If-None-Match")
        return None if value is None else ETags.parse(value)

    @property
    def if_modified_since(self) -> datetime | None:
        """The date of the client's copy; None also when it is no date."""
        return parse_http_date(self.headers.get("If-Modified-Since") or "")

    @property
    def if_unmodified_since(self) -> datetime | None:
        """The date of the copy that the client changed; None also when it is no date."""
        return parse_http_date(self.headers.get("If-Unmodified-Since") or "")

    @property
    def if_range(self) -> RangeCondition | None:
        """The version that a range must be a part of."""
        value = self.headers.get("If-Range")
        return None if value is None else RangeCondition.parse(value)

    def check_conditions(
        self,
        etag: ETag | None = None,
        modified: datetime | None = None,
        *,
        exists: bool = True,
    ) -> int | None:
        """Return the status that answers at once, or None when the request is to be done.

        304: the client has the content; 412: what it would change is not what it has seen.  Ask
        before anything is changed, and only when the answer would be a success without it.

        Args:
            etag: The version of what there is.
            modified: When it was changed; aware.
            exists: Whether there is anything: False for a PUT that makes something new.

        Raises:
            ValueError: ``modified`` is naive.
        """
        return choose_condition_status(self, etag, modified, exists=exists)

    def _read_media(self) -> tuple[str | None, dict[str, str]]:
        if self._media is None:
            value = self.headers.get("Content-Type")
            if value is None:
                self._media = None, {}
            elif ";" in value:
                media, parameters = parse_parameters(value)
                self._media = media.strip().lower(), parameters
            else:
                self._media = value.strip().lower(), {}
        return self._media

    def _find_host(self) -> str:
        """Return the host by RFC 9112, section 3.3: the target's, the field's, or our address."""
        if not self.target.startswith("/") and "://" in self.target:
            return _check_host(self.target.partition("://")[2].partition("/")[0].partition("?")[0])
        if host := self.headers.get("Host"):
            return _check_host(host)
        if self.server is None or self.server.port is None:
            return "localhost"
        if self.server.port == DEFAULT_PORTS.get(self.scheme):
            return str(Address(self.server.host))
        return str(self.server)


def _check_host(host: str) -> str:
    if not HOST.fullmatch(host):
        raise BadHost(f"host must be a name or an address, got {host[:40]!r}")
    return host
