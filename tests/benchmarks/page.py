"""The page of the docs (being built)."""


def write() -> None:
    """Write it."""
