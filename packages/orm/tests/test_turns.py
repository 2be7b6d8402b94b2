"""groundup_orm.turns: nobody overtakes, and nobody waits for ever."""

import multiprocessing
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from groundup_orm.turns import Turns


def wait_for(turns: Turns, count: int) -> None:
    """Wait until so many stand in the queue."""
    deadline = time.monotonic() + 10
    while len(turns._waiting) < count:  # pyright: ignore[reportPrivateUsage]  # nothing else tells
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_those_who_wait_come_in_their_order() -> None:
    turns, order = Turns(), list[int]()

    def write(number: int) -> None:
        assert turns.take(10)
        order.append(number)
        turns.give()

    turns.take(1)
    with ThreadPoolExecutor(5) as pool:
        for number in range(5):
            pool.submit(write, number)
            wait_for(turns, number + 1)
        turns.give()

    assert order == [0, 1, 2, 3, 4]


def test_whoever_gives_up_is_no_longer_in_the_queue() -> None:
    turns = Turns()
    turns.take(1)

    assert not turns.take(0.01)

    turns.give()
    assert turns.take(0.01)


def test_the_turn_may_be_given_back_by_another_thread() -> None:
    turns = Turns()
    turns.take(1)

    thread = threading.Thread(target=turns.give)
    thread.start()
    thread.join(10)

    assert turns.take(0.01)


def test_only_one_has_the_turn() -> None:
    turns = Turns()
    inside, most = 0, 0

    def write(_: int) -> None:
        nonlocal inside, most
        assert turns.take(30)
        inside += 1
        most = max(most, inside)
        time.sleep(0.0001)
        inside -= 1
        turns.give()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))

    assert most == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_does_not_wait_for_its_parent() -> None:
    turns = Turns()
    turns.take(1)

    def write() -> None:
        taken = turns.take(0.1)
        turns.give()
        os._exit(0 if taken else 1)

    child = multiprocessing.get_context("fork").Process(target=write)
    child.start()
    child.join(30)

    assert child.exitcode == 0
    assert not turns.take(0.01), "the parent has it still"
