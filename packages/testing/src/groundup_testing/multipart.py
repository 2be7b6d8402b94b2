r"""Write ``multipart/form-data``: RFC 7578, with names escaped as browsers escape them.

    --boundary\r\n
    Content-Disposition: form-data; name="avatar"; filename="me.png"\r\n
    Content-Type: image/png\r\n
    \r\n
    ...bytes...\r\n
    --boundary--\r\n

In a quoted name browsers write a quote as %22, CR as %0D and LF as %0A (WHATWG HTML, section
4.10.21.8), and everything else as the bytes of UTF-8.
"""

import mimetypes
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import IO

__all__ = ["FileInput", "FilePart", "encode_multipart", "open_file"]

FileContent = bytes | str | Path | IO[bytes]
FileInput = Path | bytes | IO[bytes] | tuple[str, FileContent] | tuple[str, FileContent, str]
FilePart = tuple[str, bytes, str]  # filename, content, content type

UNKNOWN = "application/octet-stream"


def open_file(name: str, given: FileInput) -> FilePart:
    """Return filename, content and type of what a test calls a file.

    >>> open_file("avatar", b"...")
    ('avatar', b'...', 'application/octet-stream')
    >>> open_file("avatar", ("me.png", b"..."))
    ('me.png', b'...', 'image/png')

    Raises:
        TypeError: It is no file.
    """
    kind: str | None = None
    if isinstance(given, tuple):
        filename, content = given[:2]
        kind = given[2] if len(given) == 3 else None  # noqa: PLR2004 - filename, content, type
    else:
        content = given
        filename = os.path.basename(str(getattr(given, "name", None) or name))  # noqa: PTH119 - of a text
    if isinstance(content, Path):
        data = content.read_bytes()
    elif isinstance(content, str):
        data = content.encode()
    else:
        data = content if isinstance(content, bytes) else content.read()
    if not isinstance(data, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without types
        raise TypeError(f"file {name!r} must be opened in binary mode, got text: open(path, 'rb')")
    return filename, data, kind or mimetypes.guess_type(filename)[0] or UNKNOWN


def encode_multipart(
    fields: Iterable[tuple[str, str]],
    files: Iterable[tuple[str, FilePart]],
    boundary: str | None = None,
) -> tuple[bytes, str]:
    r"""Return the body and its content type.

    >>> body, kind = encode_multipart([("name", "Alice")], [], boundary="b")
    >>> body
    b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nAlice\r\n--b--\r\n'
    >>> kind
    'multipart/form-data; boundary=b'
    """
    boundary = boundary or f"----groundup{secrets.token_hex(16)}"
    pieces: list[bytes] = []
    for name, value in fields:
        head = f'Content-Disposition: form-data; name="{escape(name)}"'
        pieces += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), value.encode(), b"\r\n"]
    for name, (filename, content, kind) in files:
        head = (
            f'Content-Disposition: form-data; name="{escape(name)}"; filename="{escape(filename)}"'
            f"\r\nContent-Type: {kind}"
        )
        pieces += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces), f"multipart/form-data; boundary={boundary}"


def escape(text: str) -> str:
    """Escape what would end a quoted name."""
    text = text.replace("\\", "\\\\")  # a reader takes two for one, and one before a quote for none
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
