"""Abuse at random for a while: memory, descriptors and tasks are flat, and the log stays empty.

Two seconds by default; ``GROUNDUP_SOAK=1800`` makes it half an hour.
"""

import os
import random
import socket
import struct
import threading
import time
from typing import Any

SECONDS = float(os.environ.get("GROUNDUP_SOAK", "2"))
RESET = struct.pack("ii", 1, 0)
MEGABYTE = 1024 * 1024
CLIENTS = 8

GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
FORM = b"POST /form HTTP/1.1\r\nHost: test\r\nContent-Type: multipart/form-data; boundary=a\r\n"
REQUESTS = [
    GET,
    GET * 100,
    b"GET /stream?size=3000000 HTTP/1.1\r\nHost: test\r\n\r\n",
    b"GET /bytes?size=3000000 HTTP/1.1\r\nHost: test\r\n\r\n",
    b"GET /forever HTTP/1.1\r\nHost: test\r\n\r\n",
    b"HEAD /bytes?size=3000000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000,
    b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 100_000,
    b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 100_000,
    FORM + b"Content-Length: 23\r\n\r\n--a\r\nbroken\r\n\r\n\r\n--a--",
    b"POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"1\r\nx\r\n" * 5000
    + b"0\r\n\r\n",
    b"POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: test\r\nX: " + b"x" * 100_000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\0" * 1000,
]


def misbehave(live: Any, chance: random.Random) -> None:
    """Be a client of a random kind: cut off, slow, deaf, impatient or rude."""
    with live.connect(window=chance.choice([2048, 65536])) as client:
        request = chance.choice(REQUESTS)
        if chance.random() < 0.3:
            request = request[: chance.randrange(len(request) + 1)]
        client.settimeout(chance.choice([0.01, 0.1]))
        try:
            client.sendall(request)
            if chance.random() < 0.3:
                client.shutdown(socket.SHUT_WR)
            while chance.random() < 0.9 and client.recv(chance.choice([1, 1000, 100_000])):
                continue
        except OSError:
            pass
        if chance.random() < 0.5:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def abuse(live: Any, seconds: float) -> int:
    """Abuse a server from several threads; return how many clients there were."""
    end, count = time.monotonic() + seconds, [0] * CLIENTS

    def work(number: int) -> None:
        chance = random.Random(number)
        while time.monotonic() < end:
            misbehave(live, chance)
            count[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(count)


def count_tasks(live: Any) -> int:
    """Return how many tasks the server has when nobody else is there."""
    return int(live.get("/tasks").rpartition(b"\r\n\r\n")[2])


def test_abuse_leaves_nothing_behind(live: Any) -> None:
    descriptors = live.descriptors
    abuse(live, 1.0)  # fills what is kept for good: threads, memos, the allocator's own
    live.wait_until_free(descriptors)
    before, tasks = live.memory(), count_tasks(live)

    clients = abuse(live, SECONDS)

    live.wait_until_free(descriptors)
    assert live.get().endswith(b"\r\n\r\nHello, World!")
    assert live.log == ""
    end = time.monotonic() + 30  # a task hears a little later than the socket that all is over
    while (left := count_tasks(live)) > tasks and time.monotonic() < end:
        time.sleep(0.1)
    assert left <= tasks
    assert live.memory() - before < 16 * MEGABYTE
    assert clients > 10
    assert live.stop() == 0
