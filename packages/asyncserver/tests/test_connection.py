"""groundup_asyncserver.connection: bytes in, answers in order, and clients of every kind."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from groundup_asyncserver import make_protocol
from groundup_messages import BodyNotRead, Request, Response

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
DATE = re.compile(rb"Date: [^\r]*\r\n")


async def echo(request: Request) -> Response:
    return Response(200, f"{request.method} {request.target} {request.text}\n")


async def slow_echo(request: Request) -> Response:
    await asyncio.sleep(0)
    return await echo(request)


def sync_echo(request: Request) -> Response:
    return Response(200, f"{request.method} {request.target} {request.text}\n")


def bodies(answer: bytes) -> list[bytes]:
    """Return the bodies of answers that end in a line break each."""
    return [line for line in answer.split(b"\n") if line[:4] in {b"GET ", b"POST"}]


@pytest.mark.parametrize("handler", [echo, slow_echo, sync_echo])
async def test_pipelined_requests_are_answered_in_order(exchange: Any, handler: Any) -> None:
    requests = [b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(50)]

    answer = await exchange(handler, b"".join([*requests, LAST]))

    expected = [b"GET /%d " % number for number in range(50)]
    assert bodies(answer) == [*expected, b"GET /last "]
    assert answer.count(b"Connection: close") == 1


MESSAGES = (
    b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    b"POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nfoo\r\n3\r\nbar\r\n0\r\n\r\n"
    b"GET /c HTTP/1.1\r\nHost: a\r\n\r\n"
)


@pytest.mark.parametrize("handler", [echo, slow_echo])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, len(MESSAGES)])
async def test_bytes_may_be_split_anywhere(
    in_memory: Any, turns: Any, handler: Any, size: int
) -> None:
    transport = in_memory(handler)

    for start in range(0, len(MESSAGES), size):
        await transport.feed(MESSAGES[start : start + size])
        await turns()

    assert bodies(transport.take()) == [b"POST /a hello", b"POST /b foobar", b"GET /c "]


@pytest.mark.parametrize("cut", range(1, len(MESSAGES)))
async def test_a_client_may_leave_at_any_byte(in_memory: Any, turns: Any, cut: int) -> None:
    transport = in_memory(slow_echo)

    await transport.feed(MESSAGES[:cut])
    await turns()
    transport.lose()
    await turns()

    assert transport.written.count(b"HTTP/1.1 200") <= 3


async def test_http_1_0_closes_after_its_answer(exchange: Any) -> None:
    answer = await exchange(echo, b"GET / HTTP/1.0\r\n\r\n")

    assert answer.endswith(b"\r\n\r\nGET / \n")
    assert b"\r\nConnection: close\r\n" in answer


async def test_http_1_0_may_ask_to_keep_the_connection(connect: Any) -> None:
    wire = await connect(echo)

    for _ in range(2):
        await wire.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        head, body = await wire.read_response()
        assert b"\r\nConnection: keep-alive\r\n" in head
        assert body == b"GET / \n"


async def test_head_has_the_fields_and_no_body(exchange: Any) -> None:
    answer = await exchange(echo, b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")

    assert b"\r\nContent-Length: 8\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


async def test_what_is_no_http_is_answered_once_and_nothing_more_is_read(exchange: Any) -> None:
    answer = await exchange(echo, GET + b"nonsense\r\n\r\n" + GET)

    assert [line[:12] for line in re.findall(rb"HTTP/1.1 \d\d\d", answer)] == [
        b"HTTP/1.1 200",
        b"HTTP/1.1 400",
    ]
    assert b"\r\nConnection: close\r\n" in answer


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, id="target"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * 9000 + b"\r\n\r\n", 431, id="field"
        ),
        pytest.param(b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, id="version"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            501,
            id="coding",
        ),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", 400, id="no-host"),
    ],
)
async def test_refusals_have_the_status_of_the_parser(
    exchange: Any, data: bytes, status: int
) -> None:
    answer = await exchange(echo, data)

    assert answer.startswith(b"HTTP/1.1 %d " % status)


async def test_a_refused_client_reads_the_answer_though_it_goes_on_sending(connect: Any) -> None:
    wire = await connect(echo, max_body=10)

    await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
    await wire.send(b"x" * 200_000)

    assert (await wire.read_all()).startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_breaks_the_grammar_is_400(exchange: Any) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = await exchange(echo, head + b"zz\r\n" + GET)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("extra", [0, 1])
async def test_a_body_may_be_as_large_as_the_limit_and_no_larger(exchange: Any, extra: int) -> None:
    body = b"x" * (100 + extra)
    chunked = (
        b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    )

    answer = await exchange(
        echo, chunked + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body), max_body=100
    )

    assert answer.startswith(b"HTTP/1.1 413 " if extra else b"HTTP/1.1 200 ")


async def test_the_body_is_asked_for_when_it_is_read(connect: Any) -> None:
    wire = await connect(echo)

    await wire.send(
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    )
    interim = await wire.read_until(b"\r\n\r\n")
    await wire.send(b"body")

    assert interim == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert (await wire.read_response())[1] == b"POST / body\n"


@pytest.mark.parametrize("apart", [False, True], ids=["with-its-head", "later"])
async def test_a_handler_that_reads_for_itself_sees_no_difference(
    connect: Any, apart: bool
) -> None:
    seen: list[object] = []

    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            try:
                seen.append(request.body)
            except BodyNotRead:
                seen.append("still on its way")
            await request.load()
            return Response(200, request.body)

    wire = await connect(Handler())
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"

    await wire.send(head if apart else head + b"body\n")
    if apart:
        await wire.send(b"body\n")

    assert (await wire.read_response())[1] == b"body\n"
    assert seen == ["still on its way"]


@pytest.mark.parametrize(
    ("sent", "status"), [pytest.param(10, 200, id="at"), pytest.param(11, 413, id="one-past")]
)
async def test_a_body_that_comes_with_its_head_keeps_the_limit(
    connect: Any, sent: int, status: int
) -> None:
    wire = await connect(echo, max_body=10)
    head = f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {sent}\r\n\r\n"

    await wire.send(head.encode() + b"x" * sent)

    assert (await wire.read_response())[0].startswith(b"HTTP/1.1 %d " % status)


async def test_a_body_that_nobody_reads_is_not_asked_for(exchange: Any) -> None:
    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            return Response(200, "no, thank you\n")

    answer = await exchange(
        Handler(),
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
    )

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nConnection: close\r\n" in answer


async def test_a_body_that_nobody_read_is_read_away(connect: Any) -> None:
    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            return Response(200, f"{request.target}\n")

    wire = await connect(Handler())

    await wire.send(b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
    first = await wire.read_response()
    await wire.send(b"x" * 100_000 + b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
    second = await wire.read_response()

    assert (first[1], second[1]) == (b"/1\n", b"/2\n")


async def test_a_body_that_nobody_read_closes_the_connection_when_it_is_long(
    exchange: Any,
) -> None:
    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            return Response(200, "answer\n")

    answer = await exchange(
        Handler(), b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\nxyz"
    )

    assert answer.endswith(b"answer\n")
    assert b"\r\nConnection: close\r\n" in answer


async def test_an_endless_unwanted_chunked_body_is_cut_off(in_memory: Any, turns: Any) -> None:
    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            return Response(200, "answer\n")

    transport = in_memory(Handler(), max_drain=1000)

    await transport.feed(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(20):
        await transport.feed(b"64\r\n" + b"x" * 100 + b"\r\n")
        await turns()

    assert transport.wrote_eof or transport.closing


async def test_a_client_that_sends_ahead_has_to_wait(in_memory: Any, turns: Any) -> None:
    release = asyncio.Event()

    async def handler(request: Request) -> Response:
        await release.wait()
        return await echo(request)

    transport = in_memory(handler, max_pipelined=1000)
    await transport.feed(GET)

    for _ in range(100):
        await transport.feed(GET)
        if not transport.reading:
            break
    assert transport.reading is False

    release.set()
    for _ in range(20):
        await turns()
    assert transport.reading is True
    assert len(bodies(transport.take())) > 30


async def test_an_upload_that_is_not_read_stays_with_the_client(in_memory: Any, turns: Any) -> None:
    release = asyncio.Event()

    class Handler:
        streams_body = True

        async def __call__(self, request: Request) -> Response:
            await release.wait()
            size = 0
            async for piece in request.stream():
                size += len(piece)
            return Response(200, f"{size}\n")

    transport = in_memory(Handler())
    await transport.feed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 131072\r\n\r\n")
    await turns()

    await transport.feed(b"x" * 65_537)
    assert transport.reading is False

    release.set()
    await turns()
    assert transport.reading is True
    await transport.feed(b"x" * 65_535)
    await turns()
    assert transport.take().endswith(b"131072\n")


async def test_a_client_may_close_its_side_and_still_be_answered(connect: Any) -> None:
    async def handler(request: Request) -> Response:
        await asyncio.sleep(0.05)
        return await echo(request)

    wire = await connect(handler)

    await wire.send(GET * 2)
    wire.writer.write_eof()

    assert len(bodies(await wire.read_all())) == 2


async def test_a_request_cut_off_in_its_head_is_400(connect: Any) -> None:
    wire = await connect(echo)

    await wire.send(b"GET / HTTP/1.1\r\nHost:")
    wire.writer.write_eof()

    assert (await wire.read_all()).startswith(b"HTTP/1.1 400 ")


async def test_a_request_cut_off_in_its_body_is_400(connect: Any) -> None:
    wire = await connect(echo)

    await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
    wire.writer.write_eof()

    assert (await wire.read_all()).startswith(b"HTTP/1.1 400 ")


async def test_connections_above_the_maximum_are_told_so(start: Any, connect: Any) -> None:
    server = await start(echo, max_connections=1)
    first = await connect(server)
    await first.send(GET)
    await first.read_response()

    second = await connect(server)
    assert (await second.read_all()).startswith(b"HTTP/1.1 503 ")

    await first.send(GET)
    assert (await first.read_response())[1] == b"GET / \n"


async def test_one_address_cannot_have_all_connections(start: Any, connect: Any) -> None:
    server = await start(echo, max_per_address=1)
    first = await connect(server)
    await first.send(GET)
    await first.read_response()

    second = await connect(server)
    assert (await second.read_all()).startswith(b"HTTP/1.1 503 ")
    await second.close()
    await first.close()
    for _ in range(500):
        await asyncio.sleep(0.01)
        if not server.connections:
            break

    third = await connect(server)
    await third.send(GET)
    assert (await third.read_response())[1] == b"GET / \n"


async def test_far_too_many_connections_are_just_closed(start: Any, connect: Any) -> None:
    server = await start(echo, max_connections=1, linger_timeout=30)
    wires = [await connect(server) for _ in range(70)]

    for wire in wires[1:]:
        await wire.read_all()

    assert server.connections <= 65


async def test_a_protocol_needs_a_running_loop_and_frees_all_with_its_connection(
    in_memory: Any, turns: Any
) -> None:
    transport = in_memory(sync_echo)
    await transport.feed(GET)
    for _ in range(100):
        await asyncio.sleep(0.005)
        if transport.written:
            break
    pool = transport.protocol._context.pool

    assert pool.threads == 1
    transport.lose()
    assert pool.threads == 0
    await turns()


def test_a_protocol_is_not_made_without_a_loop() -> None:
    with pytest.raises(RuntimeError):
        make_protocol(echo)


async def test_work_goes_on_in_a_context_of_its_own(in_memory: Any) -> None:
    import contextvars

    variable = contextvars.ContextVar("variable", default="unset")

    async def handler(request: Request) -> Response:
        before = variable.get()
        variable.set(request.target)
        return Response(200, f"GET {before}\n")

    transport = in_memory(handler)
    await transport.feed(GET * 3)

    assert bodies(transport.take()) == [b"GET unset"] * 3
    assert variable.get() == "unset"


async def test_answers_to_pipelined_requests_are_one_write(in_memory: Any) -> None:
    transport = in_memory(echo)
    writes: list[bytes] = []
    transport.write = writes.append

    await transport.feed(GET * 5)

    assert len(writes) == 1
    assert bodies(writes[0]) == [b"GET / "] * 5


async def test_a_large_answer_between_small_ones_keeps_its_place(in_memory: Any) -> None:
    async def handler(request: Request) -> Response:
        size = 10_000 if request.path == "/large" else 1
        return Response(200, b"x" * size + b"\nGET " + request.target.encode() + b"\n")

    transport = in_memory(handler)
    large = GET.replace(b"/ ", b"/large ", 1)

    await transport.feed(GET + large + GET + large + b"nonsense\r\n\r\n")

    answers = transport.take()
    assert bodies(answers) == [b"GET /", b"GET /large", b"GET /", b"GET /large"]
    assert b"HTTP/1.1 400 " in answers.rpartition(b"/large\n")[2]


async def test_a_stream_among_pipelined_requests_does_not_wait_for_them(in_memory: Any) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"x" * 70_000
        yield b"y"

    async def handler(request: Request) -> Response:
        return Response.stream(pieces())

    transport = in_memory(handler)
    await transport.feed(GET * 3)

    assert transport.written.count(b"HTTP/1.1 200") == 1
    assert not transport.written.endswith(b"0\r\n\r\n")


async def test_many_pipelined_requests_give_way_to_other_connections(in_memory: Any) -> None:
    answered: list[str] = []

    async def handler(request: Request) -> Response:
        answered.append(request.target)
        return Response(200, b"")

    first, second = in_memory(handler), in_memory(handler)
    loop = asyncio.get_running_loop()
    loop.call_soon(first.protocol.data_received, GET * 200)
    loop.call_soon(second.protocol.data_received, LAST)
    for _ in range(20):
        await asyncio.sleep(0)

    assert len(answered) == 201
    assert answered.index("/last") < 100


async def test_the_client_may_close_its_side_behind_many_pipelined_requests(
    connect: Any,
) -> None:
    wire = await connect(echo)

    await wire.send(GET * 100)
    wire.writer.write_eof()

    assert len(bodies(await wire.read_all())) == 100


AFTER_CLOSE = b"POST /after HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"


@pytest.mark.parametrize("handler", [echo, slow_echo])
@pytest.mark.parametrize("together", [True, False])
async def test_no_request_after_a_close_is_processed(
    in_memory: Any, turns: Any, handler: Any, together: bool
) -> None:
    """RFC 9112, section 9.6: neither one that came in the same piece nor one that comes later."""
    seen: list[str] = []

    async def noting(request: Request) -> Response:
        seen.append(request.path)
        answer: Response = await handler(request)
        return answer

    transport = in_memory(noting)
    for piece in [LAST + AFTER_CLOSE] if together else [LAST, AFTER_CLOSE]:
        await transport.feed(piece)
    await turns()

    assert seen == ["/last"]
    assert bodies(transport.take()) == [b"GET /last "]
    assert transport.closing or transport.wrote_eof


async def test_no_request_after_an_answer_with_close_is_processed(
    in_memory: Any, turns: Any
) -> None:
    seen: list[str] = []

    async def handler(request: Request) -> Response:
        seen.append(request.path)
        return Response(200, "bye", {"Connection": "close"})

    transport = in_memory(handler)
    await transport.feed(GET + AFTER_CLOSE)
    await turns()

    assert seen == ["/"]
    assert transport.take().count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize("handler", [echo, slow_echo, sync_echo])
async def test_a_connection_ends_after_its_last_request(exchange: Any, handler: Any) -> None:
    answer = await exchange(handler, GET * 4, max_requests=3)

    first, second, third = answer.split(b"HTTP/1.1 200 OK\r\n")[1:]
    assert b"Connection:" not in first + second
    assert b"Connection: close" in third


async def test_without_a_number_of_requests_a_connection_has_no_last_one(exchange: Any) -> None:
    answer = await exchange(echo, GET * 40 + LAST, max_requests=None)

    assert len(bodies(answer)) == 41
