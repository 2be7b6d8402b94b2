"""groundup_asyncserver.upgrades: a connection in other hands still counts, and ends with us."""

import asyncio
from typing import Any

import pytest

from groundup_asyncserver import upgrades
from groundup_messages import Request, Response, Upgrade

UPGRADE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"


async def upgrade(request: Request) -> Response:
    return Upgrade(asyncio.Protocol, {"Upgrade": "echo", "Connection": "Upgrade"})


async def test_it_counts_until_it_closes(
    start: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrades, "LOOK", 0.05)
    server = await start(upgrade, header_timeout=0.04)
    wire = await connect(server)
    await wire.send(UPGRADE)
    await wire.read_until(b"\r\n\r\n")
    await asyncio.sleep(0.1)
    assert server.connections == 1

    await wire.close()
    for _ in range(300):
        await asyncio.sleep(0.01)
        if not server.connections:
            break

    assert server.connections == 0


async def test_it_gets_the_transport_as_a_new_one(connect: Any) -> None:
    limits: list[tuple[int, int]] = []

    class Protocol(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            limits.append(transport.get_write_buffer_limits())

    async def handler(request: Request) -> Response:
        return Upgrade(Protocol, {"Upgrade": "echo", "Connection": "Upgrade"})

    wire = await connect(handler)
    await wire.send(UPGRADE)
    await wire.read_until(b"\r\n\r\n")

    assert limits == [(16 * 1024, 64 * 1024)]


async def test_it_is_closed_when_the_server_stops(start: Any, connect: Any) -> None:
    server = await start(upgrade, header_timeout=0.04)
    wire = await connect(server)
    await wire.send(UPGRADE)
    await wire.read_until(b"\r\n\r\n")

    await server.stop(0.05)

    assert await wire.read_all() == b""


async def test_it_counts_for_its_address(start: Any, connect: Any) -> None:
    server = await start(upgrade, max_per_address=1)
    wire = await connect(server)
    await wire.send(UPGRADE)
    await wire.read_until(b"\r\n\r\n")

    other = await connect(server)

    assert (await other.read_all()).startswith(b"HTTP/1.1 503 ")


async def test_it_may_be_closed_by_the_handlers_own_drain(start: Any, connect: Any) -> None:
    class Application:
        transports: list[asyncio.Transport] = []  # noqa: RUF012 - one test, one class

        async def __call__(self, request: Request) -> Response:
            application = self

            class Protocol(asyncio.Protocol):
                def connection_made(self, transport: Any) -> None:
                    application.transports.append(transport)

            return Upgrade(Protocol, {"Upgrade": "echo", "Connection": "Upgrade"})

        async def startup(self) -> None: ...
        async def shutdown(self) -> None: ...

        async def drain(self) -> None:
            for transport in self.transports:
                transport.write(b"going away")
                transport.close()

    server = await start(Application(), header_timeout=0.04)
    wire = await connect(server)
    await wire.send(UPGRADE)
    await wire.read_until(b"\r\n\r\n")
    started = asyncio.get_running_loop().time()

    await server.stop(5)

    assert await wire.read_all() == b"going away"
    assert asyncio.get_running_loop().time() - started < 2


async def test_a_stopping_server_hears_of_the_end_at_once(start: Any, connect: Any) -> None:
    class Protocol(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            self.transport.write(data.upper())

        def eof_received(self) -> None:
            self.transport.write(b"bye")

        def connection_lost(self, exc: Exception | None) -> None:
            lost.append(exc)

    async def handler(request: Request) -> Response:
        return Upgrade(Protocol, {"Upgrade": "echo", "Connection": "Upgrade"})

    lost: list[Exception | None] = []
    server = await start(handler, header_timeout=40)  # the clock alone would take half a second
    wires = [await connect(server) for _ in range(3)]
    for wire in wires:
        await wire.send(UPGRADE)
        await wire.read_until(b"\r\n\r\n")
    context = server._context
    context.clock._timer.cancel()  # so that nobody looks
    stopping = asyncio.create_task(server.stop(5))
    await asyncio.sleep(0)

    for wire in wires:
        await wire.send(b"still here")
        assert await wire.read(10) == b"STILL HERE"
        wire.writer.write_eof()
        assert await wire.read_all() == b"bye"
    await asyncio.wait_for(stopping, 1)

    assert lost == [None] * 3


def test_everything_is_passed_on() -> None:
    class Protocol(asyncio.Protocol):
        def __getattribute__(self, name: str) -> Any:
            def hear(*args: Any) -> None:
                heard.append((name, *args))

            return hear

    heard: list[Any] = []
    farewell = upgrades.Farewell(Protocol(), lambda: heard.append("told"))

    farewell.data_received(b"a")
    farewell.eof_received()
    farewell.pause_writing()
    farewell.resume_writing()
    farewell.connection_lost(None)

    expected: list[Any] = [("data_received", b"a"), ("eof_received",), ("pause_writing",)]
    assert heard == [*expected, ("resume_writing",), ("connection_lost", None), "told"]
