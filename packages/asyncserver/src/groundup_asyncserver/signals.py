"""Hear the two signals that ask a process to end: Ctrl-C, and what supervisors send."""

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
def caught_signals(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> Generator[None]:
    """Have a function called on the loop for each signal, as long as the block runs.

    Only the main thread can catch signals; in any other nothing is caught.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def forward(_number: int, _frame: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(call)

    before: dict[signal.Signals, Any] = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        try:
            loop.add_signal_handler(number, call)
        except NotImplementedError:  # Windows
            signal.signal(number, forward)
    try:
        yield
    finally:
        for number, handler in before.items():
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)
