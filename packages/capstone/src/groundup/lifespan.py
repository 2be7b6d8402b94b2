"""What runs before the first request and after the last one.

Start hooks run in the order of registration, stop hooks in the reverse order; when a start hook
fails, the stop hooks run all the same, so that what was opened before is closed.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

__all__ = ["Hook", "Lifespan"]

logger = logging.getLogger("groundup.lifespan")

Hook = Callable[[], Any | Awaitable[Any]]
H = TypeVar("H", bound=Hook)


class Lifespan:
    """Hooks around the life of an application.  Belongs to one event loop."""

    def __init__(self) -> None:
        self._starting: list[Hook] = []
        self._stopping: list[Hook] = []
        self.started = False

    def on_startup(self, hook: H) -> H:
        """Register a function, sync or async, to run before the first request."""
        self._starting.append(hook)
        return hook

    def on_shutdown(self, hook: H) -> H:
        """Register a function, sync or async, to run after the last request."""
        self._stopping.append(hook)
        return hook

    async def startup(self) -> None:
        """Run the start hooks once.

        Raises:
            Exception: Whatever a hook raised; the stop hooks have run by then.
        """
        if self.started:
            return
        self.started = True
        try:
            for hook in self._starting:
                await call(hook)
        except BaseException:
            await self.shutdown()
            raise

    async def shutdown(self) -> None:
        """Run every stop hook once, also when one of them fails; failures are logged."""
        if not self.started:
            return
        self.started = False
        for hook in reversed(self._stopping):
            try:
                await call(hook)
            except Exception:
                logger.exception("shutdown hook %r failed", hook)


async def call(hook: Hook) -> None:
    """Run a hook, sync or async."""
    result = hook()
    if inspect.isawaitable(result):
        await result
