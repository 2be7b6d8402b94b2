"""Functions that make layers: the simplest factories, and what all the others leave for `show`.

A *factory* takes settings and returns a layer; the layer is a closure over them.

    def add_header(name, value):            # the factory
        def layer(request, next):           # the layer
            response = next()
            response.headers[name] = value
            return response
        return layer

Many layers have work to do on one side of ``next()`` only.  For those, `before` and `after` make a
layer of a function that does not know of ``next`` at all.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from groundup_middleware import AsyncNext, Layer, call_by_colour, describe, is_response
from groundup_response import Response

__all__ = ["Note", "after", "annotate", "before", "find_note"]

NOTE = "__groundup_note__"

LayerT = TypeVar("LayerT", bound=Callable[..., Any])


class Note(NamedTuple):
    """What a made layer says about itself: a label, and the layers that it was made of."""

    label: str
    layers: tuple[Layer, ...] = ()
    together: bool = False  # whether they stand beside each other, not one inside of the other


def annotate(layer: LayerT, label: str, *layers: Layer, together: bool = False) -> LayerT:
    """Leave a note on a layer, for `show` and `check_order`, and return the layer."""
    setattr(layer, NOTE, Note(label, layers, together))
    return layer


def find_note(layer: Callable[..., Any]) -> Note | None:
    """Return the note of a layer, or None."""
    note = getattr(layer, NOTE, None)
    return note if isinstance(note, Note) else None


def before(function: Callable[[Any], Any]) -> Layer:
    """Make a layer of something to do before everything below: ``function(request)``.

    A response that it returns is the answer, and nothing below runs.

    >>> from groundup_middleware import Pipeline
    >>> closed = before(lambda request: Response(503, "Closed on Sundays"))
    >>> Pipeline([closed]).run_sync(None, lambda request: Response(200)).status
    503
    """

    async def layer(request: Any, next: AsyncNext) -> Response:
        early = await call_by_colour(function, request)
        if early is None:
            return await next()
        if is_response(early):
            return early
        msg = f"{describe(function)} must return a response or None, got {early!r:.40}"
        raise TypeError(msg)

    return annotate(layer, f"before({describe(function)})")


def after(function: Callable[[Any, Response], Any]) -> Layer:
    """Make a layer of something to do with the response: ``function(request, response)``.

    It changes the response, or returns another one.

    >>> from groundup_middleware import Pipeline
    >>> sign = after(lambda request, response: response.headers.update({"X-Signed": "yes"}))
    >>> Pipeline([sign]).run_sync(None, lambda request: Response(200)).headers["X-Signed"]
    'yes'
    """

    async def layer(request: Any, next: AsyncNext) -> Response:
        response = await next()
        other = await call_by_colour(function, request, response)
        if other is None:
            return response
        if is_response(other):
            return other
        msg = f"{describe(function)} must return a response or None, got {other!r:.40}"
        raise TypeError(msg)

    return annotate(layer, f"after({describe(function)})")
