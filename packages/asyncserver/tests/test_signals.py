"""groundup_asyncserver.signals: heard on the loop, and given back afterwards."""

import asyncio
import os
import signal

import pytest

from groundup_asyncserver.signals import caught_signals

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals to itself")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_are_heard_and_handlers_restored(number: signal.Signals) -> None:
    heard = asyncio.Event()
    before = signal.getsignal(number)

    with caught_signals(asyncio.get_running_loop(), heard.set):
        os.kill(os.getpid(), number)
        await asyncio.wait_for(heard.wait(), 5)

    assert signal.getsignal(number) is before


async def test_a_loop_without_signals_hears_them_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()

    def refuse(*args: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(loop, "add_signal_handler", refuse)
    monkeypatch.setattr(loop, "remove_signal_handler", refuse)
    heard = asyncio.Event()
    before = signal.getsignal(signal.SIGTERM)

    with caught_signals(loop, heard.set):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(heard.wait(), 5)

    assert signal.getsignal(signal.SIGTERM) is before


async def test_another_thread_hears_nothing() -> None:
    before = signal.getsignal(signal.SIGTERM)

    def enter_and_close() -> object:
        loop = asyncio.new_event_loop()
        try:
            with caught_signals(loop, lambda: None):
                return signal.getsignal(signal.SIGTERM)
        finally:
            loop.close()

    assert await asyncio.to_thread(enter_and_close) is before
