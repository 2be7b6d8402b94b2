"""What the page asks before it tells; the answers come from real sockets and from step 4."""

import socket
import threading
from typing import Any

from groundup_course.chapters.tcpserver.steps.step4 import TCPServer


def p1_pieces() -> object:
    """A client calls sendall(b"one") and then sendall(b"two"): what may the server's recv return?

    choices: b"one" and then b"two", always | any pieces whose joined bytes are b"onetwo"
    because: TCP is a stream and keeps the order of bytes, not the borders between calls.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(b"one")
            client.sendall(b"two")
        server, _ = listener.accept()
        with server:
            pieces = list(iter(lambda: server.recv(4), b""))
    if b"".join(pieces) == b"onetwo" and pieces != [b"one", b"two"]:
        return 'any pieces whose joined bytes are b"onetwo"'
    return 'b"one" and then b"two", always'


def p2_before_accept() -> object:
    """A server has called listen() and not accept(): what does a client's connect() do?

    choices: it waits for accept() | it is refused | it succeeds
    because: The system makes the connection and puts it into the backlog; accept() takes it out.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        try:
            socket.create_connection(listener.getsockname(), timeout=5).close()
        except TimeoutError:
            return "it waits for accept()"
        except ConnectionRefusedError:
            return "it is refused"
    return "it succeeds"


def p3_half_closed() -> object:
    """A client shuts its sending half: what can the handler of step 4 still do?

    choices: read and send | send | nothing
    because: Each direction ends by itself: read gives b"", and the answer arrives.
    """

    def talk(connection: Any) -> None:
        if not connection.read():
            connection.send(b"still here")

    server = TCPServer("127.0.0.1", 0, talk)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    with socket.create_connection(server.address) as client:
        client.shutdown(socket.SHUT_WR)
        heard = client.recv(100)
    server.stop()
    serving.join()
    return "send" if heard == b"still here" else "nothing"
