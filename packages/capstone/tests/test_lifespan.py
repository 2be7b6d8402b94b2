"""groundup.lifespan: what runs before the first request and after the last one."""

import pytest

from groundup.lifespan import Lifespan


async def test_stop_hooks_run_in_the_reverse_order() -> None:
    ran: list[str] = []
    lifespan = Lifespan()
    for name in ("a", "b"):
        lifespan.on_startup(lambda name=name: ran.append(f"start {name}"))
        lifespan.on_shutdown(lambda name=name: ran.append(f"stop {name}"))

    await lifespan.startup()
    await lifespan.shutdown()

    assert ran == ["start a", "start b", "stop b", "stop a"]


async def test_hooks_may_be_async_and_run_once() -> None:
    ran: list[str] = []
    lifespan = Lifespan()

    @lifespan.on_startup
    async def start() -> None:
        ran.append("start")

    await lifespan.startup()
    await lifespan.startup()
    await lifespan.shutdown()
    await lifespan.shutdown()

    assert ran == ["start"]
    assert start is not None


async def test_what_was_opened_is_closed_when_the_start_fails() -> None:
    ran: list[str] = []
    lifespan = Lifespan()
    lifespan.on_shutdown(lambda: ran.append("closed"))

    @lifespan.on_startup
    def fail() -> None:
        raise OSError("no database")

    with pytest.raises(OSError, match="no database"):
        await lifespan.startup()

    assert ran == ["closed"]


async def test_one_failing_stop_hook_does_not_keep_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ran: list[str] = []
    lifespan = Lifespan()
    lifespan.on_shutdown(lambda: ran.append("closed"))

    @lifespan.on_shutdown
    def fail() -> None:
        raise OSError("gone")

    await lifespan.startup()
    await lifespan.shutdown()

    assert ran == ["closed"]
    assert "shutdown hook" in caplog.text
