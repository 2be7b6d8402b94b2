r"""One end of a WebSocket connection as a state machine: RFC 6455, without a socket.

                 send_close            receive a close
    OPEN ───────────────────► CLOSING ─────────────────► CLOSED
      │  receive a close                send_close
      ├───────────────────► CLOSING ─────────────────► CLOSED
      │  a rule is broken               send_close
      └───────────────────► FAILED  ─────────────────► CLOSED

Bytes go in, events come out; what is to be sent comes back as bytes.  Texts and binary messages are
their own events, as ``str`` and ``bytes``.  Nothing is answered here by itself: whoever owns the
socket decides when a pong or a close is written, because what is sent before it matters.

After a close, ours or the peer's, no message comes out any more.
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from groundup_websockets.closing import Close, CloseCode, format_close, parse_close
from groundup_websockets.deflate import Compressor, DeflateParameters, Inflater
from groundup_websockets.errors import ConnectionClosed, ProtocolError
from groundup_websockets.frames import Frame, FrameParser, Opcode, encode_frame
from groundup_websockets.messages import MessageAssembler

__all__ = ["CloseReceived", "Endpoint", "Event", "Failure", "Ping", "Pong", "Role"]

CLOSE = int(Opcode.CLOSE)  # from here on, frames are control frames
WORTH_IT = 64  # bytes: shorter messages are not compressed


class Role(Enum):
    """Which end this is.  A client masks what it sends."""

    CLIENT = auto()
    SERVER = auto()


@dataclass(frozen=True, slots=True)
class Ping:
    """The peer asks whether we are there: answer with ``send_pong(payload)``."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """The peer answers a ping, or says unasked that it is there."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class CloseReceived:
    """The peer closes: answer with ``answer_close()``.  The last event."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The peer broke a rule: answer with ``send_close(code, reason)``.  The last event."""

    code: int
    reason: str


Event = str | bytes | Ping | Pong | CloseReceived | Failure


def random_key() -> bytes:
    """Return a masking key that nobody can guess: RFC 6455, section 10.3."""
    return os.urandom(4)


