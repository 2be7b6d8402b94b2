"""Serve in a child process and start it again when a source file changes (extra ``reload``)."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from groundup.errors import GroundupError

__all__ = ["run_with_reload"]

WATCHED = {".py", ".html", ".css", ".js", ".toml", ".sql"}
DEBOUNCE = 300  # milliseconds in which changes count as one
LOOK = 50  # milliseconds between two looks; the first one delays the start
PATIENCE = 10.0  # seconds that the child gets to finish its requests


def run_with_reload() -> int:
    """Watch the current folder and keep a server running; return the exit status.

    Raises:
        GroundupError: The extra is not installed.
    """
    try:
        from watchfiles import Change, watch  # noqa: PLC0415 - an extra
    except ImportError:
        msg = "--reload needs watchfiles: pip install 'groundup[reload]'"
        raise GroundupError(msg) from None

    def interesting(_: Change, path: str) -> bool:
        return Path(path).suffix in WATCHED

    command = [sys.executable, "-m", "groundup", *(a for a in sys.argv[1:] if a != "--reload")]
    environ = {**os.environ, "GROUNDUP_DEBUG": os.environ.get("GROUNDUP_DEBUG", "1")}
    ended = threading.Event()

    def end(_number: int, _frame: object) -> None:
        ended.set()

    # Without this, SIGTERM would end us and leave the child with the port.
    signal.signal(signal.SIGTERM, end)
    child: subprocess.Popen[bytes] | None = None
    try:
        # The first look comes back empty and says that we watch: a change that is made as soon as
        # the child answers must not be missed.
        for changes in watch(
            Path.cwd(),
            watch_filter=interesting,
            debounce=DEBOUNCE,
            rust_timeout=LOOK,
            yield_on_timeout=True,
            raise_interrupt=False,
            stop_event=ended,
        ):
            if child is not None and not changes:
                continue
            if child is not None:
                names = ", ".join(sorted({Path(path).name for _, path in changes}))
                print(f"{names} changed: starting again", file=sys.stderr)  # noqa: T201 - the command's output
                stop(child)
            child = subprocess.Popen(command, env=environ)  # noqa: S603 - our own command line again
    finally:
        if child is not None:
            stop(child)
    return 0


def stop(child: "subprocess.Popen[bytes]") -> None:
    """Ask a server to stop, and insist after its grace period."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(PATIENCE + 1)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
