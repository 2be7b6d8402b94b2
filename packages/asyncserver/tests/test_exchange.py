"""groundup_asyncserver.exchange: the way of one request, and all the ways in which it can end."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from groundup_httpparse import Headers
from groundup_messages import Request, Response, Upgrade

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
UPGRADE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"


class Watched(Response):
    """A response that writes down when it was closed."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.closed = asyncio.Event()
        self.call_on_close(self.closed.set)


async def test_a_request_knows_both_ends_of_its_connection(connect: Any) -> None:
    requests: list[Request] = []

    async def handler(request: Request) -> Response:
        requests.append(request)
        return Response()

    wire = await connect(handler)
    await wire.send(GET)
    await wire.read_response()

    (request,) = requests
    assert request.client == wire.writer.get_extra_info("sockname")
    assert request.server == wire.writer.get_extra_info("peername")
    assert (request.scheme, request.http_version) == ("http", "1.1")


async def test_an_error_of_a_handler_is_500_and_the_connection_lives(
    connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: Request) -> Response:
        raise KeyError("secret")

    wire = await connect(handler)
    for _ in range(2):
        await wire.send(GET)
        head, body = await wire.read_response()
        assert head.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
        assert body == b"Internal Server Error\n"
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2


@pytest.mark.parametrize("returned", [None, "text", 42, Response])
async def test_what_is_no_response_is_500(
    exchange: Any, returned: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: Request) -> Any:
        return returned

    assert (await exchange(handler, LAST)).startswith(b"HTTP/1.1 500 ")
    assert "a handler must return a Response, got" in caplog.text


async def test_an_interim_status_cannot_be_the_answer(
    exchange: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: Request) -> Response:
        return Response(103)

    assert (await exchange(handler, LAST)).startswith(b"HTTP/1.1 500 ")


async def test_errors_with_a_client_status_are_that_status(exchange: Any) -> None:
    async def handler(request: Request) -> Response:
        return Response.json(request.json)

    answer = await exchange(
        handler,
        b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nContent-Length: 3\r\n\r\n{a}",
    )

    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_a_response_that_cannot_be_written_is_closed_and_500(
    exchange: Any, caplog: pytest.LogCaptureFixture
) -> None:
    responses: list[Watched] = []

    async def handler(request: Request) -> Response:
        response = Watched(200, "body")
        response.headers = Headers.from_trusted([("X", "a\r\nSet-Cookie: evil=1")])
        responses.append(response)
        return response

    answer = await exchange(handler, LAST)

    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"evil" not in answer
    assert responses[0].closed.is_set()


async def test_response_and_request_are_closed_after_the_answer(exchange: Any) -> None:
    responses: list[Watched] = []

    async def handler(request: Request) -> Response:
        responses.append(Watched(200, "body"))
        return responses[0]

    await exchange(handler, LAST)

    assert responses[0].closed.is_set()


