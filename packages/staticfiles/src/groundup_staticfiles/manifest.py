"""Names that change with the content: what a page asks for the name of today.

    app.css  --->  /static/app.2cf24dba5fb0a30e26e8.css

A browser that has a file of this name never has to ask whether its copy is still good, and never
uses an old one.  The table is read from the folder that ``collect`` has written, once.
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from groundup_httpparse import percent_encode
from groundup_staticfiles.errors import StaticFilesError

__all__ = ["MANIFEST", "Manifest"]

MANIFEST = ".manifest.json"  # a dot in front: it is not served
MAX_MANIFEST = 16 * 1024 * 1024  # bytes


class Manifest:
    """The names of today, by the names that a program knows; may be shared between threads.

    Attributes:
        names: Of files below the folder, by their plain names.
        missing: What style sheets refer to and ``collect`` did not find: ``app.css: img/x.png``.

    >>> manifest = Manifest({"app.css": "app.2cf24dba5fb0a30e26e8.css"})
    >>> manifest.url("app.css"), manifest.url("other.css", prefix="/assets/")
    ('/static/app.2cf24dba5fb0a30e26e8.css', '/assets/other.css')
    """

    def __init__(self, names: Mapping[str, str], *, missing: Iterable[str] = ()) -> None:
        self.names = dict(names)
        self.missing = tuple(missing)

    @classmethod
    def load(cls, folder: str | os.PathLike[str], *, required: bool = True) -> Self:
        """Read the manifest of a folder that ``collect`` has written.

        Args:
            folder: Where it is.
            required: Whether there must be one.  While a site is written nothing is collected, and
                a page links to plain names.

        Raises:
            StaticFilesError: There is none, or it is damaged.
        """
        path = Path(folder, MANIFEST)
        if not required and not path.exists():
            return cls({})
        try:
            if path.stat().st_size > MAX_MANIFEST:
                raise StaticFilesError(f"manifest must not have more than {MAX_MANIFEST} bytes")
            names: Any = json.loads(path.read_bytes())
            return cls({str(name): str(hashed) for name, hashed in names.items()})
        except (OSError, ValueError, AttributeError) as error:
            if isinstance(error, StaticFilesError):
                raise
            raise StaticFilesError(
                f"folder must have a manifest, got none that can be read at {str(path)!r}:"
                " collect its files first"
            ) from None

    def url(self, name: str, prefix: str = "/static/") -> str:
        """Return the path to link to: with the hash when there is one."""
        return prefix + percent_encode(self.names.get(name, name), safe="/")
