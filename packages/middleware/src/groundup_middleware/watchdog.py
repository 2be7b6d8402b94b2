"""Name what blocks the event loop, while it does: a watchdog for debugging.

    loop       ─●───────●───── time.sleep(3) in a handler ─────●─
    watchdog    ping    ping    no answer for 0.1 s: look at the loop's stack, and log it

While one handler blocks the loop, every other request waits.  The debug mode of asyncio tells
afterwards which task took how long; who looks meanwhile, from another thread, can name the line.
A loop that waits for the network is not blocked, however late it answers: the machine is busy.
"""

import asyncio
import logging
import selectors
import sys
import threading
from functools import cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

__all__ = ["Watchdog"]

ASYNCIO = str(Path(asyncio.__file__).parent)
SELECTORS = selectors.__file__
MAX_CALLS = 8


class Watchdog:
    """Log a warning when the loop of this thread is blocked; one for each time.

    Start it on the loop that it is to watch.  One watches one loop; its methods belong to that
    loop's thread.

    >>> async def main():
    ...     with Watchdog(limit=0.1):
    ...         await asyncio.sleep(0)
    >>> asyncio.run(main())

    Args:
        limit: Seconds for which a loop may be busy with one thing.
        logger: Where to, by default the logger ``groundup.watchdog``.
    """

    def __init__(self, limit: float = 0.1, *, logger: logging.Logger | None = None) -> None:
        if not limit > 0:
            raise ValueError(f"limit must be more than zero seconds, got {limit}")
        self._limit = limit
        self._logger = logger or logging.getLogger("groundup.watchdog")
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Watch the loop that runs in this thread.

        Raises:
            RuntimeError: None does, or it is watched already.
        """
        if self._thread is not None:
            raise RuntimeError("this watchdog is at work: one for each loop")
        arguments = (asyncio.get_running_loop(), threading.get_ident())
        self._stopped.clear()
        self._thread = threading.Thread(
            target=self._watch, args=arguments, name="groundup-watchdog", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Watch no more; a second time does nothing."""
        thread, self._thread = self._thread, None
        self._stopped.set()
        if thread is not None:
            thread.join()

    def _watch(self, loop: asyncio.AbstractEventLoop, ident: int) -> None:
        """Ping the loop until told to stop.  This is the life of the thread."""
        while not self._stopped.wait(self._limit):
            answered = threading.Event()
            try:
                loop.call_soon_threadsafe(answered.set)
            except RuntimeError:  # the loop is closed
                return
            # Not of `stop`, which holds the loop up itself while it waits for this thread.
            if not answered.wait(self._limit) and not self._stopped.is_set():
                self._report(ident)
            while not (answered.wait(self._limit) or self._stopped.is_set() or loop.is_closed()):
                pass

    def _report(self, ident: int) -> None:
        calls = find_calls(sys._current_frames().get(ident))  # noqa: SLF001 - documented, and the one way
        if calls:
            self._logger.warning(
                "the event loop was blocked for more than %d ms by %s: make it a plain `def`, "
                "or call what blocks by `await call_in_thread(...)` (calls: %s)",
                self._limit * 1000,
                calls[0],
                " < ".join(calls[:MAX_CALLS]),
            )


def find_calls(frame: FrameType | None) -> list[str]:
    """Return who called whom on a loop's stack, the line to blame first; empty if it only waits."""
    if frame is None or is_idle(frame.f_code.co_filename):
        return []
    frames: list[FrameType] = []
    while frame is not None and not frame.f_code.co_filename.startswith(ASYNCIO):
        frames.append(frame)
        frame = frame.f_back
    foreign = foreign_folders()
    own = [frame for frame in frames if not frame.f_code.co_filename.startswith(foreign)]
    return [describe_frame(frame) for frame in own or frames]


@cache
def foreign_folders() -> tuple[str, ...]:
    """Return where code lives that somebody else has written; to blame is who calls it."""
    import sysconfig  # noqa: PLC0415 - costs time to start, and only a blocked loop asks

    return tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib")})


def is_idle(filename: str) -> bool:
    """Return whether this is where a loop waits: for the network, or for a timer."""
    return filename == SELECTORS or filename.startswith(ASYNCIO)


def describe_frame(frame: FrameType) -> str:
    """Return the function and the line that it is at."""
    return f"{frame.f_code.co_qualname} ({Path(frame.f_code.co_filename).name}:{frame.f_lineno})"
