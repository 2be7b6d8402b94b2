"""Look into a folder of sessions: how old they are, what they hold, which are dead.

    $ python -m groundup_sessions list .sessions
    3fa0c1e25b77…  used 12s ago   ends in 11h 42m   _csrf, user_id         96 bytes

What stands there are keys, hashes of the ids: nobody can log in with what this shows.  Values are
shown by name only, for they are somebody's.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from groundup_sessions.errors import SessionBackendError
from groundup_sessions.files import FileStore, Record
from groundup_sessions.store import Moment

__all__ = ["describe_session", "main"]

EPILOG = """\
examples:
  python -m groundup_sessions list                    what is in .sessions
  python -m groundup_sessions list /var/lib/site      what is in another folder
  python -m groundup_sessions purge --idle 3600       remove what was not used for an hour

A site that runs for long calls SessionManager.purge() now and then, or has this in a timer.
Exit status: 0 fine, 1 the folder cannot be used.
"""
UNITS = ((86_400, "d"), (3600, "h"), (60, "m"))


def describe_session(key: str, record: Record, moment: Moment) -> str:
    """Return one line about a session.

    >>> record = Record(5000.0, 988.0, {"user_id": "42"})
    >>> describe_session("3fa0c1e25b77" + "0" * 52, record, Moment(1000.0, 1800.0))
    '3fa0c1e25b77…  used 12s ago   ends in 1h 6m   user_id   9 bytes'
    """
    if moment.is_over(record.expires_at, record.used_at):
        end = "dead"
    else:
        end = f"ends in {format_seconds(record.expires_at - moment.now)}"
    size = sum(len(name.encode()) + len(text) for name, text in record.texts.items())
    names = ", ".join(sorted(record.texts)) or "empty"
    used = format_seconds(moment.now - record.used_at)
    return f"{key[:12]}…  used {used} ago   {end}   {names}   {size} bytes"


def format_seconds(seconds: float) -> str:
    """Return a length of time in its two largest units.

    >>> [format_seconds(n) for n in (0, 59, 61, 3600, 90_000)]
    ['0s', '59s', '1m 1s', '1h 0m', '1d 1h']
    """
    rest = max(0, int(seconds))
    parts: list[str] = []
    for size, unit in UNITS:
        if rest >= size or parts:
            parts.append(f"{rest // size}{unit}")
            rest %= size
    parts.append(f"{rest}s")
    return " ".join(parts[:2])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup_sessions",
        description="Look into a folder of sessions.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=["list", "purge"], help="show them, or remove the dead")
    parser.add_argument("directory", nargs="?", default=".sessions", help="the folder")
    parser.add_argument("--idle", type=float, default=1800, help="seconds that one may go unused")
    options = parser.parse_args(arguments)
    moment = Moment(time.time(), options.idle)
    if not Path(options.directory).is_dir():
        print(f"folder must be there, got {options.directory!r}", file=sys.stderr)
        return 1
    try:
        store = FileStore(options.directory)
        if options.command == "purge":
            print(f"removed {store.purge(moment)} dead sessions")
            return 0
        lines = [describe_session(key, record, moment) for key, record in store.list_records()]
    except SessionBackendError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join([*lines, f"{len(lines)} sessions"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
