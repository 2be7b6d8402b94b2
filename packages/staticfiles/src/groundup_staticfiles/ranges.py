r"""Read ``Range``, and write more than one as multipart: RFC 9110, section 14.

    Range: bytes=0-499        the first 500 bytes
    Range: bytes=500-         all from byte 500 on
    Range: bytes=-500         the last 500
    Range: bytes=0-0,-1       the first and the last byte: two parts

A field that cannot be read is ignored, and the whole is sent; one that lies outside is 416.  Forty
bytes of request could ask for a file a hundred times over (CVE-2011-3192), so ranges that overlap
or almost touch are joined, and more than a few are ignored.
"""

import re
import secrets
from collections.abc import Iterator
from typing import BinaryIO

from groundup_response import FileBody

__all__ = ["MAX_RANGES", "MultipartBody", "UnsatisfiableRange", "parse_ranges"]

MAX_RANGES = 16
NEAR = 80  # bytes between two ranges that cost less than the head of another part
SPEC = re.compile(r"([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18})")

Range = tuple[int, int]
"""Where it starts, and where it stops: the byte after its last."""


class UnsatisfiableRange(ValueError):  # noqa: N818 - the name of the status that it is answered with
    """No range lies inside the content; answer 416."""


def parse_ranges(value: str, size: int) -> list[Range]:
    """Return the ranges of a field, none when the whole content is to be sent.

    >>> parse_ranges("bytes=0-3, -2", 100), parse_ranges("lines=1-2", 100)
    ([(0, 4), (98, 100)], [])

    Raises:
        UnsatisfiableRange: All of them lie outside.
    """
    unit, _, text = value.partition("=")
    parts = text.split(",", MAX_RANGES)
    if unit.strip().lower() != "bytes" or len(parts) > MAX_RANGES:
        return []
    specs = [SPEC.fullmatch(part) for part in map(str.strip, parts) if part]
    found: list[Range] = []
    for spec in specs:
        if spec is None or (spec[2] and int(spec[1]) > int(spec[2])):
            return []
        if (bounds := _resolve(spec, size)) is not None:
            found.append(bounds)
    # The last bytes of nothing are nothing, and that is the whole.
    if not found and specs and not (size == 0 and specs[0] and specs[0][3]):
        raise UnsatisfiableRange(f"range must lie inside the {size} bytes, got {value[:40]!r}")
    return _join(found)


def _resolve(spec: re.Match[str], size: int) -> Range | None:
    first, last, suffix = spec.groups()
    if suffix is not None:
        length = min(int(suffix), size)
        return (size - length, size) if length else None
    start = int(first)
    stop = min(int(last) + 1, size) if last else size
    return (start, stop) if start < size else None


def _join(ranges: list[Range]) -> list[Range]:
    """Join what overlaps or almost touches; when nothing does, the order stays as asked."""
    joined: list[Range] = []
    for start, stop in sorted(ranges):
        if joined and start <= joined[-1][1] + NEAR:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return ranges if len(joined) == len(ranges) else joined


class MultipartBody:
    r"""Several ranges of a file as one body of type multipart/byteranges.

    Belongs to one response, as the file that it closes does.
    """

    def __init__(
        self, source: BinaryIO | bytes, ranges: list[Range], media: str, size: int
    ) -> None:
        boundary = secrets.token_hex(12)  # nobody can have written a file that contains it
        self.content_type = f"multipart/byteranges; boundary={boundary}"
        self._source = source
        self._parts = [
            (
                f"\r\n--{boundary}\r\nContent-Type: {media}\r\n"
                f"Content-Range: bytes {start}-{stop - 1}/{size}\r\n\r\n".encode("latin-1"),
                start,
                stop,
            )
            for start, stop in ranges
        ]
        self._end = f"\r\n--{boundary}--\r\n".encode()

    @property
    def length(self) -> int:
        """How many bytes the whole body has."""
        return sum(len(head) + stop - start for head, start, stop in self._parts) + len(self._end)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the parts, each with its head.

        Raises:
            BodyError: The file has become shorter.
        """
        source = self._source
        for head, start, stop in self._parts:
            yield head
            if isinstance(source, bytes):
                yield source[start:stop]
            else:
                yield from FileBody(source, offset=start, length=stop - start)
        yield self._end

    def close(self) -> None:
        """Close the file."""
        if not isinstance(self._source, bytes):
            self._source.close()
