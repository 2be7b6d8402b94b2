"""Put the id of a session into a cookie, and keep caches off the answer: RFC 6265, RFC 9111.

    Set-Cookie: session=3yX…; Path=/; HttpOnly; SameSite=Lax; Secure
    Vary: Cookie
    Cache-Control: no-store

HttpOnly: no script of the page reads it.  SameSite=Lax: forms of other sites do not bring it.
Secure, wherever the request came over TLS: no other network sees it.  An answer that was made from
somebody's session must not be given to somebody else by a cache.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from groundup_sessions.errors import ConfigurationError

__all__ = ["Attributes", "ResponseLike", "keep_private"]

SAME_SITES = {"lax": "Lax", "strict": "Strict", "none": "None"}


class HeadersLike(Protocol):
    """Fields by name, whatever its case."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a field."""
        ...

    def __setitem__(self, name: str, value: str, /) -> None:
        """Replace a field."""
        ...


class ResponseLike(Protocol):
    """What is used of a response."""

    @property
    def status(self) -> int:
        """The status code."""
        ...

    @property
    def headers(self) -> HeadersLike:
        """The fields."""
        ...

    def set_cookie(self, name: str, value: str, /, **attributes: Any) -> None:
        """Add a cookie."""
        ...

    def delete_cookie(self, name: str, /, **attributes: Any) -> None:
        """Tell the browser to forget a cookie."""
        ...


@dataclass(frozen=True, slots=True)
class Attributes:
    """Name and attributes of the cookie, checked when they are written.

    >>> Attributes("session").list_for(secure=True)["secure"]
    True
    """

    name: str
    secure: Literal["auto"] | bool = "auto"
    samesite: str = "Lax"
    max_age: int | None = None
    path: str = "/"
    domain: str | None = None

    def __post_init__(self) -> None:
        if self.secure not in {"auto", True, False}:
            raise ConfigurationError(f"secure must be 'auto', True or False, got {self.secure!r}")
        if self.samesite.lower() not in SAME_SITES:
            raise ConfigurationError(
                f"samesite must be Lax, Strict or None, got {self.samesite!r:.40}"
            )
        if self.max_age is not None and self.max_age < 1:
            raise ConfigurationError(f"max_age must be at least 1 second, got {self.max_age}")
        needs_secure = self.name.startswith(("__Host-", "__Secure-"))
        if (needs_secure or self.samesite.lower() == "none") and self.secure is not True:
            raise ConfigurationError(
                f"cookie {self.name!r:.40} with samesite={self.samesite} must have secure=True"
            )
        if self.name.startswith("__Host-") and (self.path != "/" or self.domain is not None):
            raise ConfigurationError("a __Host- cookie must have path='/' and no domain")

    def list_for(self, *, secure: bool) -> dict[str, Any]:
        """Return the attributes for an answer to a request that was secure, or not."""
        return {
            "path": self.path,
            "domain": self.domain,
            "secure": secure if self.secure == "auto" else self.secure,
            "httponly": True,
            "samesite": SAME_SITES[self.samesite.lower()],
        }

    def set(self, response: ResponseLike, value: str, *, secure: bool) -> None:
        """Give the browser an id."""
        attributes = self.list_for(secure=secure)
        response.set_cookie(self.name, value, max_age=self.max_age, **attributes)
        response.headers["Cache-Control"] = "no-store"

    def delete(self, response: ResponseLike, *, secure: bool) -> None:
        """Take the id from the browser."""
        response.delete_cookie(self.name, **self.list_for(secure=secure))
        response.headers["Cache-Control"] = "no-store"


def keep_private(response: ResponseLike) -> None:
    """Say that an answer was made from a session: for one browser, and for its cookie."""
    names = [name.strip() for name in (response.headers.get("Vary") or "").split(",")]
    names = [name for name in names if name]
    if "*" not in names and "cookie" not in map(str.lower, names):
        response.headers["Vary"] = ", ".join([*names, "Cookie"])
    if response.headers.get("Cache-Control") is None:
        response.headers["Cache-Control"] = "private, no-cache"