async def test_an_error_of_closing_is_logged_and_the_connection_lives(
    connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise KeyError("closing")

    async def handler(request: Request) -> Response:
        response = Response(200, "body")
        response.call_on_close(fail)
        return response

    wire = await connect(handler)
    for _ in range(2):
        await wire.send(GET)
        assert (await wire.read_response())[1] == b"body"
    assert "closing after GET / failed" in caplog.text


@pytest.mark.parametrize("reset", [True, False])
async def test_a_client_that_leaves_cancels_its_handler(connect: Any, reset: bool) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(request: Request) -> Response:
        begun.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return Response()

    wire = await connect(handler, disconnect_grace=0.05)
    await wire.send(GET)
    await begun.wait()
    if reset:
        wire.writer.transport.abort()
    else:
        wire.writer.close()

    await asyncio.wait_for(cancelled.wait(), 2)


async def test_a_client_that_leaves_ends_its_stream(connect: Any) -> None:
    ended = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"tick\n"
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    async def handler(request: Request) -> Response:
        return Response.stream(pieces())

    wire = await connect(handler)
    await wire.send(GET)
    await wire.read_until(b"tick\n")
    await wire.close()

    await asyncio.wait_for(ended.wait(), 2)


async def test_a_plain_handler_ends_and_its_response_is_closed_though_the_client_left(
    connect: Any,
) -> None:
    begun, release = threading.Event(), threading.Event()
    closed = threading.Event()

    def handler(request: Request) -> Response:
        begun.set()
        release.wait(5)
        response = Response()
        response.call_on_close(closed.set)
        return response

    wire = await connect(handler)
    await wire.send(GET)
    await asyncio.to_thread(begun.wait, 5)
    wire.writer.transport.abort()
    await asyncio.sleep(0.02)
    assert not closed.is_set()

    release.set()
    assert await asyncio.to_thread(closed.wait, 5)


async def test_context_variables_follow_a_plain_handler_and_its_stream(exchange: Any) -> None:
    variable: ContextVar[str] = ContextVar("variable", default="unset")

    def pieces() -> Iterator[str]:
        yield variable.get()

    def handler(request: Request) -> Response:
        variable.set("set in the handler's thread")
        return Response.stream(pieces())

    answer = await exchange(handler, LAST)

    assert b"set in the handler's thread" in answer


async def test_handlers_that_block_do_not_block_each_other(start: Any, connect: Any) -> None:
    together = threading.Barrier(5, timeout=5)

    def handler(request: Request) -> Response:
        together.wait()
        return Response(200, "met")

    server = await start(handler, threads=5)
    wires = [await connect(server) for _ in range(5)]
    for wire in wires:
        await wire.send(GET)

    assert [(await wire.read_response())[1] for wire in wires] == [b"met"] * 5


async def test_time_outs_and_the_current_task_work_in_a_handler(exchange: Any) -> None:
    async def handler(request: Request) -> Response:
        first = asyncio.current_task()
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(5)
        except TimeoutError:
            return Response(200, f"same task: {asyncio.current_task() is first is not None}")
        return Response(500)

    assert (await exchange(handler, LAST)).endswith(b"same task: True")


async def test_a_handler_that_is_cancelled_by_the_program_is_500(exchange: Any) -> None:
    async def handler(request: Request) -> Response:
        task = asyncio.ensure_future(asyncio.sleep(5))
        task.cancel()
        await task
        return Response()

    assert (await exchange(handler, LAST)).startswith(b"HTTP/1.1 500 ")


async def test_a_handler_has_its_time(exchange: Any) -> None:
    async def handler(request: Request) -> Response:
        await asyncio.sleep(30)
        return Response()

    answer = await exchange(handler, GET, handler_timeout=0.05)

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nConnection: close\r\n" in answer


async def test_a_plain_handler_that_never_returns_is_left_behind(exchange: Any) -> None:
    release = threading.Event()

    def handler(request: Request) -> Response:
        release.wait(10)
        return Response()

    answer = await exchange(handler, GET, handler_timeout=0.05)
    release.set()

    assert answer.startswith(b"HTTP/1.1 503 ")


async def test_a_stream_has_the_handlers_time_too(connect: Any) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"first\n"
        await asyncio.sleep(30)

    async def handler(request: Request) -> Response:
        return Response.stream(pieces())

    wire = await connect(handler, handler_timeout=0.05)
    await wire.send(GET)

    with pytest.raises(ConnectionResetError):
        await wire.read_all()


# -- slow clients -----------------------------------------------------------------------------


async def ok(request: Request) -> Response:
    return Response(200, "ok")


async def test_a_connection_that_says_nothing_is_answered_408(exchange: Any) -> None:
    answer = await exchange(ok, b"", header_timeout=0.05)

    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_head_that_trickles_in_is_answered_408(connect: Any) -> None:
    wire = await connect(ok, header_timeout=0.1)

    async def trickle() -> None:
        for byte in b"GET / HTTP/1.1\r\nX-Endless: " + b"x" * 100:
            await wire.send(bytes([byte]))
            await asyncio.sleep(0.01)

    task = asyncio.ensure_future(trickle())
    answer = await wire.read_all()
    task.cancel()
    await asyncio.wait([task])

    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_second_head_has_its_own_time(connect: Any) -> None:
    wire = await connect(ok, header_timeout=0.1, keep_alive_timeout=30)
    await wire.send(GET)
    await wire.read_response()
    await wire.send(GET[:10])

    assert (await wire.read_all()).startswith(b"HTTP/1.1 408 ")


async def test_an_idle_connection_is_closed_without_a_word(connect: Any) -> None:
    wire = await connect(ok, keep_alive_timeout=0.05)
    await wire.send(GET)
    await wire.read_response()

    assert await wire.read_all() == b""


@pytest.mark.parametrize("streams", [True, False])
async def test_a_body_that_stops_is_answered_408(exchange: Any, streams: bool) -> None:
    class Handler:
        streams_body = streams

        async def __call__(self, request: Request) -> Response:
            await request.load()
            return Response(200, request.body)

    answer = await exchange(
        Handler(),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        body_timeout=0.05,
    )

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert answer.count(b"HTTP/1.1") == 1


async def test_time_that_the_handler_takes_is_not_the_clients(connect: Any) -> None:
    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            await asyncio.sleep(0.15)
            await request.load()
            return Response(200, request.body)

    wire = await connect(Handler(), body_timeout=0.05, keep_alive_timeout=0.05)
    await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")

    assert (await wire.read_response())[1] == b"abc"


# -- large bodies -----------------------------------------------------------------------------


async def test_a_large_upload_is_counted_in_bounded_memory(connect: Any) -> None:
    import tracemalloc

    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            size = 0
            async for piece in request.stream():
                size += len(piece)
            return Response(200, str(size))

    wire = await connect(Handler())
    await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n")
    piece = b"x" * 100_000
    tracemalloc.start()
    try:
        for _ in range(300):
            await wire.send(piece)
        body = (await wire.read_response())[1]
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert body == b"30000000"
    assert most < 8_000_000


async def test_a_body_can_be_echoed_while_it_arrives(connect: Any) -> None:
    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            return Response.stream(request.stream())

    wire = await connect(Handler())
    await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
    assert (await wire.read_until(b"abc\r\n")).endswith(b"3\r\nabc\r\n")
    await wire.send(b"def" + LAST)

    assert (await wire.read_all()).startswith(b"3\r\ndef\r\n0\r\n\r\nHTTP/1.1 200")


# -- upgrades ---------------------------------------------------------------------------------


class Echo(asyncio.Protocol):
    transport: asyncio.Transport

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(b"echo " + data)


async def upgrade(request: Request) -> Response:
    return Upgrade(Echo, {"Upgrade": "echo", "Connection": "Upgrade"})


async def test_an_upgrade_hands_over_the_connection_and_what_was_sent_ahead(
    connect: Any,
) -> None:
    wire = await connect(upgrade)

    await wire.send(UPGRADE + b"early")
    head = await wire.read_until(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"\r\nConnection: Upgrade\r\n" in head
    assert await wire.read_until(b"early") == b"echo early"
    await wire.send(b"late")

    assert await wire.read_until(b"late") == b"echo late"


async def test_an_upgrade_may_be_answered_late(connect: Any) -> None:
    release = asyncio.Event()

    async def handler(request: Request) -> Response:
        await release.wait()
        return await upgrade(request)

    wire = await connect(handler)
    await wire.send(UPGRADE + b"one ")
    await asyncio.sleep(0.02)
    await wire.send(b"two")
    await asyncio.sleep(0.02)
    release.set()

    assert (await wire.read_until(b"two")).endswith(b"\r\n\r\necho one two")


async def test_an_upgrade_that_nobody_asked_for_is_500(
    exchange: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await exchange(upgrade, LAST)).startswith(b"HTTP/1.1 500 ")


async def test_a_client_may_ask_for_an_upgrade_in_vain(connect: Any) -> None:
    wire = await connect(ok)

    for _ in range(2):
        await wire.send(UPGRADE)
        assert (await wire.read_response())[1] == b"ok"


async def test_connect_is_no_tunnel(exchange: Any) -> None:
    answer = await exchange(ok, b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n" + GET)

    assert answer.count(b"HTTP/1.1 200") == 1


async def test_a_trickle_of_a_body_is_answered_408_and_closed(connect: Any) -> None:
    wire = await connect(ok, body_timeout=0.05, min_rate=10_000)

    async def trickle() -> None:
        await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            await wire.send(b"x")
            await asyncio.sleep(0.01)

    task = asyncio.ensure_future(trickle())
    answer = await wire.read_all()
    task.cancel()
    await asyncio.wait([task])

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nConnection: close\r\n" in answer


async def test_a_body_may_come_though_the_client_could_have_waited(connect: Any) -> None:
    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            await asyncio.sleep(0.02)
            return Response(200, "unread")

    wire = await connect(Handler())
    await wire.send(
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    )
    await asyncio.sleep(0)
    await wire.send(b"bo")
    head, body = await wire.read_response()
    assert (b"\r\nConnection: close\r\n" in head, body) == (False, b"unread")

    await wire.send(b"dy" + GET)
    assert (await wire.read_response())[1] == b"unread"


FORM = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
FORM_HEAD = (
    b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n" % len(FORM)
)


@pytest.mark.parametrize("cut", [0, 1, 30])
async def test_a_form_looks_the_same_in_one_piece_and_in_many(connect: Any, cut: int) -> None:
    async def handler(request: Request) -> Response:
        try:
            return Response(200, request.body)
        except RuntimeError:
            return Response(200, f"parsed: {request.form['a']}")

    wire = await connect(handler)
    wire.writer.write(FORM_HEAD + FORM[:cut] if cut else b"")
    await asyncio.sleep(0.02 if cut else 0)
    await wire.send(FORM[cut:] if cut else FORM_HEAD + FORM)

    assert (await wire.read_all()).endswith(b"parsed: 1")


async def test_a_later_pipelined_request_is_cancelled_when_its_client_has_left(
    connect: Any,
) -> None:
    cancelled = asyncio.Event()

    async def handler(request: Request) -> Response:
        if request.path == "/":
            await asyncio.sleep(0.01)
            return Response()
        try:
            await asyncio.sleep(30)
        finally:
            cancelled.set()
        return Response()

    wire = await connect(handler, disconnect_grace=0.1)
    await wire.send(GET + GET.replace(b"/ ", b"/long ", 1))
    wire.writer.write_eof()

    await asyncio.wait_for(cancelled.wait(), 5)


async def test_an_upgrade_of_a_client_that_has_closed_its_side_ends(connect: Any) -> None:
    async def handler(request: Request) -> Response:
        await asyncio.sleep(0.02)
        return await upgrade(request)

    wire = await connect(handler)
    await wire.send(UPGRADE + b"last")
    wire.writer.write_eof()

    assert (await wire.read_all()).endswith(b"\r\n\r\necho last")
