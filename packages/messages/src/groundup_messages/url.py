r"""A URL as text that also knows its parts: RFC 3986.

    https://example.com:8443/posts/1?page=2#top
    \___/   \_________/ \__/\______/ \____/ \_/
    scheme     host      port  path   query fragment

It *is* a string, so it can be printed, compared, logged and sent as it is.
"""

from collections.abc import Iterable, Mapping
from typing import Self
from urllib.parse import SplitResult, urljoin, urlsplit

from groundup_httpparse import format_query
from groundup_messages.errors import BadURL

__all__ = ["URL"]


class URL(str):
    """A URL whose parts are read when they are asked for; it never changes, so share it freely.

    >>> url = URL("https://example.com:8443/posts/1?page=2")
    >>> url.host, url.port, url.path, url.query
    ('example.com', 8443, '/posts/1', 'page=2')
    >>> url.with_query({"page": "3"})
    URL('https://example.com:8443/posts/1?page=3')
    >>> url.resolve("../about")
    URL('https://example.com:8443/about')
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"URL({str(self)!r})"

    @property
    def scheme(self) -> str:
        """The scheme in lower case, without the colon."""
        return self._split().scheme

    @property
    def host(self) -> str:
        """The host in lower case, without brackets and port; "" when there is none."""
        return self._split().hostname or ""

    @property
    def port(self) -> int | None:
        """The port when one is written."""
        try:
            return self._split().port
        except ValueError:
            raise BadURL(f"port must be a number up to 65535, got {str(self)[:40]!r}") from None

    @property
    def origin(self) -> str:
        """Scheme, host and port: what browsers compare when they speak of the same site."""
        parts = self._split()
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self._split().path

    @property
    def query(self) -> str:
        """The query without its question mark, still encoded."""
        return self._split().query

    @property
    def fragment(self) -> str:
        """What follows the "#"."""
        return self._split().fragment

    def with_path(self, path: str) -> Self:
        """Return the URL with another path, which must be encoded, and without query."""
        return type(self)(self._split()._replace(path=path, query="", fragment="").geturl())

    def with_query(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]]) -> Self:
        """Return the URL with another query, which is encoded here."""
        return type(self)(self._split()._replace(query=format_query(pairs)).geturl())

    def resolve(self, reference: str) -> Self:
        """Return what a link in a page at this URL points to: RFC 3986, section 5."""
        return type(self)(urljoin(str(self), reference))

    def _split(self) -> SplitResult:
        try:
            return urlsplit(str(self))
        except ValueError as error:
            raise BadURL(f"URL must be valid, got {str(self)[:40]!r}: {error}") from None
