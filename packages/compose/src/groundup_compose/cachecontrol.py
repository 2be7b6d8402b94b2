"""Say how long a response may be kept, and by whom: RFC 9111, section 5.2, and RFC 8246.

Only for responses that say nothing about it themselves, to GET and HEAD, with a status that caches
keep.  A response that sets a cookie belongs to one client: it is never declared fit for shared
caches.
"""

from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, Layer, RequestLike
from groundup_response import Response

__all__ = ["cache_control"]

# Those that caches keep without being told to: RFC 9110, section 15.1.
CACHEABLE = {200, 203, 204, 206, 300, 301, 304, 308, 404, 405, 410, 414, 501}


def cache_control(  # noqa: PLR0913 - each is a directive
    *,
    max_age: int | None = None,
    s_maxage: int | None = None,
    stale_while_revalidate: int | None = None,
    public: bool = False,
    private: bool = False,
    no_cache: bool = False,
    no_store: bool = False,
    must_revalidate: bool = False,
    immutable: bool = False,
) -> Layer:
    """Return a layer that sets ``Cache-Control``; the names are those of the directives.

    Raises:
        ValueError: The directives contradict each other, or there are none.

    >>> from groundup_middleware import Pipeline
    >>> from types import SimpleNamespace
    >>> pipeline = Pipeline([cache_control(public=True, max_age=3600)])
    >>> request = SimpleNamespace(method="GET")
    >>> response = pipeline.run_sync(request, lambda request: Response(200))
    >>> response.headers["Cache-Control"]
    'public, max-age=3600'
    """
    flags = {
        "public": public,
        "private": private,
        "no-cache": no_cache,
        "no-store": no_store,
        "must-revalidate": must_revalidate,
        "immutable": immutable,
    }
    seconds = {
        "max-age": max_age,
        "s-maxage": s_maxage,
        "stale-while-revalidate": stale_while_revalidate,
    }
    value = format_directives(flags, seconds)
    shared = public or s_maxage is not None

    async def declare(request: RequestLike, next: AsyncNext) -> Response:
        response = await next()
        if request.method not in {"GET", "HEAD"} or int(response.status) not in CACHEABLE:
            return response
        if "Cache-Control" in response.headers or (shared and "Set-Cookie" in response.headers):
            return response
        response.headers["Cache-Control"] = value
        return response

    return annotate(declare, f"cache_control({value})")


def format_directives(flags: dict[str, bool], seconds: dict[str, int | None]) -> str:
    """Return the value of the field, or say what is wrong with it."""
    words = [name for name, given in flags.items() if given]
    timed = [f"{name}={number}" for name, number in seconds.items() if number is not None]
    if not words and not timed:
        raise ValueError("cache_control needs at least one directive")
    if flags["public"] and flags["private"]:
        raise ValueError("a response is public or private, not both")
    if flags["no-store"] and (timed or len(words) > 1):
        raise ValueError("no_store stands alone: what is not stored has no age")
    if any(number is not None and number < 0 for number in seconds.values()):
        raise ValueError(f"seconds cannot be negative, got {', '.join(timed)}")
    return ", ".join([*words, *timed])
