"""What a server may not get: memory, descriptors, disk, threads, and handlers that end."""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

HELLO = b"\r\n\r\nHello, World!"
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
FOREVER = b"GET /forever HTTP/1.1\r\nHost: test\r\n\r\n"
PATIENCE = 20 * float(os.environ.get("GROUNDUP_SLOW", "1"))
MEGABYTE = 1024 * 1024
PIECE = b"0123456789abcdef" * 4096


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_server_without_descriptors_waits_and_recovers(
    serve: Callable[..., Any], loop: str
) -> None:
    if loop == "uvloop":
        pytest.importorskip("uvloop")
    live = serve(loop=loop, limits={"RLIMIT_NOFILE": 40})
    first = live.connect()
    first.sendall(GET)
    assert first.recv(65536).endswith(HELLO)

    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(live.connect())
        wait_for_log(live, "cannot accept")
        first.sendall(GET)
        assert first.recv(65536).endswith(HELLO)  # who is in stays served

    first.close()
    assert live.get().endswith(HELLO)
    assert live.log.count("cannot accept") == len(live.log.splitlines()) == 1


def send_large(client: socket.socket, head: bytes, size: int) -> bytes:
    """Send a head and so many bytes; return the first of the answer, which may come before the end.

    The head begins a body, whose bytes count as well.
    """
    try:
        client.sendall(head)
        for _ in range(size // len(PIECE)):
            client.sendall(PIECE)
    except ConnectionError:  # the server has answered, and reads no more
        pass
    return client.recv(65536)


RAW = b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n" % (8 * MEGABYTE)
FORM = (
    b"POST /form HTTP/1.1\r\nHost: test\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    b"Content-Length: %d\r\n\r\n"
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
) % (9 * MEGABYTE)


@pytest.mark.parametrize("head", [pytest.param(RAW, id="raw"), pytest.param(FORM, id="form")])
def test_a_disk_that_is_full_is_an_error_of_one_request(
    serve: Callable[..., Any], head: bytes
) -> None:
    live = serve(limits={"RLIMIT_FSIZE": 2 * MEGABYTE})
    descriptors = live.descriptors

    with live.connect() as client:
        answer = send_large(client, head, 8 * MEGABYTE)

    assert answer.startswith((b"HTTP/1.1 500 ", b"HTTP/1.1 507 "))
    assert "must fit on the disk: File too large" in live.log
    assert live.get().endswith(HELLO)
    live.wait_until_free(descriptors)


@pytest.mark.parametrize("head", [pytest.param(RAW, id="raw"), pytest.param(FORM, id="form")])
def test_an_upload_that_finds_no_descriptor_is_an_error_of_one_request(
    serve: Callable[..., Any], head: bytes
) -> None:
    live = serve(limits={"RLIMIT_NOFILE": 40})

    with ExitStack() as stack:
        client = stack.enter_context(live.connect())
        client.sendall(GET)
        assert client.recv(65536).endswith(HELLO)
        for _ in range(60):
            stack.enter_context(live.connect())
        wait_for_log(live, "cannot accept")
        answer = send_large(client, head, 8 * MEGABYTE)

    assert answer.startswith((b"HTTP/1.1 500 ", b"HTTP/1.1 507 "))
    assert "Too many open files" in live.log
    assert live.get().endswith(HELLO)


def wait_for_log(live: Any, words: str) -> None:
    """Wait until the server has written these words."""
    end = time.monotonic() + PATIENCE
    while words not in live.log:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_handler_that_never_ends_is_ended(serve: Callable[..., Any]) -> None:
    live = serve(handler_timeout=0.3)

    with live.connect() as client:
        client.sendall(FOREVER)
        answer = client.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert live.get().endswith(HELLO)


@pytest.mark.parametrize("handler", ["answer", "block"])
def test_a_handler_that_never_ends_does_not_keep_the_server(
    serve: Callable[..., Any], handler: str
) -> None:
    live = serve(handler=handler, grace=0.3)

    with live.connect() as client:
        client.sendall(FOREVER)
        assert live.get().endswith(HELLO)
        started = time.monotonic()
        live.process.send_signal(signal.SIGTERM)
        assert live.process.wait(20) == 0

    assert time.monotonic() - started < 10


def test_threads_that_are_all_taken_keep_nobody_from_being_told(
    serve: Callable[..., Any],
) -> None:
    live = serve(handler="block", threads=2, handler_timeout=0.5)

    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(live.connect()).sendall(FOREVER)
        time.sleep(0.2)
        assert live.get().startswith(b"HTTP/1.1 503 ")
