"""What cannot be served, and why.

``StaticFilesError`` is the program's mistake, and comes when the handler is made.  ``PathError``
is the client's: it never leaves the handler, which answers with its status; its words are for the
person who asks ``explain``, and never for the client, who must not learn what exists.
"""

__all__ = ["PathError", "StaticFilesError"]


class StaticFilesError(ValueError):
    """The handler cannot be made as it was asked for."""


class PathError(StaticFilesError):
    """The path names no file that may be served; ``status`` is 400, 403, 404 or 503.

    ``is_folder`` says that it names a folder, so that a slash at its end may lead to its index.
    """

    def __init__(self, message: str, *, status: int = 404, is_folder: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.is_folder = is_folder
