"""groundup_websockets.inbox: bounds by count and by size, one reader."""

import asyncio

import pytest

from groundup_websockets.inbox import Inbox


def test_is_full_at_its_count() -> None:
    inbox = Inbox(2, 100)

    inbox.put("a")
    assert inbox.room == 1
    inbox.put("b")

    assert inbox.room == 0
    assert not inbox.half_empty
    assert [inbox.take(), inbox.take(), inbox.take()] == ["a", "b", None]
    assert inbox.half_empty


def test_is_full_at_its_size() -> None:
    inbox = Inbox(100, 10)

    inbox.put(b"123456789")
    assert inbox.room == 99
    inbox.put(b"0")

    assert inbox.room == 0
    inbox.take()
    assert inbox.half_empty


async def test_a_reader_waits_for_a_message_or_the_end() -> None:
    inbox = Inbox(2, 100)
    waiting = asyncio.create_task(inbox.wait())
    await asyncio.sleep(0)
    assert inbox.awaited

    inbox.put("a")
    await waiting
    assert not inbox.awaited
    assert inbox.take() == "a"

    waiting = asyncio.create_task(inbox.wait())
    await asyncio.sleep(0)
    inbox.end()
    await waiting
    assert inbox.take() is None


async def test_a_cancelled_reader_takes_nothing() -> None:
    inbox = Inbox(2, 100)
    waiting = asyncio.create_task(inbox.wait())
    await asyncio.sleep(0)

    inbox.put("a")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    await inbox.wait()
    assert inbox.take() == "a"


async def test_a_second_reader_is_an_error() -> None:
    inbox = Inbox(2, 100)
    first = asyncio.create_task(inbox.wait())
    await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="one task may receive"):
        await inbox.wait()

    inbox.end()
    await first


def test_what_is_free_is_counted_in_bytes_too() -> None:
    inbox = Inbox(10, 5)
    assert inbox.bytes_left == 5

    inbox.put("1234")
    assert inbox.bytes_left == 1
    inbox.put("larger")

    assert inbox.bytes_left == 0
    assert inbox.room == 0
