"""groundup_messages.body: what becomes of a body on its way in."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from groundup_forms import FormError, FormLimits
from groundup_messages import (
    BadForm,
    BadRequest,
    BodyNotRead,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from groundup_messages.body import ArrivedBody, IncomingBody, form_error


async def arriving(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece


async def test_is_kept_and_read_as_often_as_asked() -> None:
    body = IncomingBody(arriving(b"ab", b"", b"c"))
    assert body.waiting

    await body.load(3)

    assert not body.waiting
    assert body.read() == body.read() == b"abc"
    assert [piece async for piece in body.stream(None)] == [b"abc"]


async def test_large_bodies_are_kept_in_a_file() -> None:
    body = IncomingBody(arriving(*[b"x" * 100_000] * 20))

    await body.load(None)
    kept = body.open()

    assert not isinstance(kept, bytes)
    assert len(kept.read()) == len(body.read()) == 2_000_000
    assert sum([len(piece) async for piece in body.stream(None)]) == 2_000_000
    body.close()
    assert kept.closed


async def test_one_byte_past_the_limit_is_refused() -> None:
    body = IncomingBody(arriving(b"ab", b"cd"))

    with pytest.raises(PayloadTooLarge, match="3 bytes"):
        await body.load(3)
    with pytest.raises(BodyNotRead, match="broke off"):
        body.read()


async def test_asking_too_early_says_what_to_do() -> None:
    body = IncomingBody(arriving(b"a"))

    with pytest.raises(BodyNotRead, match=r"await request\.load\(\)"):
        body.read()
    with pytest.raises(BodyNotRead, match=r"await request\.load\(\)"):
        body.open()


async def test_a_streamed_body_is_gone() -> None:
    body = IncomingBody(arriving(b"ab", b"cd"))
    assert [piece async for piece in body.stream(4)] == [b"ab", b"cd"]

    with pytest.raises(BodyNotRead, match="given away"):
        body.read()
    with pytest.raises(BodyNotRead, match="given away"):
        _ = [piece async for piece in body.stream(None)]


async def test_a_stream_is_counted_too() -> None:
    with pytest.raises(PayloadTooLarge):
        _ = [piece async for piece in IncomingBody(arriving(b"ab", b"cd")).stream(3)]


async def test_a_source_that_fails_leaves_nothing_half_read() -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError("client left")

    body = IncomingBody(failing())

    with pytest.raises(ConnectionResetError):
        await body.load(None)
    with pytest.raises(BodyNotRead, match="broke off"):
        body.read()
    assert not body.waiting


async def test_a_cancelled_load_leaves_nothing_half_read() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            yield b"x"

    body = IncomingBody(endless())
    task = asyncio.create_task(body.load(None))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(BodyNotRead, match="broke off"):
        body.read()


async def test_a_closed_body_says_so() -> None:
    body = IncomingBody(arriving(b"a"))
    await body.load(None)
    body.close()
    body.close()

    with pytest.raises(BodyNotRead, match=r"freed by `request\.close\(\)`"):
        body.read()


@pytest.mark.parametrize(
    ("status", "kind"), [(400, BadForm), (413, PayloadTooLarge), (415, UnsupportedMediaType)]
)
def test_errors_of_forms_become_ours(status: int, kind: type[BadRequest]) -> None:
    error = form_error(FormError("words of the parser", status=status))

    assert type(error) is kind
    assert (str(error), error.status) == ("words of the parser", status)


async def test_a_body_that_came_with_its_head_is_waited_for_like_any_other() -> None:
    body = IncomingBody(ArrivedBody(b"abc"))

    with pytest.raises(BodyNotRead, match="still on its way"):
        body.read()
    await body.load(3)

    assert body.read() == body.read() == b"abc"
    assert [piece async for piece in body.stream(None)] == [b"abc"]


async def test_a_body_that_came_with_its_head_can_be_streamed_once() -> None:
    body = IncomingBody(ArrivedBody(b"abc"))

    assert [piece async for piece in body.stream(3)] == [b"abc"]
    with pytest.raises(BodyNotRead, match="given away"):
        body.read()


async def test_a_body_that_came_with_its_head_keeps_its_limit() -> None:
    kept, streamed, form = [IncomingBody(ArrivedBody(b"abcd")) for _ in range(3)]

    with pytest.raises(PayloadTooLarge, match="larger than 3 bytes"):
        await kept.load(3)
    with pytest.raises(PayloadTooLarge, match="larger than 3 bytes"):
        _ = [piece async for piece in streamed.stream(3)]
    with pytest.raises(PayloadTooLarge, match="larger than 3 bytes"):
        await form.load_form(3, "multipart/form-data; boundary=b", FormLimits())

    for body in (kept, streamed, form):
        with pytest.raises(BodyNotRead, match="broke off"):
            body.read()


async def test_a_form_that_came_with_its_head_is_parsed_and_not_kept() -> None:
    data = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'
    body = IncomingBody(ArrivedBody(data))

    await body.load_form(None, "multipart/form-data; boundary=b", FormLimits())

    assert body.form is not None
    assert body.form.fields["a"] == "1"
    with pytest.raises(BodyNotRead, match="parsed as a form"):
        body.read()
