"""Fourteen situations, put to five ways of writing a server.

Each contender holds the same conversations as its manual shows them, without options; ours alone
gets a short idle time for one of them, so that nobody has to wait thirty seconds.  A server is a
process of its own, `python compare.py NAME KIND PORT`, and prints where it listens, then what its
handlers have to say.

    shout   answer one line in capitals        pour   send 64 MiB
    last    read 5 bytes, say goodbye          fail   read a byte, raise an error
    whole   read to the end, say how much it was
"""

import asyncio
import contextlib
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from functools import partial
from importlib import import_module
from typing import Any

from groundup_course.trial import slowness

CASES = {
    "early": "Eight clients come at once: all are answered",
    "in-use": "The port belongs to another program: the error",
    "again": "Started again at its old port, at once",
    "silent-other": "One client is silent: the next one is served",
    "silent-end": "A client says nothing: it is sent away by and by",
    "crowd": "120 silent clients: handlers that run",
    "no-reader": "64 MiB for a client that does not read: the handler",
    "cut": "A line that is cut inside of its CRLF",
    "two": "Two lines in one piece: what the handler takes for the first",
    "long": "A line of 1 MiB without an end: the handler",
    "middle": "The client ends in the middle of a line: the handler",
    "half-close": "The client shuts its half, then waits for the answer",
    "last-word": "The client has sent more than the handler read: it receives",
    "error": "A handler raises: its client receives, and the next one",
}
WORSE = {
    "crowd": (
        "a thread for each client needs a limit, and the twenty that it keeps out have to wait;"
        " asyncio, Twisted and trio hold all of them in one thread, as ours of chapter 14 does"
    ),
}

WAIT = 4.0 * slowness()  # for what must come
SHORT = 1.0 * slowness()  # for what is said not to come
IDLE = 0.4 * slowness()
MIB = 2**20
CROWD = 120


def say(*words: object) -> None:
    """Write a line for the other process, in one piece: several threads may do so."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


# -- the contenders: each serves one kind of conversation until its process is killed --------------


def fail() -> None:
    """Be a handler with a mistake."""
    raise RuntimeError("a mistake in a handler")


def hold(kind: str, read: Any, read_line: Any, send: Any) -> None:
    """Hold a conversation with calls that block."""
    say("begin")
    try:
        if kind == "shout":
            line = read_line()
            say("a line of", len(line))
            send(line.upper())
        elif kind == "pour":
            for _ in range(64):
                send(bytes(MIB))
            say("done")
        elif kind == "last":
            read(5)
            send(b"goodbye")
        elif kind == "whole":
            send(b"%d" % sum(map(len, iter(partial(read, 2**16), b""))))
        else:
            read(1)
            fail()
    except Exception as error:
        say(type(error).__name__)
        raise


def run_ours(kind: str, port: int) -> None:
    """Run groundup's server with a thread for each client."""
    package: Any = import_module("groundup_tcpserver")

    def handler(connection: Any) -> None:
        line = partial(connection.read_until, b"\r\n")
        hold(kind, connection.read, line, connection.send)

    def announce(server: Any) -> None:
        say(server.address[1])

    idle = IDLE if kind in {"pour", "whole"} else 30.0
    server = package.TCPServer("127.0.0.1", port, handler, idle_timeout=idle)
    server.serve_forever(announce)


def run_socketserver(kind: str, port: int) -> None:
    """Run socketserver.ThreadingTCPServer with a StreamRequestHandler."""
    package: Any = import_module("socketserver")

    class Handler(package.StreamRequestHandler):  # type: ignore[misc]  # of a module that is asked
        def handle(self) -> None:
            hold(kind, self.rfile.read1, self.rfile.readline, self.wfile.write)

    with package.ThreadingTCPServer(("127.0.0.1", port), Handler) as server:
        say(server.server_address[1])
        server.serve_forever()


async def hold_awaiting(kind: str, read: Any, read_line: Any, send: Any) -> None:
    """Hold a conversation with calls that are awaited."""
    say("begin")
    try:
        if kind == "shout":
            line = await read_line()
            say("a line of", len(line))
            await send(line.upper())
        elif kind == "pour":
            for _ in range(64):
                await send(bytes(MIB))
            say("done")
        elif kind == "last":
            await read(5)
            await send(b"goodbye")
        elif kind == "whole":
            size = 0
            while data := await read(2**16):
                size += len(data)
            await send(b"%d" % size)
        else:
            await read(1)
            fail()
    except Exception as error:
        say(type(error).__name__)
        raise


