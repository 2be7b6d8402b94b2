"""The tests of chapter 1, in the order of the milestones.

A server of the learner's listens at a port that is free and serves in a thread of its own.  Nothing
here sleeps: what must come is waited for, three seconds at most, and what must not come for a short
while.  Both get longer with GROUNDUP_SLOW.  A server that has let a test wait in vain is waited for
one second from then on: that it has failed is known.
"""

import contextlib
import queue
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

from groundup_course import Trial

SHORT = 0.4
HOST = "127.0.0.1"
MIB = 1024 * 1024


class Patience:
    """How long to wait for what must come."""

    seconds = 3.0

    @classmethod
    def end(cls, what: str = "nothing") -> str:
        """Say how long it was in vain, and have less of it."""
        said, cls.seconds = f"{what} for {cls.seconds:g} s", 1.0
        return said


class Served:
    """A server in a thread of its own."""

    def __init__(self, t: Trial, server: Any, address: tuple[str, int]) -> None:
        self.t, self.address = t, address
        self.raw = server
        self.error = ""
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Call serve_forever."""
        self.t.did("threading.Thread(target=server.serve_forever, daemon=True).start()")
        self.t.later(lambda: threading.Thread(target=self.raw.stop, daemon=True).start())
        self.thread.start()

    def _serve(self) -> None:
        try:
            self.raw.serve_forever()
        except BaseException as error:  # noqa: BLE001 - told by whoever waits for a client
            self.error = type(error).__name__

    def stop(self) -> None:
        """Ask it to stop; who waits for the end in `stop` itself must not hold up the test."""
        self.t.did("server.stop()")
        threading.Thread(target=self.raw.stop, daemon=True).start()

    def ends(self) -> None:
        """Check that serve_forever returns."""
        self.thread.join(self.t.seconds(Patience.seconds))
        if self.thread.is_alive():
            self.t.fail("serve_forever returns", Patience.end("it goes on"))

    def state(self) -> str:
        """Say whether it still serves, for the message of a failure."""
        if self.error:
            return f", and serve_forever has raised {self.error}"
        return "" if self.thread.is_alive() else ", and serve_forever has returned"


class Client:
    """One end of a connection; each of its calls is written down."""

    def __init__(self, served: Served, name: str = "client") -> None:
        self.t, self.served, self.name = served.t, served, name
        self.t.did(f"{name} = socket.create_connection(server.address)")
        try:
            self.socket = socket.create_connection(served.address, self.t.seconds(Patience.seconds))
        except OSError as error:
            self.t.fail("a connection", f"{type(error).__name__}{served.state()}")
        self.t.later(self.socket.close)
        self.port: int = self.socket.getsockname()[1]
        self.ending = ""

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.t.did(f"{self.name}.sendall({data!r:.60})")
        try:
            self.socket.sendall(data)
        except OSError as error:
            got = f"{type(error).__name__}{self.served.state()}"
            self.t.fail(f"the server takes {data!r:.60}", got)

    def end(self) -> None:
        """Say that no more will be sent; reading goes on."""
        self.t.did(f"{self.name}.shutdown(socket.SHUT_WR)")
        with contextlib.suppress(OSError):  # the server may have closed already
            self.socket.shutdown(socket.SHUT_WR)

    def vanish(self) -> None:
        """Close at once with a reset."""
        self.t.did(f"{self.name}.close(), with a reset")
        on = struct.pack("hh" if struct.calcsize("P") == 4 else "ii", 1, 0)
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, on)
        self.socket.close()

    def receive(self, size: int, seconds: float = 0.0) -> bytes:
        """Return up to so many bytes, less if no more come; `ending` says why."""
        found = bytearray()
        until, self.ending = time.monotonic() + self.t.seconds(seconds or Patience.seconds), ""
        self.socket.settimeout(0.1)
        while len(found) < size and not self.ending:
            try:
                data = self.socket.recv(min(size - len(found), 65536))
            except TimeoutError:
                if not self.served.thread.is_alive() or time.monotonic() > until:
                    self.ending = "nothing" if seconds else Patience.end() + self.served.state()
            except OSError as error:
                self.ending = type(error).__name__
            else:
                found += data
                self.ending = "" if data else "the end of the connection"
        self.socket.settimeout(self.t.seconds(Patience.seconds))
        return bytes(found)

    def gets(self, want: bytes) -> None:
        """Check what comes next."""
        got = self.receive(len(want))
        if self.ending:
            self.t.fail(f"{self.name} receives {want!r:.80}", f"{got!r:.80} and then {self.ending}")
        self.t.same(got, want)

    def gets_the_end(self) -> None:
        """Check that nothing more comes, and the connection ends in order."""
        got = self.receive(1)
        if got or self.ending != "the end of the connection":
            then = self.ending or "more"
            self.t.fail(f"{self.name} receives the end of the connection", f"{got!r} and {then}")

    def gets_nothing(self, why: str) -> None:
        """Check that nothing comes for a short while."""
        if got := self.receive(1, SHORT):
            self.t.fail(f"nothing yet: {why}", repr(got))


def listed(address: Any) -> list[Any]:
    """Return host and port of an address, or what the learner has in its place."""
    return list(address)[:2] if hasattr(address, "__iter__") else [address]


def make(part: Any, t: Trial, handler: Callable[[Any], object], **options: Any) -> Served:
    """Return a server that listens and does not serve yet."""
    handler.__name__ = "handler"
    server = t.call(part.TCPServer, HOST, 0, handler, into="server", **options)
    t.did("server.address")
    address: Any = getattr(server, "address", None)
    pair = listed(address)
    good = len(pair) == 2 and pair[0] == HOST and bool(pair[1])
    t.holds(good, "where it listens, such as ('127.0.0.1', 50123)", address)
    return Served(t, server, (HOST, int(pair[1])))


def serve(part: Any, t: Trial, handler: Callable[[Any], object], **options: Any) -> Served:
    """Return a server that serves."""
    served = make(part, t, handler, **options)
    served.start()
    return served


class Notes:
    """What handlers return or raise, for the test to look at."""

    def __init__(self, t: Trial) -> None:
        self.t = t
        self.queue: queue.Queue[Any] = queue.Queue()

    def of(self, function: Callable[[Any], object]) -> Callable[[Any], None]:
        """Return a handler that notes what a function of the connection returns or raises."""

        def handler(connection: Any) -> None:
            try:
                self.queue.put(function(connection))
            except Exception as error:  # noqa: BLE001 - what it is, the test looks at
                self.queue.put(error)

        return handler

    def next(self, what: str) -> Any:
        """Return the next note."""
        try:
            return self.queue.get(timeout=self.t.seconds(Patience.seconds))
        except queue.Empty:
            self.t.fail(what, Patience.end())


def raised(t: Trial, note: Any, kind: type[Exception], what: str) -> None:
    """Check that a handler met an exception of a kind."""
    got = type(note).__name__ if isinstance(note, Exception) else repr(note)
    t.holds(isinstance(note, kind), f"{what} raises {kind.__name__}", got)


def word(t: Trial) -> bytes:
    """Return a random word."""
    return "".join(t.rng.choices("abcdefghijklmnopqrstuvwxyz", k=6)).encode()


def shout(connection: Any) -> None:
    """Answer one line with itself in capitals."""
    connection.send(connection.read_until(b"\n").upper())


def m1_listens(part: Any, t: Trial) -> None:
    """A server listens as soon as it is made; port 0 becomes a free port, which `address` tells.

    source: RFC 9293, section 3.5
    """
    served = make(part, t, shout)
    t.did("client = socket.create_connection(server.address)")
    try:
        socket.create_connection(served.address, t.seconds(Patience.seconds)).close()
    except OSError as error:
        t.fail("a connection, since the system accepts it", type(error).__name__)


def m1_sends(part: Any, t: Trial) -> None:
    """What the handler sends, the client receives; when the handler returns, the connection ends.

    source: RFC 9112, section 9.6
    """
    text = word(t)
    served = serve(part, t, lambda connection: connection.send(text))
    client = Client(served)
    client.gets(text)
    client.gets_the_end()


def m1_sends_all(part: Any, t: Trial) -> None:
    """`send` sends all bytes, also more than the system takes at once."""
    data = t.rng.randbytes(16 * MIB)
    served = serve(part, t, lambda connection: connection.send(data))
    client = Client(served)
    got = client.receive(len(data))
    t.same(len(got), len(data), client.ending)
    t.holds(got == data, "the bytes that were sent", "others")


def m1_reads(part: Any, t: Trial) -> None:
    """`read` returns what has arrived, never more than asked for, and b"" at the end."""
    notes, text = Notes(t), word(t)

    def talk(connection: Any) -> list[bytes]:
        connection.send(connection.read(1000))
        pieces = [connection.read(4) for _ in range(3)]
        return [b"".join(pieces), *(piece for piece in pieces if len(piece) > 4)]

    client = Client(serve(part, t, notes.of(talk)))
    client.send(text)
    client.gets(text)
    client.send(text)
    client.end()
    t.same(notes.next("what three times read(4) returns, joined"), [text])


def m1_peer(part: Any, t: Trial) -> None:
    """`peer` is the client's address and not the server's own."""
    notes = Notes(t)
    client = Client(serve(part, t, notes.of(lambda connection: connection.peer)))
    peer = notes.next("the connection's peer")
    t.same(listed(peer), [HOST, client.port])


def m2_one_after_the_other(part: Any, t: Trial) -> None:
    """After one client comes the next."""
    served = serve(part, t, lambda connection: connection.send(connection.read().upper()))
    for number in range(1, t.rng.randint(4, 6)):
        client, text = Client(served, f"client{number}"), word(t)
        client.send(text)
        client.gets(text.upper())
        client.gets_the_end()


def m2_waiting(part: Any, t: Trial) -> None:
    """Who connects before the server is ready waits in the backlog, and is served later."""
    served = make(part, t, lambda connection: connection.send(b"welcome"))
    clients = [Client(served, f"client{number}") for number in range(1, 9)]
    served.start()
    for client in clients:
        client.gets(b"welcome")


def m2_stop(part: Any, t: Trial) -> None:
    """`stop` makes serve_forever return, and nobody can connect any more; twice is once.

    source: RFC 9112, section 9.6
    """
    served = serve(part, t, shout)
    served.stop()
    served.stop()
    served.ends()
    t.did("socket.create_connection(server.address)")
    with contextlib.suppress(OSError):
        socket.create_connection(served.address, t.seconds(Patience.seconds)).close()
        t.fail("ConnectionRefusedError: the door is closed", "a connection")
    early = make(part, t, shout)
    early.stop()
    early.start()
    early.ends()


def m2_again(part: Any, t: Trial) -> None:
    """The port of a server that has stopped is free at once for the next one.

    source: RFC 9293, section 3.6
    """
    served = serve(part, t, lambda connection: connection.send(b"bye"))
    client = Client(served)
    client.gets(b"bye")
    client.gets_the_end()  # the server has closed first, so its end of the connection lingers
    client.socket.close()
    served.stop()
    served.ends()
    t.did(f"TCPServer({HOST!r}, the same port, handler)")
    try:
        again = part.TCPServer(HOST, served.address[1], shout)
    except OSError as error:
        t.fail("a server at the same port", f"{type(error).__name__}: {error.strerror}")
    t.later(lambda: threading.Thread(target=again.stop, daemon=True).start())


def m2_in_use(part: Any, t: Trial) -> None:
    """A port that another server has is an OSError that says which port it is."""
    served = serve(part, t, shout)
    port = served.address[1]
    t.did(f"TCPServer({HOST!r}, the same port, handler)")
    try:
        part.TCPServer(HOST, port, shout)
    except OSError as error:
        text = str(error).replace(str(port), "PORT")
        t.holds("PORT" in text, "an OSError whose text names the port", text)
    else:
        t.fail("an OSError", "a second server at the same port")


def m3_framed(part: Any, t: Trial) -> None:
    """A message ends where its delimiter ends, wherever the stream was cut.

    source: RFC 9293, section 2.2
    """
    one, two, three = (word(t) + b"\r\n" for _ in range(3))

    def talk(connection: Any) -> None:
        for _ in range(4):
            connection.send(b"<" + connection.read_until(b"\r\n") + b">")

    served = serve(part, t, talk)
    for cut in range(len(two)):
        del t.lines[3:]
        client = Client(served)
        client.send(one + two[:cut])
        client.gets(b"<" + one + b">")  # so both pieces have arrived
        client.send(two[cut:])
        client.gets(b"<" + two + b">")
        client.send(one + three)
        client.gets(b"<" + one + b"><" + three + b">")


def m3_rest(part: Any, t: Trial) -> None:
    """What came behind a delimiter is not lost: the next `read` returns it."""
    body = word(t)

    def talk(connection: Any) -> None:
        connection.read_until(b"\n")
        for _ in body:  # one byte at a time, so that no piece can be too small
            connection.send(connection.read(1))

    client = Client(serve(part, t, talk))
    client.send(b"head\n" + body)
    client.gets(body)


def m3_limit(part: Any, t: Trial) -> None:
    """A message without an end is an error after `limit` bytes, and one that just fits is none."""
    notes = Notes(t)
    served = serve(part, t, notes.of(lambda connection: connection.read_until(b"\n", 100)))
    Client(served).send(b"x" * 99 + b"\n")
    t.same(notes.next("the line"), b"x" * 99 + b"\n")
    Client(served).send(b"x" * 100 + b"\n")
    raised(t, notes.next("an error"), Exception, "read_until")


def m3_together(part: Any, t: Trial) -> None:
    """Several messages go each way on each connection, and no client waits for another."""
    rounds = t.rng.randint(3, 5)

    def talk(connection: Any) -> None:
        for _ in range(rounds):
            shout(connection)

    served = serve(part, t, talk)
    Client(served, "silent")
    clients = [Client(served, f"client{number}") for number in range(1, 4)]
    for _ in range(rounds):
        for client in t.rng.sample(clients, 3):
            line = word(t) + b"\n"
            client.send(line)
            client.gets(line.upper())
    for client in clients:
        client.gets_the_end()


def m3_handler_error(part: Any, t: Trial) -> None:
    """A handler that raises ends its own connection, and hurts no other."""

    def talk(connection: Any) -> None:
        for _ in range(2):
            line = connection.read_until(b"\n")
            if line == b"bad\n":
                raise RuntimeError("a mistake in a handler")
            connection.send(line.upper())

    served = serve(part, t, talk)
    other, unlucky = Client(served, "other"), Client(served, "unlucky")
    other.send(b"one\n")
    other.gets(b"ONE\n")
    unlucky.send(b"bad\n")
    unlucky.gets_the_end()
    other.send(b"two\n")
    other.gets(b"TWO\n")
    later = Client(served, "later")
    later.send(b"three\n")
    later.gets(b"THREE\n")


def m3_half_close(part: Any, t: Trial) -> None:
    """A client that has said all it will say still hears the answer.

    source: RFC 9293, section 3.6
    """

    def talk(connection: Any) -> None:
        text = b""
        while data := connection.read():
            text += data
        connection.send(text.upper())

    client, text = Client(serve(part, t, talk)), word(t)
    client.send(text)
    client.end()
    client.gets(text.upper())
    client.gets_the_end()


def m4_middle(part: Any, t: Trial) -> None:
    """The end of a client in the middle of a message is a ConnectionError, and no message."""
    notes = Notes(t)
    client = Client(serve(part, t, notes.of(lambda connection: connection.read_until(b"\n"))))
    client.send(word(t))
    client.end()
    raised(t, notes.next("read_until raises ConnectionError"), ConnectionError, "read_until")


def m4_gone(part: Any, t: Trial) -> None:
    """Clients that vanish cost nobody a place."""

    def talk(connection: Any) -> None:
        shout(connection)
        connection.send(b"x" * MIB)
        shout(connection)

    served = serve(part, t, talk, max_connections=2)
    for number in range(1, 7):
        client = Client(served, f"client{number}")
        if number % 3:
            client.send(b"hello\n")
        if number % 3 == 2:
            client.gets(b"HELLO\n")
        client.vanish()
    last = Client(served, "last")
    last.send(b"one\n")
    last.gets(b"ONE\n")


def m4_last_word(part: Any, t: Trial) -> None:
    """The last answer arrives, and a proper end, though the client has sent more than was read.

    source: RFC 9112, section 9.6
    """
    ready = threading.Event()

    def talk(connection: Any) -> None:
        ready.wait(t.seconds(Patience.seconds))
        connection.read(5)
        connection.send(b"goodbye")

    client = Client(serve(part, t, talk))
    t.did("client.send(...), until the system takes no more, 512 KiB at most")
    client.socket.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        for _ in range(8):
            client.socket.send(b"x" * 65536)
    ready.set()
    client.gets(b"goodbye")
    client.gets_the_end()


def m4_silent(part: Any, t: Trial) -> None:
    """A client that neither sends nor reads for `idle_timeout` is a TimeoutError in the handler."""
    notes, turns = Notes(t), ["read", "send"]

    def talk(connection: Any) -> None:
        if turns.pop(0) == "read":
            connection.read()
        for _ in range(64):
            connection.send(b"x" * MIB)

    served = serve(part, t, notes.of(talk), idle_timeout=t.seconds(0.3))
    for call in ("read", "send"):
        t.did(f"the handler calls connection.{call}")
        client = Client(served)
        note = notes.next(f"{call} raises TimeoutError")
        raised(t, note, TimeoutError, call)
        client.socket.close()


def m4_places(part: Any, t: Trial) -> None:
    """At most `max_connections` are served at a time; who comes then waits for a free place."""
    served = serve(part, t, shout, max_connections=1)
    first, second = Client(served, "first"), Client(served, "second")
    second.send(b"two\n")
    second.gets_nothing("the only place is taken")
    first.send(b"one\n")
    first.gets(b"ONE\n")
    first.gets_the_end()
    first.socket.close()
    second.gets(b"TWO\n")


def m4_stop(part: Any, t: Trial) -> None:
    """`stop` waits for open conversations as long as `grace`, and breaks off the others.

    source: RFC 9112, section 9.6
    """

    def talk(connection: Any) -> None:
        for _ in range(2):
            shout(connection)

    polite = serve(part, t, talk, grace=20.0)
    client = Client(polite)
    client.send(b"one\n")
    client.gets(b"ONE\n")
    polite.stop()
    polite.thread.join(t.seconds(SHORT))
    if not polite.thread.is_alive():
        t.fail("serve_forever waits for the open conversation", "it has returned")
    client.send(b"two\n")
    client.gets(b"TWO\n")
    client.gets_the_end()
    client.socket.close()
    polite.ends()

    t.lines.clear()
    hurried = serve(part, t, talk, grace=0.3)
    client = Client(hurried)
    client.send(b"one\n")
    client.gets(b"ONE\n")
    hurried.stop()
    hurried.ends()
    client.receive(1)
    if client.ending.startswith("nothing"):
        t.fail("the connection is closed after the time of grace", client.ending)
