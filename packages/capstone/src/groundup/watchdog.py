"""Name the code that blocks the event loop: the one mistake that makes every request slow at once.

    loop      tick ─── tick ───────── (time.sleep in an async handler) ───────── tick
    watcher   ok ───── ok ── late: looks at the loop's stack, remembers the line ── logs both

A thread asks the loop for a sign of life, and looks at its stack when none comes in time.  For
debug mode only: it costs some wake-ups each second.
"""

import asyncio
import logging
import sys
import threading
import time
import traceback
from pathlib import Path

__all__ = ["Watchdog"]

logger = logging.getLogger("groundup.watchdog")

LIMIT = 0.1  # seconds that a loop may go without a sign of life
OWN = ("/asyncio/", "/selectors.py", "/groundup_middleware/", "/groundup_asyncserver/")


class Watchdog:
    """Watches one event loop from a thread of its own.  Start and stop it on that loop.

    Args:
        limit: Seconds after which somebody is named.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """Begin to watch the running loop."""
        self._stop.clear()
        arguments = (asyncio.get_running_loop(), threading.get_ident())
        self._thread = threading.Thread(
            target=self._watch, args=arguments, name="watchdog", daemon=True
        )
        self._thread.start()

    async def stop(self) -> None:
        """Watch no more."""
        self._stop.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _watch(self, loop: asyncio.AbstractEventLoop, thread: int) -> None:
        while not self._stop.wait(self._limit):
            alive = threading.Event()
            asked = time.monotonic()
            try:
                loop.call_soon_threadsafe(alive.set)
            except RuntimeError:  # the loop is closed
                return
            if alive.wait(self._limit):
                continue
            place = find_place(thread)
            while not alive.wait(self._limit):
                if self._stop.is_set() or loop.is_closed():
                    return
            took = (time.monotonic() - asked) * 1000
            logger.warning(
                "%s blocked the event loop for %.0f ms: make it a plain `def`, or await",
                place,
                took,
            )


def find_place(thread: int) -> str:
    """Return where a thread stands: the innermost line that belongs to the application."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the only way to look at another thread
    if frame is None:
        return "something"
    stack = traceback.extract_stack(frame)
    library = str(Path(traceback.__file__).parent)
    for entry in reversed(stack):
        path = entry.filename.replace("\\", "/")
        if not entry.filename.startswith(library) and not any(part in path for part in OWN):
            return f"{entry.name} ({entry.filename}:{entry.lineno})"
    last = stack[-1]
    return f"{last.name} ({last.filename}:{last.lineno})"
