"""groundup_asyncserver.incoming: pieces, back pressure, and patience with the client only."""

import asyncio
from typing import Any

import pytest

from groundup_asyncserver import BodyTimeout, Disconnected
from groundup_asyncserver.incoming import HIGH, LOW, BodyStream


class Source:
    """Writes down what a body asks of its connection."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def pause_body(self) -> None:
        self.calls.append("pause")

    def resume_body(self) -> None:
        self.calls.append("resume")

    def await_body(self) -> None:
        self.calls.append("await")

    def body_arrived(self) -> None:
        self.calls.append("arrived")


def make(timeout: float = 10, min_rate: int = 1) -> tuple[BodyStream, Source]:
    source = Source()
    return BodyStream(source, timeout, min_rate), source


async def read(body: BodyStream) -> list[bytes]:
    return [piece async for piece in body]


async def test_pieces_come_in_order_and_end() -> None:
    body, source = make()
    body.feed(b"a")
    body.feed(b"b")
    body.finish()

    assert await read(body) == [b"a", b"b"]
    assert source.calls == []


async def test_the_client_is_awaited_only_while_somebody_waits() -> None:
    body, source = make()
    task = asyncio.ensure_future(read(body))
    await asyncio.sleep(0)
    assert source.calls == ["await"]

    body.feed(b"a")
    body.finish()

    assert await task == [b"a"]
    assert source.calls == ["await", "arrived"]


async def test_an_error_comes_after_the_pieces_before_it() -> None:
    body, _ = make()
    body.feed(b"a")
    body.fail(Disconnected("gone"))
    iterator = aiter(body)

    assert await anext(iterator) == b"a"
    with pytest.raises(Disconnected, match="gone"):
        await anext(iterator)


async def test_an_error_wakes_the_reader() -> None:
    body, _ = make()
    task = asyncio.ensure_future(read(body))
    await asyncio.sleep(0)
    body.fail(Disconnected("gone"))

    with pytest.raises(Disconnected):
        await task


async def test_a_body_that_has_ended_cannot_fail() -> None:
    body, _ = make()
    body.finish()
    body.fail(Disconnected("gone"))

    assert await read(body) == []


@pytest.mark.parametrize(("size", "calls"), [(HIGH, []), (HIGH + 1, ["pause"])])
async def test_the_client_waits_when_there_is_too_much(size: int, calls: list[str]) -> None:
    body, source = make()

    body.feed(b"x" * size)

    assert source.calls == calls


async def test_a_large_piece_is_no_reason_to_wait_for_whoever_waits_for_it() -> None:
    body, source = make()
    task = asyncio.ensure_future(anext(aiter(body)))
    await asyncio.sleep(0)

    body.feed(b"x" * (HIGH + 1))
    assert source.calls == ["await"]
    body.feed(b"y")  # before the reader has had its turn
    assert source.calls == ["await", "pause"]

    assert await task == b"x" * (HIGH + 1)
    assert source.calls == ["await", "pause", "arrived", "resume"]


async def test_the_client_goes_on_when_there_is_room_again() -> None:
    body, source = make()
    body.feed(b"x" * HIGH)
    body.feed(b"y" * (LOW + 1))
    body.feed(b"z")
    iterator = aiter(body)

    await anext(iterator)
    assert source.calls == ["pause"]
    await anext(iterator)

    assert source.calls == ["pause", "resume"]


async def test_what_is_forgotten_is_counted_and_lets_the_client_go_on() -> None:
    body, source = make()
    body.feed(b"x" * (HIGH + 1))

    assert body.forget() == HIGH + 1
    body.feed(b"y")
    assert body.forget() == HIGH + 2
    assert body.received == HIGH + 2
    assert source.calls == ["pause", "resume"]


async def test_a_trickle_is_refused_though_each_piece_is_in_time() -> None:
    body, _ = make(timeout=0.05, min_rate=1000)
    task: Any = asyncio.ensure_future(read(body))

    while not task.done():
        await asyncio.sleep(0.01)
        body.feed(b"x")

    with pytest.raises(BodyTimeout, match="at least 1000 bytes a second"):
        await task


async def test_a_slow_reader_is_not_held_against_the_client() -> None:
    body, _ = make(timeout=0.01, min_rate=1_000_000)
    body.feed(b"a")
    body.feed(b"b")
    iterator = aiter(body)

    await anext(iterator)
    await asyncio.sleep(0.03)

    assert await anext(iterator) == b"b"


async def test_a_reader_may_be_cancelled_and_another_may_read() -> None:
    body, source = make()
    task = asyncio.ensure_future(read(body))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    body.feed(b"a")
    body.finish()

    assert await read(body) == [b"a"]
    assert source.calls == ["await", "arrived"]
