"""Turn what was raised below into a response.

Who decides which response is an object with ``dispatch(error, request)``: the ``ErrorHandlers`` of
``groundup-errors``, or four lines of one's own.

    try:        response = await next()
    except:     response = handlers.dispatch(error, request)
                response.error = error        the layers above can tell, and roll back
"""

from collections.abc import Awaitable
from typing import Any, Protocol

from groundup_middleware.colour import name_layer
from groundup_middleware.links import call_by_colour
from groundup_middleware.types import AsyncNext, Layer, is_response
from groundup_response import Response

__all__ = ["SupportsDispatch", "error_handling"]


class SupportsDispatch(Protocol):
    """Something that answers errors."""

    def dispatch(self, error: Exception, request: Any, /) -> Response | Awaitable[Response]:
        """Return the response for an error, or raise it again."""
        ...


def error_handling(handlers: SupportsDispatch) -> Layer:
    """Return a layer that answers every ``Exception`` from below through ``handlers``.

    A cancelled request stays cancelled, and what ``dispatch`` raises itself goes on outwards.
    A sync ``dispatch`` may block, so it runs in a thread unless it is marked ``@nonblocking``.
    """

    async def recover(request: Any, next: AsyncNext) -> Response:
        try:
            return await next()
        except Exception as error:
            response = await call_by_colour(handlers.dispatch, error, request)
            if not is_response(response):
                msg = f"dispatch must return a response, got {response!r:.40}"
                raise TypeError(msg) from error
            response.error = error
            return response

    return name_layer(recover, "error_handling")
