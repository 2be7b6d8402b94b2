"""Show frames on the command line: ``python -m groundup_websockets``."""

import argparse
import sys
from collections.abc import Sequence

from groundup_websockets.closing import format_close
from groundup_websockets.explain import explain_frame
from groundup_websockets.frames import Opcode, encode_frame
from groundup_websockets.handshake import accept_token

__all__ = ["main"]

EPILOG = """\
A WebSocket starts as an HTTP request.  The server proves that it understood by a hash of the key:

  %(prog)s accept x3JJHMbDL1EzLkh9GBhXDw==

From then on both sides send frames: two bytes that say what follows, the length in 7 bits or in 2
or 8 more bytes, and the payload.  What a client sends is masked with a key of four bytes:

  %(prog)s encode "Hello" --key 37fa213d
  %(prog)s decode 81 85 37 fa 21 3d 7f 9f 4d 51 58
  %(prog)s decode 88 05 03 e8 62 79 65
"""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup_websockets",
        description="Show WebSocket frames bit by bit (RFC 6455).",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    decode = commands.add_parser("decode", help="explain a frame given in hexadecimal")
    decode.add_argument("hex", nargs="+", help="bytes, blanks between them or not")
    encode = commands.add_parser("encode", help="make a frame of a text and explain it")
    encode.add_argument("text")
    encode.add_argument("--opcode", choices=[o.name.lower() for o in Opcode], default="text")
    encode.add_argument("--key", help="four bytes in hexadecimal to mask with")
    encode.add_argument("--no-fin", action="store_true", help="more fragments follow")
    encode.add_argument("--code", type=int, default=1000, help="of a close frame")
    accept = commands.add_parser("accept", help="the answer to a Sec-WebSocket-Key")
    accept.add_argument("key")
    return parser


def encode_of(options: argparse.Namespace) -> bytes:
    """Return the frame that the command line describes."""
    opcode = Opcode[options.opcode.upper()]
    key = bytes.fromhex(options.key or "")
    if len(key) not in {0, 4}:
        msg = f"a key must have 4 bytes, got {len(key)}"
        raise ValueError(msg)
    payload = options.text.encode()
    if opcode is Opcode.CLOSE:
        payload = format_close(options.code, options.text)
    return encode_frame(opcode, payload, fin=not options.no_fin, key=key)


def show(frame: bytes) -> None:
    """Print a frame, and what it says."""
    print(frame.hex(" "), explain_frame(frame), sep="\n\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    options = make_parser().parse_args(arguments)
    try:
        if options.command is None:
            show(encode_frame(Opcode.TEXT, b"Hello", key=bytes.fromhex("37fa213d")))
            print("\nThat is 'Hello' as a browser sends it.  --help shows more.")
        elif options.command == "accept":
            print(f"Sec-WebSocket-Accept: {accept_token(options.key)}")
        elif options.command == "encode":
            show(encode_of(options))
        else:
            print(explain_frame(bytes.fromhex("".join("".join(options.hex).split()))))
    except ValueError as error:
        print(f"groundup_websockets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
