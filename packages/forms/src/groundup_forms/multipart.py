r"""Split a multipart body into its parts: RFC 7578 and RFC 2046, section 5.1.1.

    preamble, usually none
    --boundary\r\n                                            a delimiter opens a part
    Content-Disposition: form-data; name="title"\r\n          its head
    \r\n                                                      an empty line
    Hello                                                     its content, any bytes
    \r\n--boundary--                                          the last delimiter; an epilogue

The line break before a delimiter belongs to the delimiter, not to the content.  So the one thing
to look for in content is ``\r\n--boundary``, and ``bytes.find`` does that at the speed of memory,
whatever the content is.  Only the end of a piece needs care, because a delimiter may be cut in two
there; a delimiter has its only CR in front, so the last CR of the piece decides.

    PREAMBLE --> DELIMITER --> HEAD --> CONTENT --+
                  ^   |                           |
                  |   +--> EPILOGUE               |
                  +-------------------------------+

What is kept between two pieces is never more than a head or a delimiter.  Limits are counted here
and not where the parts are stored, so that nobody who uses this parser alone goes without them.
"""

import re
from collections.abc import Callable
from typing import Final

from groundup_forms.boundary import check_boundary
from groundup_forms.disposition import PLAIN, PartStart, read_part_start
from groundup_forms.errors import FormError
from groundup_forms.limits import FormLimits, Meter, too_large

__all__ = ["Event", "MultipartParser", "PartEnd"]

CRLF = b"\r\n"
WAIT = -1  # in place of a position: more bytes are needed to go on
HEAD_END = b"\r\n\r\n"
MAX_PADDING = 256  # blanks after a boundary: mail gateways of the nineties added them
DELIMITER_END = re.compile(rb"--|[ \t]{0,256}+\r\n")
DELIMITER_BEGUN = re.compile(rb"-?|[ \t]{0,256}+\r?")


