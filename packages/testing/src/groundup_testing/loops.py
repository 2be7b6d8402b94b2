"""An event loop in a thread of its own, for those who have none: starts a thread.

plain code ── run(coroutine) ──► the loop's thread ── result or error ──► plain code
"""

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine, Generator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from typing import Any, TypeVar

from groundup_testing.errors import ClosedError

__all__ = ["LoopThread"]

T = TypeVar("T")
PATIENCE = 30.0  # seconds for the thread to end


class LoopThread:
    """A running event loop.

    >>> async def answer():
    ...     return 42
    >>> thread = LoopThread("example")
    >>> thread.run(answer())
    42
    >>> thread.close()

    Any thread may call ``run``; whatever runs in the loop itself may not.
    """

    def __init__(self, name: str) -> None:
        self._ready = threading.Event()
        self._closing = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        # A daemon: a test that forgets to close must not keep the process from ending.
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)
        self._thread.start()
        self._ready.wait()

    def _main(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = stop = asyncio.Event()
        self._ready.set()
        await stop.wait()

    @property
    def closed(self) -> bool:
        """Whether nothing can be run any more."""
        return self._stop is None

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the loop, wait for it, and return what it returns.

        Raises:
            ClosedError: The loop has ended.
            RuntimeError: The caller is in the loop, which would wait for itself.
        """
        loop, stop = self._loop, self._stop
        if loop is None or stop is None or threading.current_thread() is self._thread:
            coroutine.close()
            if stop is None:
                raise ClosedError("the client must be open, got a closed one: make a new one")
            raise RuntimeError("a plain client must not be used by the application it tests")
        future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        try:
            return future.result()
        except BaseException:  # KeyboardInterrupt, too: nobody waits for the rest
            future.cancel()
            raise

    @contextmanager
    def enter(self, manager: AbstractAsyncContextManager[T]) -> Generator[T, None, None]:
        """Enter and leave an async context in the loop."""
        value = self.run(enter(manager))
        try:
            yield value
        except BaseException as error:
            if not self.run(leave(manager, error)):
                raise
        else:
            self.run(leave(manager, None))

    def close(self, last: Coroutine[Any, Any, None] | None = None) -> None:
        """Run one last coroutine, cancel what still runs, and end the thread.

        A second call does nothing.
        """
        with self._closing:
            loop, stop, self._stop = self._loop, self._stop, None
        if loop is None or stop is None:
            if last is not None:
                last.close()
            return
        ending = asyncio.run_coroutine_threadsafe(self._end(stop, last), loop)
        if threading.current_thread() is self._thread:
            return  # the garbage collector runs anywhere, also here: nobody may wait
        try:
            ending.result(PATIENCE)
        except concurrent.futures.CancelledError:
            return
        finally:
            self._thread.join(PATIENCE)

    @staticmethod
    async def _end(stop: asyncio.Event, last: Coroutine[Any, Any, None] | None) -> None:
        try:
            if last is not None:
                await last
        finally:
            # One turn later: first the result of this coroutine has to be handed over.
            with suppress(RuntimeError):
                asyncio.get_running_loop().call_soon(stop.set)


async def enter(manager: AbstractAsyncContextManager[T]) -> T:
    """Enter a context; what is entered there may not be a coroutine, but this is."""
    return await manager.__aenter__()


async def leave(manager: AbstractAsyncContextManager[T], error: BaseException | None) -> bool:
    """Leave a context, by an error or in peace; return whether the error was taken care of."""
    kind, at = (None, None) if error is None else (type(error), error.__traceback__)
    return bool(await manager.__aexit__(kind, error, at))
