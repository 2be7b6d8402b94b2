"""The debug page of an application: the error, and the way that the request had gone.

The way is asked of the parts themselves: the layers in their order, the router for its route and,
where it can, for its reasons.  Whoever leaves a site on the internet in debug mode shows its source
to everybody; ``groundup check --deploy`` says so.
"""

from collections.abc import Callable
from typing import Any

from groundup.interfaces import SupportsExplain
from groundup_errors import Way, debug_response
from groundup_response import Response

__all__ = ["debug_pages", "find_way"]


def debug_pages(app: Any, course_url: str | None) -> Callable[[Exception, Any], Response]:
    """Return what turns an error and its request into a page.

    Args:
        app: Has ``router`` and ``layers``.
        course_url: Where the course is served, for links to the chapter of what failed.
    """

    def show(error: Exception, request: Any) -> Response:
        return debug_response(
            error, request, find_way=lambda _: find_way(app, request), chapters=course_url
        )

    return show


def find_way(app: Any, request: Any) -> Way:
    """Return the layers of a request, and where its router sends it."""
    router = app.router
    match = router.match(request.path, request.method)
    endpoint = match and match["handler"]
    reasons = ""
    if isinstance(router, SupportsExplain):
        reasons = str(router.explain(request.path, request.method))
    return Way(
        [*app.layers, *(endpoint.layers if endpoint else ())],
        endpoint.handler if endpoint else None,
        request.route or "",
        reasons,
    )
