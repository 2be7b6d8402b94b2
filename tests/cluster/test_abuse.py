"""Clients that mean no good, many at a time, while others are served as if nothing were."""

import os
import random
import socket
import struct
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

HELLO = b"\r\n\r\nHello, World!"
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
STREAM = b"GET /stream?size=4000000 HTTP/1.1\r\nHost: test\r\n\r\n"
POST = (
    b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"
    b"POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n"
)
RESET = struct.pack("ii", 1, 0)  # on, 0 seconds: closing sends a reset
MEGABYTE = 1024 * 1024
TURNED_AWAY = 64  # connections that may be open a little longer to be told why they close
SLOW = float(os.environ.get("GROUNDUP_SLOW", "1"))
PROMPT = 2.0 * SLOW  # seconds in which a well-behaved client is served, whatever others do


def assert_served(live: Any) -> None:
    """Hold that a client like any other is served, and soon."""
    for _ in range(5):
        started = time.monotonic()
        assert live.get().endswith(HELLO)
        assert time.monotonic() - started < PROMPT


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    client.close()


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_thousands_that_do_not_read_cost_little_and_disturb_nobody(
    serve: Callable[..., Any], crowd: int, loop: str
) -> None:
    if loop == "uvloop":
        pytest.importorskip("uvloop")
    live = serve(loop=loop, max_connections=crowd + 100)
    before, descriptors = live.memory(), live.descriptors

    with ExitStack() as stack:
        for _ in range(crowd):
            stack.enter_context(live.connect(window=4096)).sendall(STREAM)
        live.get()  # behind all of them: now they have what they take, and are stuck
        assert_served(live)
        assert live.descriptors >= crowd
        assert live.memory("VmHWM") - before < crowd * 64 * 1024

    live.wait_until_free(descriptors)
    assert_served(live)
    assert live.log == ""


def test_a_flood_of_connections_is_turned_away(serve: Callable[..., Any]) -> None:
    live = serve(max_connections=50)
    descriptors = live.descriptors

    with ExitStack() as stack:
        clients = [stack.enter_context(live.connect()) for _ in range(400)]
        live.wait_until_free(descriptors + 50 + TURNED_AWAY)
        for client in clients[:50]:
            client.sendall(GET)
            assert client.recv(65536).endswith(HELLO)
        assert b" 503 " in live.receive_all(clients[50])
        assert live.receive_all(clients[-1]) == b""

    live.wait_until_free(descriptors)
    assert_served(live)
    assert live.log == ""


def test_a_flood_from_one_address_leaves_room_for_others(serve: Callable[..., Any]) -> None:
    live = serve(max_per_address=20, max_connections=100)
    descriptors = live.descriptors

    with ExitStack() as stack:
        clients = [stack.enter_context(live.connect()) for _ in range(200)]
        live.wait_until_free(descriptors + 20 + TURNED_AWAY)
        for client in clients[:20]:
            client.sendall(GET)
            assert client.recv(65536).endswith(HELLO)
        other = stack.enter_context(socket.socket())
        other.settimeout(20 * SLOW)
        other.bind(("127.0.0.2", 0))
        other.connect(("127.0.0.1", live.port))
        other.sendall(GET)
        assert other.recv(65536).endswith(HELLO)

    live.wait_until_free(descriptors)
    assert_served(live)
    assert live.log == ""


def test_connections_that_come_and_go_leave_nothing(live: Any) -> None:
    descriptors = live.descriptors

    for number in range(2000):
        client = live.connect()
        if number % 2:
            reset(client)
        else:
            client.close()

    live.wait_until_free(descriptors)
    assert_served(live)
    assert live.log == ""


@pytest.mark.parametrize("leave", [socket.socket.close, reset])
def test_a_request_may_be_cut_off_at_every_byte(live: Any, leave: Any) -> None:
    descriptors = live.descriptors

    for end in range(len(POST)):
        client = live.connect()
        client.sendall(POST[:end])
        leave(client)

    live.wait_until_free(descriptors)
    assert_served(live)
    assert live.log == ""


def test_clients_may_reset_at_any_moment(live: Any) -> None:
    descriptors, chance = live.descriptors, random.Random(7)
    asked = [
        GET,
        STREAM,
        b"GET /bytes?size=4000000 HTTP/1.1\r\nHost: test\r\n\r\n",
        b"GET /sleep?seconds=60 HTTP/1.1\r\nHost: test\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 100_000,
        GET * 50,
    ]

    for _ in range(300):
        client = live.connect(window=4096)
        client.sendall(chance.choice(asked))
        time.sleep(chance.random() / 200)
        reset(client)

    live.wait_until_free(descriptors)
    assert_served(live)
    assert live.log == ""


def test_tiny_chunks_take_no_more_than_their_time(serve: Callable[..., Any]) -> None:
    live = serve(handler="streaming")
    count = 300_000
    head = (
        b"POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    before = live.memory()

    answer = live.exchange(head + b"1\r\nx\r\n" * count + b"0\r\n\r\n")

    assert answer.endswith(b"\r\n\r\n%d" % count)
    assert live.memory("VmHWM") - before < 8 * MEGABYTE


def test_tiny_pieces_take_no_more_than_their_time(live: Any) -> None:
    data = b"POST /echo HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n"
    data += b"x" * 2000

    with live.connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in data:
            client.send(bytes([byte]))
        answer = bytearray()
        while piece := client.recv(65536):
            answer += piece

    assert answer.endswith(b"\r\n\r\n" + b"x" * 2000)


def test_slow_heads_and_slow_bodies_end(serve: Callable[..., Any]) -> None:
    live = serve(header_timeout=0.3, body_timeout=0.3, keep_alive_timeout=0.3)
    descriptors = live.descriptors

    with ExitStack() as stack:
        silent = stack.enter_context(live.connect())
        heads = [stack.enter_context(live.connect()) for _ in range(100)]
        bodies = [stack.enter_context(live.connect()) for _ in range(100)]
        for client in heads:
            client.sendall(b"GET / HTTP/1.1\r\nHost: te")
        for client in bodies:
            client.sendall(POST[: POST.index(b"hello") + 2])
        for client in heads + bodies:
            assert b" 408 " in client.recv(65536)
        assert silent.recv(65536).startswith(b"HTTP/1.1 408 ")

    live.wait_until_free(descriptors)
    assert_served(live)


def test_a_body_that_drips_is_too_slow(serve: Callable[..., Any]) -> None:
    live = serve(body_timeout=0.5, min_rate=1000)

    with live.connect() as client:
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5000\r\n\r\n")
        started, answer = time.monotonic(), b""
        client.settimeout(0.05)
        while not answer and time.monotonic() - started < PROMPT + 5:
            client.send(b"x")
            try:
                answer = client.recv(65536)
            except TimeoutError:
                continue

    assert b" 408 " in answer
