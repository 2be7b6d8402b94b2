"""One file as it can be sent: its codings, each with its validators and its header fields.

Header fields are made once and not once a request; what changes is added to a copy.  The tag of a
small file is made of its bytes: a deployment that gives all files the same date cannot make
two contents share a tag, and the same content keeps its tag on every machine.  The tag of a large
file is made of its size and its time, in nanoseconds.

What is compressed on the fly has a weak tag: another version of the compressor gives other bytes.
"""

import hashlib
import math
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from operator import attrgetter

from groundup_httpparse import Headers
from groundup_response import http_date

__all__ = ["File", "Signature", "Variant", "make_tag", "read_signature"]

Signature = tuple[int, int, int, int, int]
OVERHEAD = 4096  # bytes that a file without content takes in memory, more or less


read_signature: Callable[[os.stat_result], Signature] = attrgetter(
    *("st_mtime_ns", "st_size", "st_ino", "st_dev"),
    "st_ctime_ns",  # on Windows the time of creation: no help there, and no harm
)
"""Return numbers of which one changes whenever a file is changed or replaced."""


class Variant:
    """A file in one coding; immutable once made, and shared between requests and threads.

    Attributes:
        coding: "identity", "br", "zstd" or "gzip".
        names: Where below the root it is.
        signature: What the file was like.
        content: All of it, or None when it is too large to be kept in memory.
        size: In bytes.
        etag: With its quotes.
        modified: When, in whole seconds; None when the clock of the disk makes no sense.
        modified_text: The same as HTTP writes it, or "".
        headers: Of a response with the whole of it.
        known: Of a response 304.
    """

    __slots__ = (
        *("coding", "content", "etag", "headers", "known", "modified", "modified_text"),
        *("names", "signature", "size"),
    )

    def __init__(
        self,
        coding: str,
        names: tuple[str, ...],
        signature: Signature,
        content: bytes | None,
        etag: str,
        fields: list[tuple[str, str]],
    ) -> None:
        self.coding = coding
        self.names = names
        self.signature = signature
        self.content = content
        self.size = signature[1] if content is None else len(content)
        self.etag = etag
        self.modified = _whole_seconds(signature[0])
        self.modified_text = "" if self.modified is None else http_date(self.modified)
        tagged = [("ETag", etag)]
        described: list[tuple[str, str]] = []
        if self.modified_text:
            described.append(("Last-Modified", self.modified_text))
        if coding != "identity":
            described.append(("Content-Encoding", coding))
        if not etag.startswith("W/"):
            described.append(("Accept-Ranges", "bytes"))
        kept = [field for field in fields if field[0] in {"Cache-Control", "Vary"}]
        self.headers = _freeze([*fields, *tagged, *described])
        self.known = _freeze([*tagged, *kept])


class File:
    """What is known of one file; kept until the disk says that it has changed.

    Made by one thread, then read by all; what is filled in later is assigned as a whole.
    """

    __slots__ = (
        *("busy", "checked", "codings", "compressible", "fields", "gzip", "identity", "path"),
        *("siblings", "signature", "used", "weight"),
    )

    def __init__(self, path: str, identity: Variant, fields: list[tuple[str, str]]) -> None:
        self.path = path
        self.identity = identity
        self.signature = identity.signature
        self.fields = fields
        self.siblings: dict[str, Variant] = {}  # by coding: files beside this one
        self.codings: tuple[str, ...] = ()  # all that may be asked for, besides identity
        self.checked = -math.inf  # when its siblings were looked for
        self.compressible = False  # on the fly
        self.gzip: Variant | None = None  # made on the fly
        self.busy = False  # somebody is making it
        self.used = False  # since the last look of who makes room
        self.weight = OVERHEAD + len(identity.content or b"")


def make_tag(content: bytes | None, signature: Signature) -> str:
    """Return a strong tag of bytes, or of the signature of a file that was not read.

    >>> make_tag(b"hello", (0, 5, 0, 0, 0)), make_tag(None, (255, 16, 0, 0, 0))
    ('"8ed7252f4b03f9e8376db5b2"', '"ff-10"')
    """
    if content is None:
        return f'"{signature[0]:x}-{signature[1]:x}"'
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def _whole_seconds(nanoseconds: int) -> datetime | None:
    # Nothing has been modified later than now: RFC 9110, section 8.8.2.1.
    seconds = min(nanoseconds // 10**9, int(time.time()))
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _freeze(items: list[tuple[str, str]]) -> Headers:
    headers = Headers.from_trusted(items)
    len(headers)  # makes the index once, for all copies
    return headers.copy()
