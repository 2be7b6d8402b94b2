"""groundup_asyncserver.context: who is connected, and how long to wait for them."""

import asyncio

from groundup_asyncserver import ServerConfig
from groundup_asyncserver.clock import NEVER
from groundup_asyncserver.context import ServerContext
from groundup_messages import Address, Request, Response


class Stub:
    """A connection that does nothing but count what it is told."""

    def __init__(self, host: str = "192.0.2.1") -> None:
        self.client: Address | None = Address(host, 1)
        self.deadline = NEVER
        self.told: list[str] = []

    def expire(self) -> None:
        self.told.append("expire")

    def drain(self) -> None:
        self.told.append("drain")

    def cancel(self) -> None:
        self.told.append("cancel")

    def abort(self) -> None:
        self.told.append("abort")


def handler(request: Request) -> Response:
    return Response()


def make(*, temporary: bool = False, max_connections: int = 2) -> ServerContext:
    config = ServerConfig(max_connections=max_connections)
    return ServerContext(handler, config, asyncio.get_running_loop(), temporary=temporary)


async def test_it_says_by_how_many_there_are_too_many() -> None:
    context = make()
    stubs = [Stub(), Stub()]

    assert context.excess(None) == -1
    context.add(stubs[0])
    assert context.excess(None) == 0
    context.add(stubs[1])
    assert context.excess(None) == 1
    context.discard(stubs[0])
    assert context.excess(None) == 0
    context.discard(stubs[1])


async def test_it_counts_by_address_when_it_is_told_to() -> None:
    config = ServerConfig(max_connections=10, max_per_address=1)
    context = ServerContext(handler, config, asyncio.get_running_loop())
    one, other = Stub("192.0.2.1"), Stub("192.0.2.2")

    context.add(one)

    assert context.excess(one.client) == 1
    assert context.excess(other.client) == 0
    context.discard(one)
    context.discard(one)
    assert context.excess(one.client) == 0


async def test_wait_empty_ends_with_the_last_connection() -> None:
    context = make()
    stub = Stub()
    context.add(stub)
    asyncio.get_running_loop().call_later(0.01, context.discard, stub)

    assert await context.wait_empty(5)
    assert await context.wait_empty(0)


async def test_wait_empty_ends_with_its_time_or_when_hurried() -> None:
    context = make()
    stub = Stub()
    context.add(stub)

    assert not await context.wait_empty(0.01)
    asyncio.get_running_loop().call_later(0.01, context.hurry)
    assert not await context.wait_empty(30)
    context.discard(stub)


async def test_drain_is_told_to_each() -> None:
    context = make()
    stub = Stub()
    context.add(stub)

    context.drain()

    assert stub.told == ["drain"]
    assert context.draining
    context.discard(stub)


async def test_a_temporary_one_ends_with_its_last_connection() -> None:
    context = make(temporary=True)
    stub = Stub()
    context.add(stub)
    await context.pool.run(int)
    assert context.pool.threads == 1

    context.discard(stub)

    assert context.pool.threads == 0


async def test_only_a_server_with_a_handler_time_out_limits_handlers() -> None:
    loop = asyncio.get_running_loop()
    context = ServerContext(handler, ServerConfig(handler_timeout=5), loop)

    assert context.limited
    assert not make().limited
    assert 4 < context.work_deadline() - loop.time() < 6
