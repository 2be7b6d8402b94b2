r"""Show a frame bit by bit, for people who learn how it is made."""

from groundup_websockets.closing import parse_close
from groundup_websockets.errors import ProtocolError
from groundup_websockets.frames import OPCODES, SHAPES, explain_first_byte
from groundup_websockets.masking import apply_mask

__all__ = ["explain_frame"]

MAX_SHOWN = 64  # bytes of a payload
CLOSE = 8


def explain_frame(data: bytes) -> str:
    r"""Return what the bytes at the start of ``data`` say, line by line.

    >>> print(explain_frame(b"\x81\x02Hi"))
    81           1000 0001  FIN=1 RSV=000 opcode=1 TEXT
    02           0000 0010  MASK=0 length=2
    48 69                   payload 'Hi'
    """
    if len(data) < 2:  # noqa: PLR2004 - the two bytes that every frame starts with
        return f"a frame has at least two bytes, got {len(data)}"
    lines = [show_first(data[0])]
    length, start, more = show_length(data)
    lines += more
    key = b""
    if data[1] & 0x80:
        key, start = data[start : start + 4], start + 4
        lines.append(row(key, "", f"key {key!r}"))
    payload = data[start : start + length]
    if key and len(key) == 4:  # noqa: PLR2004 - a key that is all there
        lines.append(row(payload, "", "masked payload"))
        payload = apply_mask(payload, key)
    lines.append(row(payload, "", f"payload {show_payload(data[0] & 0x0F, payload)}"))
    if len(payload) < length:
        lines.append(f"... {length - len(payload)} more bytes of payload have not arrived")
    elif rest := len(data) - start - length:
        lines.append(f"... {rest} more bytes follow: the next frame")
    return "\n".join(lines)


def row(data: bytes, bits: str, text: str) -> str:
    """Return one line: bytes, bits, meaning; long bytes are cut."""
    octets = data[:16].hex(" ") + (" ..." if len(data) > 16 else "")  # noqa: PLR2004 - a row
    return f"{octets:<11}  {bits:<9}  {text}".rstrip()


def bits_of(value: int) -> str:
    """Return a byte as two groups of four bits."""
    return f"{value >> 4:04b} {value & 15:04b}"


def show_first(first: int) -> str:
    """Explain the first byte."""
    opcode = OPCODES.get(first & 0x0F)
    name = opcode.name if opcode is not None else "?"
    text = f"FIN={first >> 7} RSV={first >> 4 & 7:03b} opcode={first & 0x0F} {name}"
    if first not in SHAPES:
        text += f"   wrong: {explain_first_byte(first)}"
    elif first & 0x40:
        text += "   RSV1: compressed (RFC 7692)"
    return row(bytes([first]), bits_of(first), text)


def show_length(data: bytes) -> tuple[int, int, list[str]]:
    """Explain the second byte and the longer forms of the length."""
    second, length = data[1], data[1] & 0x7F
    size = {126: 2, 127: 8}.get(length, 0)
    text = f"MASK={second >> 7} length={length}"
    if not size:
        return length, 2, [row(data[1:2], bits_of(second), text)]
    text += f": the next {size} bytes say it"
    longer = data[2 : 2 + size]
    length = int.from_bytes(longer, "big")
    lines = [row(data[1:2], bits_of(second), text), row(longer, "", f"length {length}")]
    return length, 2 + size, lines


def show_payload(opcode: int, payload: bytes) -> str:
    """Return a payload as what it means."""
    if opcode == CLOSE:
        try:
            code, reason = parse_close(payload)
        except ProtocolError as error:
            return f"{payload!r}   wrong: {error}"
        return f"close code {code}, reason {reason!r}"
    cut = payload[:MAX_SHOWN]
    shown = repr(cut.decode(errors="replace")) if opcode == 1 else repr(cut)
    return shown + (f" and {len(payload) - MAX_SHOWN} more bytes" if payload[MAX_SHOWN:] else "")
