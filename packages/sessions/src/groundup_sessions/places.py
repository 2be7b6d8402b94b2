"""Say where a layer belongs in a chain, as plain data that whoever checks chains can read.

    layer.__groundup_order__ = {"name": "csrf", "requires": ["sessions"]}

A guard that stands outside of the sessions it needs finds none, and refuses everybody or nobody.
``groundup_compose.check_order`` reads the attribute; this package need not know it.
"""

from typing import Any, TypeVar

__all__ = ["place_layer"]

LayerT = TypeVar("LayerT")


def place_layer(layer: LayerT, **order: Any) -> LayerT:
    """Mark a layer with its name and with what must be outside of it; return it.

    >>> def guard(request, next): ...
    >>> place_layer(guard, name="csrf", requires=["sessions"]).__groundup_order__
    {'name': 'csrf', 'requires': ['sessions']}
    """
    setattr(layer, "__groundup_order__", order)  # noqa: B010 - functions have no such attribute in their type
    return layer
