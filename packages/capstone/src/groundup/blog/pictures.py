"""Keep an uploaded picture: by what it is, not by what its name or type says.

A name of ours, an extension that follows from the first bytes, and only kinds that cannot carry a
script (no SVG).  So nothing that a stranger sends can be served as a page of this site.
"""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from groundup_errors import ValidationError

__all__ = ["Upload", "find_kind", "remove_picture", "save_picture"]

MAX_PICTURE = 8 * 1024 * 1024  # bytes
HEAD = 16  # bytes that tell a picture's kind


class Upload(Protocol):
    """What is asked of an uploaded file."""

    @property
    def size(self) -> int:
        """How many bytes it has."""
        ...

    def read(self, size: int = -1, /) -> bytes:
        """Return its bytes."""
        ...


def find_kind(head: bytes) -> str | None:
    r"""Return the extension that belongs to the first bytes of a picture, or None.

    >>> find_kind(b"\x89PNG\r\n\x1a\n"), find_kind(b"<svg onload=")
    ('png', None)
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def save_picture(upload: Upload, folder: Path) -> str:
    """Store a picture and return its name in the folder.

    Raises:
        ValidationError: It is too large, or no picture that browsers show.
    """
    if upload.size > MAX_PICTURE:
        limit = MAX_PICTURE // 1024 // 1024
        raise ValidationError(
            f"picture must not be larger than {limit} MiB, got {upload.size} bytes"
        )
    data = upload.read()
    kind = find_kind(data[:HEAD])
    if kind is None:
        raise ValidationError("picture must be a PNG, JPEG, GIF or WebP file")
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.{kind}"
    (folder / name).write_bytes(data)
    return name


def remove_picture(name: str | None, folder: Path) -> None:
    """Delete a picture that nothing shows any more."""
    if name:
        with suppress(OSError):
            (folder / name).unlink()