class PartEnd:
    """The content of a part is complete."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<PartEnd>"


Event = PartStart | bytes | PartEnd
END: Final = PartEnd()  # they are all alike


class MultipartParser:
    r"""Turn the bytes of a multipart body into events, however the bytes are split.

    >>> parser = MultipartParser("b")
    >>> parser.feed(b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nHel')
    [<PartStart 'title'>, b'Hel']
    >>> parser.feed(b"lo\r\n--b--\r\n")
    [b'lo', <PartEnd>]
    >>> parser.finish()

    For each part come a ``PartStart``, its content in pieces that are never empty, and a
    ``PartEnd``.  It does no input or output.  Not shared between threads or tasks.

    Args:
        boundary: As the Content-Type names it.
        limits: What one form may bring.

    Raises:
        FormError: The boundary is none.
    """

    def __init__(self, boundary: bytes | str, limits: FormLimits | None = None) -> None:
        limits = FormLimits() if limits is None else limits
        self._delimiter = b"\r\n--" + check_boundary(boundary)
        self._max_head = limits.max_head
        self._max_headers = limits.max_headers
        self._meter = Meter(limits)
        self._kept = CRLF  # a body may begin with its delimiter: act as if a line had ended there
        self._searched = 0  # bytes of what is kept that hold no end of a head
        self._parts = 0
        self._step: Step = MultipartParser._skip_preamble
        self._events: list[Event] = []
        self._done = False
        self._error: FormError | None = None

    @property
    def done(self) -> bool:
        """Whether the last delimiter has been read."""
        return self._done

    def feed(self, data: bytes) -> list[Event]:
        """Take the next bytes of the body and return what they complete.

        Raises:
            FormError: They are no multipart form, or pass a limit.  The parser raises the same
                from then on.
        """
        if self._error is not None:
            raise self._error
        if self._done:
            return []  # an epilogue is nobody's
        data = self._kept + data if self._kept else data
        at = 0
        try:
            while at != WAIT:
                at = self._step(self, data, at)
        except FormError as error:
            self._error = error
            raise
        events, self._events = self._events, []
        return events

    def finish(self) -> None:
        """Say that the body has ended.

        Raises:
            FormError: Its last delimiter has not come.
        """
        if self._error is None and not self._done:
            delimiter = self._delimiter[2:] + b"--"
            self._error = FormError(
                f"multipart form must end with {delimiter[:80]!r}, ended in part {self._parts}"
                if self._parts
                else f"multipart form must have a line {delimiter[:-2][:80]!r}, got none"
            )
        if self._error is not None:
            raise self._error

    def _keep(self, data: bytes, at: int) -> int:
        """Keep what has not been used for the next piece, and wait for that."""
        self._kept = data[at:]
        return WAIT

    def _find_cut(self, data: bytes, at: int) -> int:
        """Return where a delimiter may begin that the end of the piece has cut in two."""
        cut = data.rfind(b"\r", max(at, len(data) - len(self._delimiter)))
        return cut if cut >= 0 and self._delimiter.startswith(data[cut:]) else len(data)

    def _skip_preamble(self, data: bytes, at: int) -> int:
        end = data.find(self._delimiter, at)
        if end < 0:
            return self._keep(data, self._find_cut(data, at))
        self._step = MultipartParser._read_delimiter
        return end + len(self._delimiter)

    def _read_delimiter(self, data: bytes, at: int) -> int:
        """Read what follows a boundary in its line."""
        if data.startswith(CRLF, at):
            self._step = MultipartParser._read_head
            return at
        match = DELIMITER_END.match(data, at)
        if match is None:
            rest = data[at : at + MAX_PADDING + 2]
            if not DELIMITER_BEGUN.fullmatch(rest):
                raise FormError(
                    f"boundary must be followed by CRLF or two hyphens, got {rest[:40]!r}"
                )
            return self._keep(data, at)
        if match[0] == b"--":
            self._done = True
            return self._keep(data, len(data))
        self._step = MultipartParser._read_head
        return match.end() - len(CRLF)

    def _read_head(self, data: bytes, at: int) -> int:
        """Read the head of a part, from the line break in front of it to the empty line."""
        plain = PLAIN.match(data, at)
        end = plain.end() - len(HEAD_END) if plain else data.find(HEAD_END, at + self._searched)
        # Of an end that has not been found, three bytes may be there.
        size = (end if end >= 0 else len(data) - len(HEAD_END) + 1) - at - len(CRLF)
        if size > self._max_head:
            raise too_large("head of a part", self._max_head, "max_head")
        if end < 0:
            self._searched = max(0, len(data) - at - len(HEAD_END) + 1)
            return self._keep(data, at)
        self._searched = 0
        self._parts += 1
        if plain:
            name = plain[1]
            part = PartStart(name.decode("ascii"), None, None, None, len(name))
        else:
            part = read_part_start(data[at + len(CRLF) : end], self._max_headers)
        if part.filename is None:
            self._meter.start_field(part.name, part.size)
        else:
            self._meter.start_file(part.size)
        self._events.append(part)
        at = end + len(CRLF)
        if len(data) - at < len(self._delimiter) or data.startswith(self._delimiter, at):
            self._step = MultipartParser._start_content
            return at
        self._step = MultipartParser._read_content
        return at + len(CRLF)

    def _start_content(self, data: bytes, at: int) -> int:
        """Read the empty line, which is the start of a delimiter when the part has no content."""
        delimiter = self._delimiter
        if data.startswith(delimiter, at):
            return self._end_part(data, at)
        if len(data) - at < len(delimiter) and delimiter.startswith(data[at:]):
            return self._keep(data, at)
        self._step = MultipartParser._read_content
        return at + len(CRLF)

    def _read_content(self, data: bytes, at: int) -> int:
        end = data.find(self._delimiter, at)
        cut = end if end >= 0 else self._find_cut(data, at)
        if cut > at:
            self._meter.add(cut - at)
            self._events.append(data[at:cut])
        return self._keep(data, cut) if end < 0 else self._end_part(data, end)

    def _end_part(self, data: bytes, at: int) -> int:
        self._events.append(END)
        at += len(self._delimiter)
        # Another part in the same piece is the usual case: one step less.
        usual = data.startswith(CRLF, at)
        self._step = MultipartParser._read_head if usual else MultipartParser._read_delimiter
        return at


Step = Callable[[MultipartParser, bytes, int], int]
