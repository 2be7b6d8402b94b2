"""What a handler holds: messages in, messages out, and a close.

async def chat(ws):
    async for message in ws:        ends when the peer closes
        await ws.send(message)      waits while the peer is slow
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

from groundup_websockets.closing import CloseCode
from groundup_websockets.connection import Connection
from groundup_websockets.prepared import PreparedMessage, encode_json

__all__ = ["WebSocket"]


class WebSocket:
    """An open WebSocket.

    Belongs to one event loop.  One task receives; any number of tasks may send, ping and close, and
    each message goes out whole.  A cancelled ``receive`` takes no message, a cancelled ``send``
    has sent nothing.
    """

    def __init__(self, connection: Connection, subprotocol: str | None = None) -> None:
        self._connection = connection
        self._callbacks: dict[Callable[[WebSocket], None], Callable[[], None]] = {}
        self.subprotocol = subprotocol

    def __repr__(self) -> str:
        close = self._connection.close
        state = "open" if close is None else f"closed {close.code} {close.reason}".rstrip()
        return f"<{type(self).__name__} {state}>"

    # -- in -----------------------------------------------------------------------------------

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        return self

    async def __anext__(self) -> str | bytes:
        message = await self.receive()
        if message is None:
            raise StopAsyncIteration
        return message

    async def receive(self) -> str | bytes | None:
        """Return the next message: text as str, binary as bytes; None when the peer has closed.

        Raises:
            RuntimeError: Another task receives already.
        """
        connection = self._connection
        inbox = connection.inbox
        if not len(inbox):
            connection.settle()  # all that came before a close has been answered
            await inbox.wait()
        message = inbox.take()
        if message is not None:
            connection.taken()
        return message

    # -- out ----------------------------------------------------------------------------------

    async def send(self, message: str | bytes) -> None:
        """Send a message: str as text, bytes as binary.  Waits while the peer is slow.

        Raises:
            ConnectionClosed: The connection is closed.
            UnicodeEncodeError: The text has half of a surrogate pair, which UTF-8 has no bytes for.
        """
        if not isinstance(message, str):
            message = as_bytes(message)
        connection = self._connection
        if connection.gate.shut:
            await connection.gate.passed()
        connection.check_open()
        connection.write(connection.endpoint.send_message(message))

    async def send_json(self, value: Any) -> None:
        """Send a value as JSON text."""
        await self.send(encode_json(value))

    def enqueue(self, message: str | bytes | PreparedMessage) -> bool:
        """Send without waiting; return whether the connection takes it.

        A peer that does not read what it gets is cut off beyond ``write_limit``: what waits for it
        must not grow, and whoever sends to many must not wait for one.
        """
        if not isinstance(message, PreparedMessage):
            message = PreparedMessage(message if isinstance(message, str) else as_bytes(message))
        return self._connection.enqueue(message)

    async def ping(self) -> float:
        """Ask the peer whether it is there; return the seconds that the answer took.

        Raises:
            ConnectionClosed: The connection is or gets closed.
        """
        connection = self._connection
        connection.check_open()
        payload, answer = connection.pings.ask(connection.loop.time())
        try:
            connection.write(connection.endpoint.send_ping(payload))
            return await answer
        finally:
            connection.pings.forget(payload)

    # -- the end ------------------------------------------------------------------------------

    async def close(self, code: int = CloseCode.NORMAL, reason: str = "") -> None:
        """Close the connection and wait until it is closed; ``close_timeout`` at the longest.

        Closing again waits for the same end.

        Raises:
            ValueError: The code may not be sent, or the reason has more than 123 bytes.
        """
        connection = self._connection
        connection.start_close(code, reason)
        if not connection.lost.done():
            waiter = connection.loop.create_future()

            def wake(_: object) -> None:
                if not waiter.done():
                    waiter.set_result(None)

            connection.lost.add_done_callback(wake)
            try:
                await waiter
            finally:
                connection.lost.remove_done_callback(wake)

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._connection.closed

    @property
    def close_code(self) -> int | None:
        """The code of the peer's close, else of ours, 1006 if it broke; None while it is open."""
        close = self._connection.close
        return None if close is None else close.code

    @property
    def close_reason(self) -> str:
        """The reason that came with the code."""
        close = self._connection.close
        return "" if close is None else close.reason

    def add_close_callback(self, callback: "Callable[[WebSocket], None]") -> None:
        """Call ``callback(ws)`` when the connection closes, at once if it has; once for each."""
        if self.closed:
            callback(self)
        elif callback not in self._callbacks:
            self._callbacks[callback] = call = lambda: callback(self)
            self._connection.on_close[call] = None

    def remove_close_callback(self, callback: "Callable[[WebSocket], None]") -> None:
        """Forget a callback; nothing happens if there is none."""
        call = self._callbacks.pop(callback, None)
        if call is not None:
            self._connection.on_close.pop(call, None)


def as_bytes(message: object) -> bytes:
    """Return bytes for what is like them."""
    if isinstance(message, bytes):
        return message
    if isinstance(message, bytearray):
        return bytes(message)
    if isinstance(message, memoryview):
        return message.tobytes()
    msg = f"a message must be str or bytes, got {type(message).__name__}: send_json() sends others"
    raise TypeError(msg)
