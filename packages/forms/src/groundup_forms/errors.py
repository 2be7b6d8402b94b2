"""The two things that can go wrong, and the status to answer each with.

``FormError`` is the client's doing: 400 for what is broken, 413 for what passes a limit, 415 for a
type or a charset that nobody here can read.  ``SpoolError`` is the server's: its disk is full.
"""

__all__ = ["FormError", "SpoolError"]


class FormError(ValueError):
    """The body is not the form it claims to be, or is too large a one.

    ``status`` is the status to answer with: 400, 413 or 415.
    """

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class SpoolError(OSError):
    """An upload cannot be kept on the disk of the server; answer it with 507."""

    status = 507
