"""Take a body whose length was announced: RFC 9112, section 6.2.

The twin of ``ChunkedDecoder``: what ``Content-Length`` says is counted down, nothing is decoded.
"""

from groundup_httpparse.headers import Headers

__all__ = ["LengthDecoder"]


class LengthDecoder:
    """Turn the bytes that follow a head into those of its body, without a copy where possible.

    >>> decoder = LengthDecoder(5)
    >>> decoder.feed(b"Wi"), decoder.done
    (b'Wi', False)
    >>> decoder.feed(b"ki!GET /next"), decoder.done, decoder.unread
    (b'ki!', True, b'GET /next')
    """

    __slots__ = ("_left", "unread")

    def __init__(self, length: int) -> None:
        self._left = length
        self.unread = b""

    @property
    def done(self) -> bool:
        """Whether the whole body has arrived."""
        return not self._left

    @property
    def trailers(self) -> Headers:
        """No fields: only a chunked body has some."""
        return Headers.from_trusted([])

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes from the wire and return those of the body."""
        left = self._left
        if len(data) <= left:
            self._left = left - len(data)
            return data
        self._left = 0
        self.unread += data[left:]
        return data[:left]
