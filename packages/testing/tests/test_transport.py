"""groundup_testing.transport: what protocols meet on a socket, they meet here."""

import asyncio
from contextvars import Context, ContextVar
from typing import Any, cast

import pytest

from groundup_testing.transport import HIGH_WATER, MAX_PIECE, SYSTEM, MemoryTransport, join

FULL = HIGH_WATER + SYSTEM


class End(asyncio.Protocol):
    """Notes what happens to it."""

    transport: MemoryTransport

    def __init__(self, *, stays: bool = False) -> None:
        self.story: list[Any] = []
        self.data = b""
        self.stays = stays

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("MemoryTransport", transport)

    def data_received(self, data: bytes) -> None:
        self.data += data
        self.story.append(len(data))

    def eof_received(self) -> bool:
        self.story.append("eof")
        return self.stays

    def connection_lost(self, exc: Exception | None) -> None:
        self.story.append(type(exc).__name__ if exc else "lost")

    def pause_writing(self) -> None:
        self.story.append("pause")

    def resume_writing(self) -> None:
        self.story.append("resume")


def connect(*, stays: bool = False, tls: bool = False) -> tuple[End, End]:
    client, server = End(stays=stays), End(stays=stays)
    join((client, ("10.0.0.1", 5)), (server, ("10.0.0.2", 80)), tls=tls)
    return client, server


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_each_end_knows_both_addresses() -> None:
    client, server = connect()

    assert client.transport.get_extra_info("peername") == ("10.0.0.2", 80)
    assert client.transport.get_extra_info("sockname") == ("10.0.0.1", 5)
    assert server.transport.get_extra_info("peername") == ("10.0.0.1", 5)
    assert server.transport.get_extra_info("sslcontext") is None
    assert connect(tls=True)[1].transport.get_extra_info("sslcontext") is not None


async def test_bytes_come_in_a_later_turn() -> None:
    client, server = connect()

    client.transport.write(b"one ")
    client.transport.write(bytearray(b"two"))
    client.transport.write(b"")
    assert server.story == []
    await turns()

    assert server.data == b"one two"
    assert server.story == [7]


async def test_large_writes_come_in_pieces() -> None:
    client, server = connect()

    client.transport.write(bytes(MAX_PIECE * 2 + 1))
    await turns()

    assert server.story == [MAX_PIECE, MAX_PIECE, 1]


async def test_what_is_not_read_waits_with_its_writer() -> None:
    client, server = connect()
    server.transport.pause_reading()

    client.transport.write(bytes(FULL))
    assert client.story == []
    client.transport.write(b"x")
    await turns()
    assert client.story == ["pause"]
    assert client.transport.get_write_buffer_size() == HIGH_WATER + 1
    assert not server.transport.is_reading()

    server.transport.resume_reading()
    await turns()
    assert client.story == ["pause", "resume"]
    assert len(server.data) == FULL + 1
    assert client.transport.get_write_buffer_size() == 0


async def test_limits_may_be_set() -> None:
    client, server = connect()
    server.transport.pause_reading()
    client.transport.write(bytes(SYSTEM + 11))
    assert client.story == []

    client.transport.set_write_buffer_limits(high=10)

    assert client.story == ["pause"]
    assert client.transport.get_write_buffer_limits() == (2, 10)
    client.transport.set_write_buffer_limits(low=10)
    assert client.transport.get_write_buffer_limits() == (10, 40)
    client.transport.set_write_buffer_limits()
    assert client.transport.get_write_buffer_limits() == (HIGH_WATER // 4, HIGH_WATER)
    with pytest.raises(ValueError, match="high >= low"):
        client.transport.set_write_buffer_limits(high=1, low=2)


async def test_close_sends_what_was_written() -> None:
    client, server = connect()

    client.transport.write(b"last")
    client.transport.close()
    client.transport.close()
    client.transport.write(b"too late")
    assert client.transport.is_closing()
    await turns()

    assert client.story == ["lost"]
    assert server.data == b"last"
    assert server.story == [4, "eof", "lost"]


async def test_close_waits_for_what_the_system_does_not_hold() -> None:
    client, server = connect()
    server.transport.pause_reading()

    client.transport.write(bytes(SYSTEM + 1))
    client.transport.close()
    await turns()
    assert client.story == []

    server.transport.resume_reading()
    await turns()
    assert client.story == ["lost"]
    assert len(server.data) == SYSTEM + 1


async def test_one_direction_may_be_closed_alone() -> None:
    client, server = connect(stays=True)

    client.transport.write(b"question")
    client.transport.write_eof()
    client.transport.write_eof()
    await turns()
    assert server.story == [8, "eof"]
    with pytest.raises(RuntimeError, match="after write_eof"):
        client.transport.write(b"more")

    server.transport.write(b"answer")
    server.transport.close()
    await turns()
    assert client.data == b"answer"
    assert client.story == [6, "eof"], "it hears the end, and may close when it likes"


async def test_tls_cannot_be_closed_by_half() -> None:
    client, server = connect(stays=True, tls=True)

    assert not client.transport.can_write_eof()
    client.transport.write_eof()
    await turns()

    assert server.story == ["eof", "lost"]


async def test_abort_is_a_reset() -> None:
    client, server = connect()

    client.transport.write(b"never seen")
    client.transport.abort()
    client.transport.abort()
    await turns()

    assert client.story == ["lost"]
    assert server.story == ["ConnectionResetError"]
    assert server.data == b""


async def test_bytes_for_a_closed_end_reset_the_writer() -> None:
    client, server = connect(stays=True)
    server.transport.close()
    await turns()
    assert client.story == ["eof"]

    client.transport.write(b"hello?")
    await turns()

    assert client.story == ["eof", "ConnectionResetError"]


async def test_an_end_that_closes_with_bytes_unread_resets() -> None:
    client, server = connect()
    server.transport.pause_reading()
    client.transport.write(b"unread")

    server.transport.close()
    await turns()

    assert client.story == ["ConnectionResetError"]


async def test_another_protocol_takes_over() -> None:
    client, server = connect()
    other = End()

    server.transport.set_protocol(other)
    client.transport.write(b"x")
    await turns()

    assert server.transport.get_protocol() is other
    assert (server.story, other.data) == ([], b"x")


async def test_the_server_s_end_has_a_context_of_its_own() -> None:
    mark: ContextVar[str] = ContextVar("mark", default="none")
    seen: list[str] = []

    class Watching(End):
        def data_received(self, data: bytes) -> None:
            seen.append(mark.get())

    for context in (None, Context()):
        if context is not None:
            context.run(mark.set, "given")
        mark.set("the client's")
        client = End()
        join((client, ("a", 1)), (Watching(), ("b", 2)), context=context)
        client.transport.write(b"x")
        await turns()

    assert seen == ["none", "given"]


def test_a_loop_is_needed() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        join((End(), ("a", 1)), (End(), ("b", 2)))
