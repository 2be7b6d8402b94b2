"""One event loop in a thread of its own, for async code that is called where no loop runs.

A threaded server has no loop.  A loop for each request (``asyncio.run``) would be closed before the
next one comes, and with it every connection pool that was opened on it; so there is one for all.
"""

import asyncio
import atexit
import os
import threading
from contextlib import suppress

__all__ = ["background_loop"]


class Background:
    """The loop, started at its first use; a forked process starts one of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._process = os.getpid()

    def get(self) -> asyncio.AbstractEventLoop:
        """Return the running loop."""
        if self._process != os.getpid():
            self.__init__()  # type: ignore[misc]  # the lock may be held by a thread of the parent
        with self._lock:
            if self._loop is None or self._thread is None or not self._thread.is_alive():
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._run, args=(self._loop,), name="groundup-loop", daemon=True
                )
                self._thread.start()
            return self._loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        while not loop.is_closed():
            try:
                loop.run_forever()
                break
            except (KeyboardInterrupt, SystemExit):
                # Raised by one request's code, and on its way to that request's thread.  A loop
                # that serves the others too goes on.
                continue

    def stop(self) -> None:
        """End the loop and its thread, when the interpreter ends."""
        if self._loop is None or self._thread is None or self._process != os.getpid():
            return
        with suppress(TimeoutError):  # a task that refuses to end does not hold us up
            asyncio.run_coroutine_threadsafe(cancel_tasks(), self._loop).result(1)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(1)
        if not self._loop.is_running():
            self._loop.close()


async def cancel_tasks() -> None:
    """Cancel all other tasks of this loop, and wait for their ends."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


BACKGROUND = Background()
atexit.register(BACKGROUND.stop)


def background_loop() -> asyncio.AbstractEventLoop:
    """Return the process's background loop, which runs in a daemon thread."""
    return BACKGROUND.get()
