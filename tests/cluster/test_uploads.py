"""Uploads of 200 MiB, on every way that a body can go, take no more memory than small ones.

    streaming              given to the handler while it arrives
    counting               loaded into a file, and read by an async handler
    counting-in-a-thread   loaded into a file, and read by a plain handler
    answer                 parsed as a multipart form while it arrives

Each server starts fresh, so the most memory that it ever had is that of its one upload.
"""

import gzip
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

MEGABYTE = 1024 * 1024
UPLOAD = 200 * MEGABYTE
BOUND = 8 * MEGABYTE  # 1 MiB is kept before the disk is asked; the rest is code and buffers
PIECE = bytes(65536)

HEAD = "POST /form HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
END = b"\r\n--b--\r\n"


def upload(client: socket.socket, *, form: bool, chunked: bool) -> bytes:
    """Send 200 MiB, and return the body of the answer."""
    before, after = (FORM, END) if form else (b"", b"")
    head = HEAD + ("Content-Type: multipart/form-data; boundary=b\r\n" if form else "")
    if chunked:
        client.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        piece = as_chunk(PIECE)
        before, after = as_chunk(before) if before else b"", (as_chunk(after) if after else b"")
        after += b"0\r\n\r\n"
    else:
        length = len(before) + UPLOAD + len(after)
        client.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode())
        piece = PIECE
    client.sendall(before)
    for _ in range(UPLOAD // len(PIECE)):
        client.sendall(piece)
    client.sendall(after)
    answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200 ")
    return answer.partition(b"\r\n\r\n")[2]


def as_chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


WAYS = ["streaming", "counting", "counting-in-a-thread", "answer"]


@pytest.mark.parametrize(
    ("loop", "chunked"),
    [
        pytest.param("asyncio", False, id="asyncio"),
        pytest.param("asyncio", True, id="asyncio-chunked"),
        pytest.param("uvloop", True, id="uvloop-chunked"),
    ],
)
@pytest.mark.parametrize("handler", WAYS)
def test_an_upload_of_200_mib_takes_little_memory(
    serve: Callable[..., Any], handler: str, loop: str, chunked: bool
) -> None:
    if loop == "uvloop":
        pytest.importorskip("uvloop", reason="uvloop is not installed")
    live = serve(handler=handler, loop=loop, max_body=UPLOAD + MEGABYTE)
    descriptors, before = live.descriptors, live.memory()

    with live.connect() as client:
        answer = upload(client, form=handler == "answer", chunked=chunked)

    assert live.memory("VmHWM") - before < BOUND
    count = json.loads(answer)["files"]["file"][0] if handler == "answer" else int(answer)
    assert count == UPLOAD
    live.wait_until_free(descriptors)
    assert live.log == ""


KINDS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_would_grow_is_refused_as_it_came(serve: Callable[..., Any], kind: str) -> None:
    bomb = gzip.compress(bytes(100 * MEGABYTE), 1)
    live = serve()
    before = live.memory()
    fields = f"Content-Type: {kind}\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n"

    answer = live.exchange(f"{HEAD}{fields}\r\n".encode() + bomb)

    assert answer.startswith(b"HTTP/1.1 415 ")
    assert live.memory("VmHWM") - before < BOUND
    assert live.log == ""


def test_an_upload_of_200_mib_takes_little_memory_in_the_server_of_threads(
    serve: Callable[..., Any],
) -> None:
    live = serve(handler="answer", loop="threads", max_body=UPLOAD + MEGABYTE)
    before = live.memory()

    with live.connect() as client:
        answer = upload(client, form=True, chunked=True)

    assert json.loads(answer)["files"]["file"] == [UPLOAD]
    assert live.memory("VmHWM") - before < BOUND


def test_the_server_of_threads_takes_no_more_than_its_limit(serve: Callable[..., Any]) -> None:
    live = serve(handler="answer", loop="threads", max_body=4 * MEGABYTE)
    before = live.memory()

    with live.connect() as client:
        try:
            client.sendall(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode())
            for _ in range(UPLOAD // len(PIECE)):
                client.sendall(as_chunk(PIECE))
        except ConnectionError:  # it has answered, and reads no more
            pass
        answer = live.receive_all(client)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert live.memory("VmHWM") - before < 2 * 4 * MEGABYTE + BOUND
