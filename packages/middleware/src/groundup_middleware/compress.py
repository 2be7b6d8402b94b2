"""Compress bodies for clients that can read it: RFC 9110, section 8.4, and gzip, RFC 1952.

    Accept-Encoding: gzip, br;q=0.5   ─►   Content-Encoding: gzip
                                           Vary: Accept-Encoding
                                           ETag: W/"..."

Left alone: what is encoded already, small bodies (the head alone fills a packet), types that are
compressed by nature, parts of a file, and whatever says ``no-transform``.  A strong validator
promises the same bytes, so it becomes a weak one.

A secret and text that an attacker chooses do not belong in one compressed body: its length tells
how much they have in common (the attack is called BREACH).  Mask secrets in pages, or exclude them.
"""

import re
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any

from groundup_middleware.bridge import call_in_thread
from groundup_middleware.colour import name_layer
from groundup_middleware.types import AsyncNext, Layer, RequestLike
from groundup_middleware.vary import add_vary
from groundup_response import Response

__all__ = ["accepts_gzip", "compression"]

COMPRESSIBLE = re.compile(
    r"text/(?!event-stream).+"  # events must arrive at once, and proxies hold compressed ones back
    r"|application/(json|javascript|ecmascript|xml|xhtml\+xml|manifest\+json|wasm|rtf"
    r"|vnd\.ms-fontobject|x-ndjson|graphql|sql|x-sh)"
    r"|[a-z]+/[^;/]+\+(json|xml|text)"
    r"|image/(svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)"
    r"|font/(ttf|otf|sfnt|collection)",
    re.IGNORECASE,
)
QUALITY = re.compile(r"[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*", re.IGNORECASE)

GZIP = 16 + zlib.MAX_WBITS
SLOW = 131_072  # bytes that take milliseconds: not on the loop
NO_BODY = {204, 205, 206, 304}  # 206: a range of the bytes that the validator names


def compression(*, min_size: int = 500, level: int = 6) -> Layer:
    """Return a layer that compresses bodies with gzip, whole ones and streams.

    Args:
        min_size: Bodies of fewer bytes are left alone.  A stream of unknown size is compressed.
        level: From 1 (fast) to 9 (small).
    """
    if not 1 <= level <= 9:  # noqa: PLR2004 - zlib's own range, named nowhere
        raise ValueError(f"level must be from 1 to 9, got {level}")

    async def compress(request: RequestLike, next: AsyncNext) -> Response:
        response = await next()
        if not is_compressible(response, min_size):
            return response
        add_vary(response, "Accept-Encoding")
        if accepts_gzip(request.headers.get("Accept-Encoding") or ""):
            await encode_body(response, level)
        return response

    return name_layer(compress, "compression")


def is_compressible(response: Response, min_size: int) -> bool:
    """Return whether a response may be sent compressed, whoever asks for it."""
    headers = response.headers
    status = int(response.status)
    if status < 200 or status in NO_BODY or headers.get("Content-Encoding"):  # noqa: PLR2004 - 1xx
        return False
    media_type = (headers.get("Content-Type") or "").partition(";")[0].strip()
    if not COMPRESSIBLE.fullmatch(media_type):
        return False
    if "no-transform" in (headers.get("Cache-Control") or "").lower():
        return False
    size = find_size(response.body)
    return size is None or size >= max(min_size, 1)


def find_size(body: Any) -> int | None:
    """Return the number of bytes of a body, or None for a stream that does not know."""
    if isinstance(body, bytes):
        return len(body)
    length = getattr(body, "length", None)
    return length if isinstance(length, int) else None


async def encode_body(response: Response, level: int) -> None:
    """Replace the body by its compressed form, if that is smaller."""
    body = response.body
    if isinstance(body, bytes):
        shorter = await shorten(body, level)
        if shorter is None:
            return
        replace_body(response, shorter)
        if "Content-Length" in response.headers:
            response.headers["Content-Length"] = str(len(shorter))
    elif isinstance(body, AsyncIterable):
        replace_body(response, compress_stream(body, level))
    else:
        replace_body(response, compress_chunks(body, level))
    headers = response.headers
    headers["Content-Encoding"] = "gzip"
    headers.pop("Accept-Ranges", None)
    etag = headers.get("ETag")
    if etag and not etag.startswith("W/"):
        headers["ETag"] = f"W/{etag}"


def replace_body(response: Response, body: Any) -> None:
    """Set another body of the same media type; a stream has no length to announce."""
    if not isinstance(body, bytes):
        response.headers.pop("Content-Length", None)
    response.set_body(body)


async def shorten(body: bytes, level: int) -> bytes | None:
    """Return a body compressed, or None if that makes it no smaller."""
    if len(body) < SLOW:
        packed = zlib.compress(body, level, GZIP)
    else:
        packed = await call_in_thread(zlib.compress, body, level, GZIP)
    return packed if len(packed) < len(body) else None


def compress_chunks(chunks: Iterable[bytes | str], level: int) -> Iterator[bytes]:
    """Compress a sync stream; it is drained at full speed, so nothing is flushed in between."""
    packer = zlib.compressobj(level, zlib.DEFLATED, GZIP)
    for chunk in chunks:
        if packed := packer.compress(encode(chunk)):
            yield packed
    yield packer.flush()


async def compress_stream(chunks: AsyncIterable[bytes | str], level: int) -> AsyncIterator[bytes]:
    """Compress an async stream; a chunk may be all for a while, so each one leaves at once."""
    packer = zlib.compressobj(level, zlib.DEFLATED, GZIP)
    try:
        async for chunk in chunks:
            if data := encode(chunk):
                yield await flush_chunk(packer, data)
        yield packer.flush()
    finally:
        close: Any = getattr(chunks, "aclose", None)
        if close is not None:
            await close()


async def flush_chunk(packer: Any, data: bytes) -> bytes:
    """Compress a chunk so that its receiver can read all of it; a large one is not for the loop."""

    def work() -> bytes:
        packed: bytes = packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
        return packed

    return work() if len(data) < SLOW else await call_in_thread(work)


def encode(chunk: bytes | str) -> bytes:
    """Return a chunk as bytes."""
    return chunk.encode() if isinstance(chunk, str) else chunk


def accepts_gzip(accept: str) -> bool:
    """Return whether a value of ``Accept-Encoding`` prefers gzip to nothing: RFC 9110, 12.5.3.

    >>> accepts_gzip("br, gzip;q=0.8"), accepts_gzip("*"), accepts_gzip("gzip;q=0, *")
    (True, True, False)
    """
    qualities: dict[str, float] = {}
    for item in accept.lower().split(","):
        coding, separator, weight = item.partition(";")
        match = QUALITY.fullmatch(weight)
        qualities[coding.strip()] = float(match[1]) if match else float(not separator)
    gzip = qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0)))
    return gzip > 0 and gzip >= qualities.get("identity", 0.0)
