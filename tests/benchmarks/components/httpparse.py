"""Measure the parsing of a request in microseconds: ours, h11 and httptools where installed.

    python tests/benchmarks/components/httpparse.py            all cases
    python tests/benchmarks/components/httpparse.py --quick    only show that it works

Each parser reads a thousand requests one after the other, as one kept connection has them, and
must have found what was sent before its time counts.  In "same" all requests are equal bytes; in
"cookie" each has a cookie of its own; in "new" no field but its name comes twice, and there are
more requests than any memo of ours holds.  Rounds are interleaved, and the best one counts:
whatever else the machine does can only make a round slower.
"""

import argparse
import importlib
import importlib.util
import sys
import time
from collections.abc import Callable
from typing import Any

from groundup_httpparse import RequestHead, RequestParser

REQUESTS = 1000
COOKIE = "Cookie: session=abcdefghijklmnopqrstuvwxyz%04d; theme=dark; csrftoken=abcdef"
FEW = ("Host: localhost:8000", "User-Agent: wrk/4.1", "Accept: */*")
MANY = (
    "Host: localhost:8000",
    "Connection: keep-alive",
    'sec-ch-ua: "Chromium";v="120", "Not A Brand";v="24"',
    "sec-ch-ua-mobile: ?0",
    'sec-ch-ua-platform: "Linux"',
    "Upgrade-Insecure-Requests: 1",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-User: ?1",
    "Sec-Fetch-Dest: document",
    "Accept-Encoding: gzip, deflate, br",
    "Accept-Language: en-US,en;q=0.9",
)

# What a parser found in one request: target, number of fields, bytes of content.
Found = tuple[bytes, int, int]
Timed = Callable[[bytes], object]
Read = Callable[[bytes], Found]


def write(fields: tuple[str, ...], body: str = "", method: str = "GET") -> bytes:
    """Return the bytes of one request."""
    return "\r\n".join([f"{method} /posts/hello?page=2 HTTP/1.1", *fields, "", body]).encode()


def renew(fields: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Return fields with other values, but for the one that decides about the connection."""
    return tuple(
        field if field.startswith("Connection") else f"{field}{number:04d}" for field in fields
    )


def make_cases() -> dict[str, tuple[float, list[bytes]]]:
    """Return the requests of each case, and what ours should cost."""
    numbers = range(REQUESTS)
    chunks = "200\r\n" + "x" * 512 + "\r\n"
    chunked = write((FEW[0], "Transfer-Encoding: chunked"), chunks * 16 + "0\r\n\r\n", "POST")
    form = (*FEW, "Content-Type: application/json", "Content-Length: 17")
    posted = write(form, '{"name": "Alice"}', "POST")
    return {
        "3 fields, same": (1.9, [write(FEW)] * REQUESTS),
        "3 fields, new": (4.5, [write(renew(FEW, number)) for number in numbers]),
        "14 fields, same": (4.5, [write(MANY)] * REQUESTS),
        "15 fields, cookie": (4.5, [write((*MANY, COOKIE % number)) for number in numbers]),
        "15 fields, new": (
            17.0,
            [write((*renew(MANY, number), COOKIE % number)) for number in numbers],
        ),
        "17 bytes of JSON": (4.5, [posted] * REQUESTS),
        "16 chunks of 512 bytes": (14.0, [chunked] * REQUESTS),  # 12 for the body
    }


# -- the contenders: each gives what is timed, and how to read what was found --------------------


def groundup() -> tuple[Timed, Read]:
    """Return ours."""
    parser = RequestParser()

    def read(wire: bytes) -> Found:
        head, *pieces = parser.feed(wire)
        assert isinstance(head, RequestHead)
        size = sum(len(piece) for piece in pieces if isinstance(piece, bytes))
        return head.target.encode(), len(head.headers), size

    return parser.feed, read


def h11() -> tuple[Timed, Read]:
    """Return h11, which needs a new connection here: its old one waits for our response."""
    module: Any = importlib.import_module("h11")

    def read(wire: bytes) -> Found:
        connection = module.Connection(module.SERVER)
        connection.receive_data(wire)
        head, size = connection.next_event(), 0
        while not isinstance(event := connection.next_event(), module.EndOfMessage):
            size += len(event.data)
        return head.target, len(head.headers), size

    return read, read


class Listener:
    """What httptools calls, as small as it can be."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        self.fields: list[tuple[bytes, bytes]] = []
        self.size = 0

    def on_url(self, target: bytes) -> None:
        """Note the target."""
        self.target = target

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note a field."""
        self.fields.append((name, value))

    def on_body(self, piece: bytes) -> None:
        """Count content."""
        self.size += len(piece)


def httptools() -> tuple[Timed, Read]:
    """Return httptools, which is written in C and looks into no field that it need not."""
    module: Any = importlib.import_module("httptools")
    listener = Listener()
    parser = module.HttpRequestParser(listener)

    def read(wire: bytes) -> Found:
        parser.feed_data(wire)
        return listener.target, len(listener.fields), listener.size

    return parser.feed_data, read


CONTENDERS = {contender.__name__: contender for contender in (groundup, h11, httptools)}


def measure(timed: list[Timed], wires: list[bytes], rounds: int) -> list[float]:
    """Return the microseconds of one request, for each parser."""
    best = [float("inf")] * len(timed)
    part = max(len(wires) // 10, 1)
    for number in range(rounds):
        chosen = wires[number * part % len(wires) :][:part]
        for at, feed in enumerate(timed):
            start = time.perf_counter()
            for wire in chosen:
                feed(wire)
            best[at] = min(best[at], (time.perf_counter() - start) / len(chosen) * 1e6)
    return best


def main() -> int:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--quick", action="store_true", help="only show that it works")
    rounds = 10 if options.parse_args().quick else 1000
    names = [n for n in CONTENDERS if n == "groundup" or importlib.util.find_spec(n)]
    timed, reads = zip(*[CONTENDERS[name]() for name in names], strict=True)
    print(f"{'µs a request':<24}{'target':>8}" + "".join(f"{name:>11}" for name in names))
    for case, (target, wires) in make_cases().items():
        found = {read(wire) for read in reads for wire in wires[:2]}
        if len(found) != 1:
            print(f"{case}: the parsers disagree: {found}", file=sys.stderr)
            return 1
        times = measure(list(timed), wires, rounds)
        print(f"{case:<24}{target:8.1f}" + "".join(f"{time:11.2f}" for time in times), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
