"""The one error of this package: a dependency that cannot be given."""

__all__ = ["InjectionError"]


class InjectionError(LookupError):
    """A function asks for a dependency that nobody provides, or that depends on itself."""
