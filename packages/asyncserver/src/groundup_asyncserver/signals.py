"""Hear the two signals that ask a process to end, and the one that asks it to read files again."""

import asyncio
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

__all__ = ["caught_signals"]

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def caught_signals(
    loop: asyncio.AbstractEventLoop,
    call: Callable[[], None],
    reload: Callable[[], object] | None = None,
) -> Generator[None]:
    """Have a function called on the loop for each signal, as long as the block runs.

    Args:
        loop: Where it is called.
        call: For SIGINT and SIGTERM.
        reload: For SIGHUP, on systems that have it; None leaves that signal alone.

    Only the main thread can catch signals; in any other nothing is caught.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def forward(_number: int, _frame: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(call)

    calls: dict[signal.Signals, Callable[[], object]] = dict.fromkeys(SIGNALS, call)
    if reload is not None and hasattr(signal, "SIGHUP"):
        calls[signal.SIGHUP] = reload
    before: dict[signal.Signals, Any] = {number: signal.getsignal(number) for number in calls}
    for number, function in calls.items():
        try:
            loop.add_signal_handler(number, function)
        except NotImplementedError:  # Windows
            signal.signal(number, forward)
    try:
        yield
    finally:
        for number, handler in before.items():
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)
