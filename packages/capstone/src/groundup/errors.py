"""The framework's own errors: mistakes of whoever runs it, answered with one line."""

__all__ = ["ConfigError", "GroundupError", "ListenError", "LoadError"]


class GroundupError(Exception):
    """The base of what the command answers with one line and exit status 2."""


class ConfigError(GroundupError, ValueError):
    """A setting is missing, unknown or of the wrong kind."""


class LoadError(GroundupError, LookupError):
    """An application that was named does not exist."""


class ListenError(GroundupError, OSError):
    """An address cannot be listened on; the machine said no, so the exit status is 1."""
