"""The bytes of a request, each in the colour of the part that the parser took it for.

The parser says what it found; here each part is looked for in the bytes, in its order.  So what has
a colour is what the parser returned, and what has none is what stands between the parts.
"""

from collections.abc import Iterator
from html import escape

from groundup_httpparse import EndOfBody, ParseError, RequestHead, RequestParser

__all__ = ["draw"]

Part = tuple[str, str, str]  # the kind, what it is called, the text
NAMES = {"method": "method", "target": "target", "version": "version", "body": "body"}


def draw(request: str) -> str:
    """Return the picture: the bytes in colours, and a table of the parts.

    Args:
        request: The text of a request; line ends become CRLF in its head.
    """
    data = to_bytes(request)
    try:
        parts = list(read_parts(data))
    except ParseError as error:
        return (
            f'<p class="visual-error" role="alert"><b>{error.status}</b> {escape(str(error))}</p>'
            f'<pre class="bytes">{show(data.decode("latin-1"))}</pre>'
        )
    text = "".join(colour(data.decode("latin-1"), parts))
    rows = "".join(
        f'<tr data-part="{at}" tabindex="0"><th scope="row">{escape(name)}</th>'
        f"<td><code>{show(value)}</code></td></tr>"
        for at, (_, name, value) in enumerate(parts)
    )
    return f'<pre class="bytes">{text}</pre>\n<table class="parts">{rows}</table>'


def to_bytes(request: str) -> bytes:
    """Return the bytes that go over the wire: CRLF in the head, the body as it is."""
    head, empty, body = request.replace("\r\n", "\n").partition("\n\n")
    return (head.replace("\n", "\r\n") + ("\r\n\r\n" if empty else "") + body).encode()


def read_parts(data: bytes) -> Iterator[Part]:
    """Yield the parts that the parser found, in the order of the bytes.

    Raises:
        ParseError: It is not HTTP, or not whole.
    """
    parser = RequestParser()
    for event in parser.feed(data):
        if isinstance(event, RequestHead):
            yield from (
                ("method", "method", event.method),
                ("target", "target", event.target),
                ("version", "version", f"HTTP/{event.version}"),
            )
            for name, value in event.headers.multi_items():
                yield "name", f"{name}: the field's name", name
                yield "value", f"{name}: its value", value
        elif not isinstance(event, EndOfBody):
            yield "body", "body", event.decode("latin-1")
    if not parser.idle:
        parser.finish()


def colour(text: str, parts: list[Part]) -> Iterator[str]:
    """Yield the text with a mark around each part."""
    at = 0
    for number, (kind, name, value) in enumerate(parts):
        start = text.find(value, at)
        if start < 0:  # a value that the parser has put together from two lines
            continue
        yield show(text[at:start])
        yield (
            f'<mark class="{kind}" data-part="{number}" title="{escape(name)}">{show(value)}</mark>'
        )
        at = start + len(value)
    yield show(text[at:])


def show(text: str) -> str:
    """Return text with its line ends to be seen."""
    return escape(text).replace("\r\n", '<i class="crlf">\\r\\n</i>\n')
