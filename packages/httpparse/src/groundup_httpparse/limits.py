"""How much a client may send before it is refused: every length and every count has an end."""

from dataclasses import dataclass, fields

__all__ = ["DEFAULT_LIMITS", "Limits"]

MAY_BE_ZERO = frozenset({"body", "trailer_fields", "trailers"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one parser; each is inclusive, and past it stands the status to answer.

    >>> Limits(body=1_000_000).fields
    100

    It never changes, so one may serve all connections.
    """

    request_line: int = 8192
    """Bytes of the request line: 414."""
    field_line: int = 8192
    """Bytes of one field, its name and value: 431."""
    fields: int = 100
    """Number of fields: 431."""
    head: int = 65536
    """Bytes of request line and fields together: 431."""
    chunk_line: int = 4096
    """Bytes of the line before a chunk, with its extensions: 400."""
    trailer_fields: int = 32
    """Number of fields after a chunked body: 431."""
    trailers: int = 8192
    """Bytes of these fields together: 431."""
    body: int | None = None
    """Bytes of content: 413.  None leaves the decision to whoever reads the body."""

    def __post_init__(self) -> None:
        for field in fields(self):
            limit = getattr(self, field.name)
            if limit is None and field.name == "body":
                continue
            least = 0 if field.name in MAY_BE_ZERO else 1
            if type(limit) is not int or limit < least:
                raise ValueError(f"{field.name} must be a number from {least} up, got {limit!r}")


DEFAULT_LIMITS = Limits()