class Endpoint:
    r"""Turn the bytes of a connection into events, and messages into bytes.

    >>> client, server = Endpoint(Role.CLIENT), Endpoint(Role.SERVER)
    >>> server.receive_data(client.send_message("Hello"))
    ['Hello']
    >>> client.receive_data(server.send_message(b"\x00\x01") + server.send_close(1000, "bye"))
    [b'\x00\x01', CloseReceived(code=1000, reason='bye')]

    Not safe between threads; it never waits.

    Args:
        role: Which end this is.
        deflate: What the handshake agreed upon for compression; None for none.
        compress: Whether what we send is compressed, when that was agreed upon.
        max_message: The most bytes that a received message may have.
        new_key: Where masking keys come from.
    """

    def __init__(
        self,
        role: Role,
        *,
        deflate: DeflateParameters | None = None,
        compress: bool = True,
        max_message: int = 1024 * 1024,
        new_key: Callable[[], bytes] = random_key,
    ) -> None:
        self.role = role
        self.close_sent: Close | None = None
        self.close_received: Close | None = None
        self.failure: ProtocolError | None = None
        self.pending = False  # bytes are left that the limit kept from being looked at
        self._new_key = new_key if role is Role.CLIENT else None
        inflater, compressor = make_streams(role, deflate)
        self._compressor = compressor if compress else None
        self._parser = FrameParser(
            masked=role is Role.SERVER, max_message=max_message, compressed=deflate is not None
        )
        self._assembler = MessageAssembler(max_message=max_message, inflater=inflater)

    @property
    def ended(self) -> bool:
        """Whether nothing that arrives from now on has a meaning."""
        return self.close_received is not None or self.failure is not None

    # -- in -----------------------------------------------------------------------------------

    def receive_data(
        self, data: bytes, limit: int | None = None, *, max_bytes: float = math.inf
    ) -> list[Event]:
        """Take the next bytes from the wire and return what happened.

        Args:
            data: What arrived; nothing, to go on after a limit.
            limit: The most events to return.  ``pending`` tells whether bytes were left.
            max_bytes: Return no more messages once they have this many bytes or characters:
                compressed, the few bytes of one read can be many large messages.
        """
        events: list[Event] = []
        size = 0
        if self.ended:
            return events
        parser, assembler = self._parser, self._assembler
        parser.feed(data)
        self.pending = False
        try:
            while (limit is None or len(events) < limit) and size < max_bytes:
                frame = parser.next_frame()
                if frame is None:
                    return events
                event = self._control(frame) if frame[0] >= CLOSE else assembler.add(frame)
                if event is None or (
                    self.close_sent and not isinstance(event, Pong | CloseReceived)
                ):
                    continue
                events.append(event)
                if isinstance(event, str | bytes):
                    size += len(event)
                if self.close_received:
                    return events
        except ProtocolError as error:
            self.failure = error
            events.append(Failure(error.code, str(error)))
            return events
        self.pending = True
        return events

    def _control(self, frame: Frame) -> Event:
        """Return what a control frame means."""
        if frame.opcode is Opcode.PING:
            return Ping(frame.payload)
        if frame.opcode is Opcode.PONG:
            return Pong(frame.payload)
        self.close_received = parse_close(frame.payload)
        return CloseReceived(*self.close_received)

    # -- out ----------------------------------------------------------------------------------

    def send_message(self, message: str | bytes) -> bytes:
        """Return the bytes that send a message.

        Raises:
            ConnectionClosed: A close has been sent.
        """
        payload = message.encode() if isinstance(message, str) else message
        opcode = Opcode.TEXT if isinstance(message, str) else Opcode.BINARY
        if self._compressor is None or len(payload) < WORTH_IT:
            return self._frame(opcode, payload)
        self._check_open()  # the compressor must not remember what is never sent
        return self._frame(opcode, self._compressor.compress(payload), rsv1=True)

    def send_fragment(self, opcode: Opcode, payload: bytes, *, fin: bool) -> bytes:
        """Return the bytes that send one fragment, never compressed; the caller keeps the order."""
        return self._frame(opcode, payload, fin=fin)

    def send_ping(self, payload: bytes = b"") -> bytes:
        """Return the bytes that ask the peer whether it is there."""
        return self._frame(Opcode.PING, payload)

    def send_pong(self, payload: bytes = b"") -> bytes:
        """Return the bytes that answer a ping."""
        return self._frame(Opcode.PONG, payload)

    def send_close(self, code: int = CloseCode.NORMAL, reason: str = "") -> bytes:
        """Return the bytes that close the connection.

        Raises:
            ConnectionClosed: That has been done before.
            ValueError: The code may not be sent, or the reason is too long.
        """
        data = self._frame(Opcode.CLOSE, format_close(code, reason))
        self.close_sent = Close(code, reason)
        return data

    def answer_close(self) -> bytes:
        """Return the bytes that answer the peer's close, with its own code."""
        return self.send_close(*(self.close_received or (CloseCode.NORMAL, "")))

    def _frame(
        self, opcode: Opcode, payload: bytes, *, fin: bool = True, rsv1: bool = False
    ) -> bytes:
        self._check_open()
        key = self._new_key() if self._new_key else b""
        return encode_frame(opcode, payload, fin=fin, rsv1=rsv1, key=key)

    def _check_open(self) -> None:
        if self.close_sent is not None:
            raise ConnectionClosed(*(self.close_received or self.close_sent))


def make_streams(
    role: Role, deflate: DeflateParameters | None
) -> tuple[Inflater | None, Compressor | None]:
    """Return how one end inflates what it receives and compresses what it sends."""
    if deflate is None:
        return None, None
    server = not deflate.server_no_context_takeover, deflate.server_max_window_bits
    client = not deflate.client_no_context_takeover, deflate.client_max_window_bits
    (their_takeover, their_bits), (takeover, bits) = (
        (client, server) if role is Role.SERVER else (server, client)
    )
    return Inflater(takeover=their_takeover, bits=their_bits), Compressor(
        takeover=takeover, bits=bits
    )
