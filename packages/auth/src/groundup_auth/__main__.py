"""Look inside: a token's parts, a password's weaknesses, the code of this half minute.

    $ python -m groundup_auth token eyJhbGciOi…
    head     alg HS256, kid 5f1d0c…, typ JWT
    claims   iss groundup …
             exp 1700003600 = 2023-11-14 23:13:20 UTC, over

Nothing here knows a key: what a token says is shown as it stands; anybody could have written it.
"""

import argparse
import base64
import binascii
import getpass
import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from groundup_auth.strength import PasswordPolicy
from groundup_auth.totp import STEP, totp_code

__all__ = ["describe_token", "main"]

EPILOG = """\
examples:
  python -m groundup_auth token "$TOKEN"          what a token says, unchecked
  python -m groundup_auth password                asks for a password and judges it
  echo "P@ssw0rd" | python -m groundup_auth password --email alice@example.com
  python -m groundup_auth totp GEZDGNBVGY3TQOJQ   the code that an app shows now

Exit status: 0 fine, 1 not a token, a weak password, not a secret.
"""
MAX_TOKEN = 16_384
TIMES = ("iat", "nbf", "exp")


def describe_token(token: str, now: float) -> Iterator[str]:
    """Yield what the parts of a token say, line by line.

    Raises:
        ValueError: It has no such parts.
    """
    parts = token.strip().split(".") if len(token) <= MAX_TOKEN else []
    if len(parts) != 3:  # noqa: PLR2004 - head, claims, signature
        raise ValueError(f"token must be three pieces with dots between them, got {token!r:.40}")
    head, claims = decode(parts[0]), decode(parts[1])
    yield "head     " + ", ".join(f"{name} {value}" for name, value in head.items())
    for number, (name, value) in enumerate(claims.items()):
        label = "claims   " if number == 0 else " " * 9
        yield f"{label}{name} {value}{describe_time(value, now) if name in TIMES else ''}"
    yield f"mac      {len(parts[2]) * 6 // 8} bytes, not checked: anybody could have written this"


def decode(part: str) -> dict[str, Any]:
    """Return the object in a part of a token."""
    try:
        decoded = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        decoded = None
    if not isinstance(decoded, dict):
        raise ValueError(  # noqa: TRY004 - what was typed is wrong, not its type
            f"part must be a JSON object in base64, got {part!r:.40}"
        )
    return cast("dict[str, Any]", decoded)


def describe_time(value: Any, now: float) -> str:
    """Return a moment in words, or nothing if it is none."""
    try:
        moment = datetime.fromtimestamp(value, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return ""
    return f" = {moment:%Y-%m-%d %H:%M:%S} UTC, {'over' if value <= now else 'to come'}"


def judge(password: str, email: str, username: str) -> int:
    """Print what the policy says of a password, and return the exit status."""
    problems = PasswordPolicy().problems(password, email=email, username=username)
    for problem in problems:
        print(problem)
    if not problems:
        print(f"good: {len(password)} characters, and not one that is tried first")
    return 1 if problems else 0


def show_code(secret: str) -> int:
    """Print the code of now, and return the exit status."""
    plain = "".join(secret.split()).upper()
    now = time.time()
    try:
        code = totp_code(plain + "=" * (-len(plain) % 8), int(now) // STEP)
    except ValueError:
        print("secret must be base32: letters and the digits 2 to 7", file=sys.stderr)
        return 1
    print(f"{code}, for {STEP - int(now) % STEP} more seconds")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup_auth",
        description="Look inside tokens, passwords and codes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    token = commands.add_parser("token", help="show what a token says")
    token.add_argument("token", help="three pieces of base64 with dots between them")
    password = commands.add_parser("password", help="judge a password, typed or from a pipe")
    password.add_argument("--email", default="", help="the address that it belongs to")
    password.add_argument("--username", default="", help="the name that it belongs to")
    totp = commands.add_parser("totp", help="show the code of a secret")
    totp.add_argument("secret", help="base32, as an authenticator app takes it")
    options = parser.parse_args(arguments)
    match options.command:
        case "password":
            typed = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
            return judge(typed, options.email, options.username)
        case "totp":
            return show_code(options.secret)
        case _:
            try:
                print("\n".join(describe_token(options.token, time.time())))
            except ValueError as error:
                print(error, file=sys.stderr)
                return 1
            return 0


if __name__ == "__main__":
    sys.exit(main())
