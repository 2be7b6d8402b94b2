"""groundup_middleware.compress: who gets gzip, and what is left alone."""

import gzip
import random
import threading
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_middleware import Pipeline, compression
from groundup_middleware.compress import accepts_gzip, compress_chunks
from groundup_response import Response

TEXT = "All work and no play makes a dull page. " * 50


async def send(
    make_request: Callable[..., Any],
    response: Response,
    accept: str | None = "gzip",
    **options: Any,
) -> Response:
    request = make_request() if accept is None else make_request(Accept_Encoding=accept)
    return await Pipeline([compression(**options)]).handle(request, lambda _: response)


def text_response(body: Any = TEXT, **headers: str) -> Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(200, body, {"Content-Type": "text/plain; charset=utf-8", **fields})


async def test_a_text_is_compressed(make_request: Callable[..., Any]) -> None:
    response = await send(make_request, text_response())

    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert isinstance(response.body, bytes)
    assert len(response.body) < 200
    assert gzip.decompress(response.body).decode() == TEXT


async def test_the_same_text_gives_the_same_bytes(make_request: Callable[..., Any]) -> None:
    bodies = [(await send(make_request, text_response())).body for _ in range(2)]

    assert bodies[0] == bodies[1]


async def test_a_length_that_was_set_is_corrected(make_request: Callable[..., Any]) -> None:
    response = await send(make_request, text_response(Content_Length=str(len(TEXT))))

    assert isinstance(response.body, bytes)
    assert response.headers["Content-Length"] == str(len(response.body))


async def test_a_large_body_is_compressed_too(make_request: Callable[..., Any]) -> None:
    body = TEXT * 100

    response = await send(make_request, text_response(body))

    assert isinstance(response.body, bytes)
    assert gzip.decompress(response.body).decode() == body


@pytest.mark.parametrize(
    ("before", "after"), [('"v1"', 'W/"v1"'), ('W/"v1"', 'W/"v1"'), (None, None)]
)
async def test_the_validator_becomes_weak(
    before: str | None, after: str | None, make_request: Callable[..., Any]
) -> None:
    response = await send(make_request, text_response(**({"ETag": before} if before else {})))

    assert response.headers.get("ETag") == after


async def test_ranges_are_offered_no_more(make_request: Callable[..., Any]) -> None:
    response = await send(make_request, text_response(Accept_Ranges="bytes"))

    assert "Accept-Ranges" not in response.headers


@pytest.mark.parametrize("accept", [None, "", "br", "gzip;q=0", "identity, gzip;q=0.5"])
async def test_others_get_the_plain_text_and_caches_hear_of_it(
    accept: str | None, make_request: Callable[..., Any]
) -> None:
    response = await send(make_request, text_response(ETag='"v1"'), accept)

    assert response.text == TEXT
    assert "Content-Encoding" not in response.headers
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["ETag"] == '"v1"'


@pytest.mark.parametrize(
    ("size", "compressed"), [(499, False), (500, True), (0, False)], ids=["below", "at", "empty"]
)
async def test_small_bodies_are_left_alone(
    size: int, compressed: bool, make_request: Callable[..., Any]
) -> None:
    response = await send(make_request, text_response("a" * size))

    assert ("Content-Encoding" in response.headers) is compressed
    assert ("Vary" in response.headers) is compressed


@pytest.mark.parametrize(
    ("media_type", "compressed"),
    [
        ("text/html; charset=utf-8", True),
        ("TEXT/CSS", True),
        ("application/json", True),
        ("application/problem+json", True),
        ("application/javascript;x=y", True),
        ("image/svg+xml", True),
        ("application/wasm", True),
        ("text/event-stream", False),
        ("image/png", False),
        ("video/mp4", False),
        ("application/zip", False),
        ("application/pdf", False),
        ("font/woff2", False),
        ("application/octet-stream", False),
        ("", False),
    ],
)
async def test_only_types_that_shrink_are_compressed(
    media_type: str, compressed: bool, make_request: Callable[..., Any]
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}

    response = await send(make_request, Response(200, TEXT.encode(), headers))

    assert ("Content-Encoding" in response.headers) is compressed


async def test_nothing_is_compressed_twice(make_request: Callable[..., Any]) -> None:
    request = make_request(Accept_Encoding="gzip, br")
    pipeline = Pipeline([compression(), compression()])

    response = await pipeline.handle(request, lambda _: text_response())

    assert isinstance(response.body, bytes)
    assert gzip.decompress(response.body).decode() == TEXT


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Content_Encoding": "br"}, id="encoded"),
        pytest.param({"Cache_Control": "public, No-Transform"}, id="no-transform"),
    ],
)
async def test_what_says_so_is_left_alone(
    headers: dict[str, str], make_request: Callable[..., Any]
) -> None:
    response = await send(make_request, text_response(**headers))

    assert response.text == TEXT
    assert "Vary" not in response.headers


