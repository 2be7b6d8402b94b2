"""Make one layer of several, or give one handler layers of its own.

stack(a, b, c)              a layer: a, inside of it b, inside of it c, inside of it the rest
@with_layers(a, b)          a handler with a and b around it: middleware for one route
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import Handler, Layer, Next, Pipeline, colour_free, nonblocking
from groundup_response import Response

__all__ = ["stack", "with_layers"]


def stack(*layers: Layer) -> Layer:
    """Return one layer that is all of these, the first outermost.

    >>> from groundup_middleware import Pipeline
    >>> def add(letter):
    ...     async def layer(request, next):
    ...         response = await next()
    ...         response.set_body(response.text + letter)
    ...         return response
    ...
    ...     return layer
    >>> ab = stack(add("a"), add("b"))
    >>> Pipeline([ab]).run_sync(None, lambda request: Response(200, ">")).text
    '>ba'
    """
    reverse = [colour_free(layer) for layer in reversed(layers)]

    @nonblocking
    def stacked(request: Any, next: Next) -> Any:
        for layer in reverse:
            next = functools.partial(layer, request, next)
        return next()

    return annotate(stacked, "stack", *layers)


def with_layers(*layers: Layer) -> Callable[[Handler[Any]], Callable[[Any], Awaitable[Response]]]:
    """Put layers around one handler: middleware for one route.

    >>> import asyncio
    >>> @with_layers(lambda request, next: next() if request == "admin" else Response(403))
    ... def secret(request):
    ...     return Response(200, "the secret")
    >>> asyncio.run(secret("anybody")).status
    403
    """
    pipeline = Pipeline(layers)

    def decorate(handler: Handler[Any]) -> Callable[[Any], Awaitable[Response]]:
        compiled = pipeline.compile(handler)

        @functools.wraps(handler)  # attributes too: a server reads `streams_body`
        async def guarded(request: Any) -> Response:
            return await compiled(request)

        return annotate(guarded, "with_layers", *layers)

    return decorate
