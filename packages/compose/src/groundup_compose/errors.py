"""What can be wrong: a dependency, the order of a chain, or what a proxy says of a request.

InjectionError    LookupError    a dependency that cannot be given
OrderError        ValueError     layers that stand in an order which does not work
ForwardedError    ValueError     a field of a proxy that breaks its grammar; answered with 400
"""

__all__ = ["ForwardedError", "InjectionError", "OrderError"]


class InjectionError(LookupError):
    """A function asks for a dependency that nobody provides, or that depends on itself."""


class OrderError(ValueError):
    """Layers stand in an order in which they do not work; the message names each pair."""


class ForwardedError(ValueError):
    """What a proxy says of a request cannot be read."""

    status = 400