@pytest.mark.parametrize("status", [206, 304])
async def test_parts_and_confirmations_are_left_alone(
    status: int, make_request: Callable[..., Any]
) -> None:
    response = text_response()
    response.status = status

    assert "Content-Encoding" not in (await send(make_request, response)).headers


async def test_noise_that_would_grow_is_left_alone(make_request: Callable[..., Any]) -> None:
    noise = random.Random(1).randbytes(2000)

    response = await send(make_request, text_response(noise), min_size=1)

    assert response.body == noise
    assert "Content-Encoding" not in response.headers


async def test_a_sync_stream_is_compressed_and_closed(make_request: Callable[..., Any]) -> None:
    closed: list[int] = []

    def pages() -> Iterator[bytes]:
        try:
            for _ in range(20):
                yield TEXT.encode()
        finally:
            closed.append(1)

    response = await send(make_request, text_response(pages(), Content_Length="40000"))

    assert "Content-Length" not in response.headers
    body: Any = response.body
    assert gzip.decompress(b"".join(body)).decode() == TEXT * 20
    assert closed == [1]


async def test_a_stream_that_is_never_read_is_closed(make_request: Callable[..., Any]) -> None:
    class Pages:
        closed = 0

        def __iter__(self) -> Iterator[bytes]:
            yield b"never"

        def close(self) -> None:
            self.closed += 1

    pages = Pages()
    response = await send(make_request, text_response(pages))

    response.close()

    assert pages.closed >= 1


async def test_each_piece_of_an_async_stream_leaves_at_once(
    make_request: Callable[..., Any],
) -> None:
    events: list[str] = []

    async def pages() -> AsyncIterator[str]:
        try:
            for number in range(3):
                events.append(f"made {number}")
                yield f"page {number}"
        finally:
            events.append("closed")

    response = await send(make_request, text_response(pages()))
    reader, body = zlib.decompressobj(31), response.body
    assert not isinstance(body, bytes)
    stream: Any = body
    async for chunk in stream:
        text = reader.decompress(chunk).decode()
        events.append(f"read {text}" if text else "end")

    assert events == [
        *("made 0", "read page 0", "made 1", "read page 1", "made 2", "read page 2"),
        *("closed", "end"),
    ]
    assert reader.eof


async def test_a_large_piece_of_a_stream_does_not_hold_up_the_loop(
    make_request: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[bool] = []
    main = threading.get_ident()

    class Packer:
        def __init__(self, level: int, method: int, bits: int) -> None:
            self.packer = real(level, method, bits)

        def compress(self, data: bytes) -> bytes:
            threads.append(threading.get_ident() != main)
            return self.packer.compress(data)

        def flush(self, mode: int = zlib.Z_FINISH) -> bytes:
            return self.packer.flush(mode)

    async def pages() -> AsyncIterator[bytes]:
        yield b"small"
        yield b"large" * 100_000

    real = zlib.compressobj
    monkeypatch.setattr(zlib, "compressobj", Packer)
    response = await send(make_request, text_response(pages()))
    stream: Any = response.body
    packed = b"".join([chunk async for chunk in stream])

    assert gzip.decompress(packed) == b"small" + b"large" * 100_000
    assert threads == [False, True]


async def test_an_async_stream_is_closed_when_the_client_leaves(
    make_request: Callable[..., Any],
) -> None:
    closed: list[int] = []

    async def pages() -> AsyncIterator[bytes]:
        try:
            while True:
                yield TEXT.encode()
        finally:
            closed.append(1)

    response = await send(make_request, text_response(pages()))
    stream: Any = response.body
    await anext(stream)
    await stream.aclose()

    assert closed == [1]


@pytest.mark.parametrize("level", [0, 10])
def test_a_level_that_gzip_does_not_know_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 9"):
        compression(level=level)


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0.001", True),
        ("gzip; q=0", False),
        ("gzip;q=0.000", False),
        ("identity;q=1, gzip;q=0.9", False),
        ("identity;q=0.5, gzip;q=0.9", True),
        ("gzip;q=high", False),
        ("gzip;q=2", False),
        ("gzippy", False),
        ("", False),
        (",;,", False),
    ],
)
def test_qualities_are_honoured(accept: str, accepted: bool) -> None:
    assert accepts_gzip(accept) is accepted


@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(1, 9))
def test_any_stream_comes_out_as_it_went_in(chunks: list[bytes], level: int) -> None:
    assert gzip.decompress(b"".join(compress_chunks(chunks, level))) == b"".join(chunks)


@given(st.text())
def test_any_accept_encoding_has_an_answer(accept: str) -> None:
    assert accepts_gzip(accept) in {True, False}
