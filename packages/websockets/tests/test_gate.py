"""groundup_websockets.gate: senders pass in their order."""

import asyncio

import pytest

from groundup_websockets.gate import Gate


async def test_senders_pass_in_their_order() -> None:
    gate = Gate()
    gate.shut = True
    passed: list[int] = []

    async def pass_through(number: int) -> None:
        await gate.passed()
        passed.append(number)

    tasks = [asyncio.create_task(pass_through(number)) for number in range(3)]
    await asyncio.sleep(0)
    assert passed == []

    gate.open()
    await asyncio.gather(*tasks)
    assert passed == [0, 1, 2]


async def test_who_wakes_before_a_shut_gate_waits_on() -> None:
    gate = Gate()
    gate.shut = True
    task = asyncio.create_task(gate.passed())
    await asyncio.sleep(0)

    gate.open()
    gate.shut = True
    await asyncio.sleep(0)
    assert not task.done()

    gate.open()
    await task


@pytest.mark.parametrize("opened", [False, True])
async def test_a_cancelled_sender_is_forgotten(opened: bool) -> None:
    gate = Gate()
    gate.shut = True
    task = asyncio.create_task(gate.passed())
    await asyncio.sleep(0)

    if opened:
        gate.open()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    gate.open()