def run_asyncio(kind: str, port: int) -> None:
    """Run asyncio.start_server."""

    async def handler(reader: Any, writer: Any) -> None:
        async def send(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        try:
            await hold_awaiting(kind, reader.read, reader.readline, send)
        finally:
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(handler, "127.0.0.1", port)
        say(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def run_trio(kind: str, port: int) -> None:
    """Run trio.serve_tcp; it has no call for lines, so a handler brings its own loop."""
    trio: Any = import_module("trio")

    async def handler(stream: Any) -> None:
        async def read_line() -> bytes:
            line = b""
            while b"\r\n" not in line and (data := await stream.receive_some()):
                line += data
            return line

        await hold_awaiting(kind, stream.receive_some, read_line, stream.send_all)

    async def guarded(stream: Any) -> None:
        # What a handler raises ends the whole of serve_tcp, so its users catch it.
        with contextlib.suppress(Exception):
            await handler(stream)

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            serve = partial(trio.serve_tcp, host="127.0.0.1")
            talk = handler if kind == "fail" else guarded
            listeners = await nursery.start(serve, talk, port)
            say(listeners[0].socket.getsockname()[1])

    trio.run(main)


def twisted_lines() -> Any:
    """Return Twisted's protocol for lines."""
    basic: Any = import_module("twisted.protocols.basic")

    class Lines(basic.LineReceiver):  # type: ignore[misc]  # of a package that is asked
        def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
            say("begin")

        def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
            say("a line of", len(line) + 2)
            self.transport.write(line.upper() + b"\r\n")
            self.transport.loseConnection()

        def lineLengthExceeded(self, line: bytes) -> Any:  # noqa: N802 - Twisted's name
            say("lineLengthExceeded")
            parent: Any = super()
            return parent.lineLengthExceeded(line)

        def connectionLost(self, reason: Any) -> None:  # noqa: N802 - Twisted's name
            say("connectionLost")

    return Lines


def twisted_bytes(kind: str) -> Any:
    """Return Twisted's protocol for all other conversations."""
    protocol: Any = import_module("twisted.internet.protocol")

    class Bytes(protocol.Protocol):  # type: ignore[misc]  # of a package that is asked
        size = 0

        def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
            say("begin")
            for _ in range(64 if kind == "pour" else 0):
                self.transport.write(bytes(MIB))
            say("done")

        def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
            self.size += len(data)
            if kind == "last":
                self.transport.write(b"goodbye")
                self.transport.loseConnection()
            elif kind == "fail":
                fail()

        def connectionLost(self, reason: Any) -> None:  # noqa: N802 - Twisted's name
            if kind == "whole":
                self.transport.write(b"%d" % self.size)

    return Bytes


def run_twisted(kind: str, port: int) -> None:
    """Run a LineReceiver, or a Protocol where there are no lines, on Twisted's reactor."""
    reactor: Any = import_module("twisted.internet.reactor")
    protocol: Any = import_module("twisted.internet.protocol")
    talk = twisted_lines() if kind == "shout" else twisted_bytes(kind)
    factory = protocol.Factory.forProtocol(talk)
    listener = reactor.listenTCP(port, factory, interface="127.0.0.1")
    say(listener.getHost().port)
    reactor.run()


RUN: dict[str, Callable[[str, int], None]] = {
    "groundup": run_ours,
    "socketserver": run_socketserver,
    "asyncio": run_asyncio,
    "Twisted": run_twisted,
    "trio": run_trio,
}


# -- the questions -------------------------------------------------------------------------------


class Process:
    """A server in a process of its own."""

    def __init__(self, name: str, kind: str, port: int = 0) -> None:
        command = [sys.executable, "-P", __file__, name, kind, str(port)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        self.first = self.next(10 * WAIT)

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put(line.strip())

    def next(self, seconds: float = WAIT) -> str:
        """Return the next line, or nothing."""
        with contextlib.suppress(queue.Empty):
            return self.lines.get(timeout=seconds)
        return ""

    def after_begin(self) -> str:
        """Return what a handler said after it had begun."""
        assert self.next() == "begin"
        return self.next(SHORT)

    def connect(self) -> socket.socket:
        """Return a client."""
        return socket.create_connection(("127.0.0.1", int(self.first)), WAIT)

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        if self.process.stdout:
            self.process.stdout.close()


@contextlib.contextmanager
def serving(name: str, kind: str, port: int = 0) -> Generator[Process]:
    """Yield a server of a contender."""
    process = Process(name, kind, port)
    try:
        yield process
    finally:
        process.end()


def hear(client: socket.socket, seconds: float = WAIT) -> str:
    """Return what a client receives until the end, and which end it was."""
    client.settimeout(seconds)
    heard = b""
    try:
        while data := client.recv(65536):
            heard += data
    except TimeoutError:
        return f"{heard.decode().strip()} and no end".removeprefix(" and ")
    except ConnectionError:
        return f"{heard.decode().strip()} and a reset".removeprefix(" and ")
    return heard.decode().strip() or "the end"


def ask(name: str, case: str) -> str:
    """Answer one case for one contender."""
    return str(QUESTIONS[case](name))


def early(name: str) -> str:
    """Connect eight clients before the first says a word."""
    with serving(name, "shout") as server, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(server.connect()) for _ in range(8)]
        for client in reversed(clients):
            client.sendall(b"hello\r\n")
        return yes(of=all(hear(client) == "HELLO" for client in clients))


def yes(*, of: object = None) -> str:
    """Say yes or no."""
    return "yes" if of else "no"


def in_use(name: str) -> str:
    """Start a second server at the port of another one."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with serving(name, "shout", port) as server:
            told = server.first
    kind, _, text = told.partition(" ")
    return f"{kind}, {'names' if str(port) in text else 'does not name'} the port"


def again(name: str) -> str:
    """Kill a server that has closed a connection first, and start it anew."""
    with serving(name, "shout") as server:
        with server.connect() as client:
            client.sendall(b"hello\r\n")
            hear(client)
        port = int(server.first)
    with serving(name, "shout", port) as server:
        return "works" if server.first == str(port) else server.first.partition(" ")[0]


def silent_other(name: str) -> str:
    """Let one client be silent, and another speak."""
    with serving(name, "shout") as server, server.connect(), server.connect() as client:
        client.sendall(b"hello\r\n")
        return yes(of=hear(client) == "HELLO")


def silent_end(name: str) -> str:
    """Say nothing, and wait for what the server does about it."""
    with serving(name, "whole") as server, server.connect() as client:
        return yes(of=hear(client, SHORT) != "no end")


def crowd(name: str) -> str:
    """Connect 120 clients, and count the handlers."""
    with serving(name, "shout") as server, contextlib.ExitStack() as stack:
        for _ in range(CROWD):
            stack.enter_context(server.connect())
        count = 0
        while server.next(SHORT) == "begin":
            count += 1
        return str(count)


def no_reader(name: str) -> str:
    """Ask for much and read nothing."""
    with serving(name, "pour") as server, server.connect():
        told = server.after_begin()
    return {"": "waits without end", "done": "is done: 64 MiB are in memory"}.get(told, told)


def cut(name: str) -> str:
    """Send a line in two pieces, with time between them."""
    with serving(name, "shout") as server, server.connect() as client:
        client.sendall(b"hello\r")
        server.after_begin()
        with contextlib.suppress(OSError):
            client.sendall(b"\n")
        return "whole" if hear(client) == "HELLO" else "broken"


def two(name: str) -> str:
    """Send two lines at once."""
    with serving(name, "shout") as server, server.connect() as client:
        client.sendall(b"one\r\ntwo\r\n")
        told = server.after_begin()
    return {"a line of 5": "the first line"}.get(told, "both lines")


def long(name: str) -> str:
    """Send a line that does not end; it is quiet then."""
    with serving(name, "shout") as server, server.connect() as client:
        with contextlib.suppress(OSError):
            client.sendall(b"x" * MIB)
        told = server.after_begin()
    return told or "keeps it all, and waits for more"


def middle(name: str) -> str:
    """End in the middle of a line."""
    with serving(name, "shout") as server, server.connect() as client:
        client.sendall(b"half a li")
        client.shutdown(socket.SHUT_WR)
        told = server.after_begin()
    return "takes the piece for a line" if told.startswith("a line") else told


def half_close(name: str) -> str:
    """Say all, then listen."""
    with serving(name, "whole") as server, server.connect() as client:
        client.sendall(b"hello")
        client.shutdown(socket.SHUT_WR)
        return "is answered" if hear(client) == "5" else "is not answered"


def last_word(name: str) -> str:
    """Send more than is read, and listen."""
    with serving(name, "last") as server, server.connect() as client:
        with contextlib.suppress(OSError):
            client.sendall(b"x" * 400_000)
        return hear(client)


def error(name: str) -> str:
    """Meet a handler that raises."""
    with serving(name, "fail") as server:
        with server.connect() as client:
            client.sendall(b"x")
            first = hear(client)
        with contextlib.suppress(OSError), server.connect() as client:
            client.sendall(b"x")
            if hear(client) == "the end":
                return f"{first}, is served"
        return f"{first}, is not served"


QUESTIONS: dict[str, Callable[[str], str]] = {
    "early": early,
    "in-use": in_use,
    "again": again,
    "silent-other": silent_other,
    "silent-end": silent_end,
    "crowd": crowd,
    "no-reader": no_reader,
    "cut": cut,
    "two": two,
    "long": long,
    "middle": middle,
    "half-close": half_close,
    "last-word": last_word,
    "error": error,
}
ANSWERS = {name: partial(ask, name) for name in RUN}
PACKAGES = {
    "groundup": "groundup-tcpserver",
    "socketserver": "python",
    "asyncio": "python",
    "Twisted": "twisted",
    "trio": "trio",
}


def main(name: str, kind: str, port: str) -> None:
    """Be one of the servers."""
    try:
        RUN[name](kind, int(port))
    except Exception as trouble:  # noqa: BLE001 - told to the other process
        say(type(trouble).__name__, str(trouble).replace("\n", " "))


if __name__ == "__main__":
    main(*sys.argv[1:])
