"""groundup_orm.workers: two lanes, so that who waits never stands in the way of who holds."""

import os
import sys
import threading
import time

import pytest

from groundup_orm import PoolTimeout
from groundup_orm.workers import Workers


def test_holders_do_not_queue_behind_those_who_wait() -> None:
    workers = Workers(1, timeout=5)
    free = threading.Event()
    waiting = workers.submit(free.wait)

    workers.submit(free.set, holds=True).result(5)

    assert waiting.result(5)
    workers.close()


def test_who_waited_too_long_is_told() -> None:
    workers = Workers(1, timeout=0.3)
    busy = workers.submit(time.sleep, 0.5)
    late = workers.submit(int)

    busy.result(5)
    with pytest.raises(PoolTimeout, match=r"no thread became free in 0.3 seconds, all 1 are busy"):
        late.result(5)
    workers.close()


def test_threads_end_and_start_again() -> None:
    workers = Workers(2, timeout=5)
    assert workers.submit(int, "7").result(5) == 7

    workers.close()
    workers.close()

    assert workers.submit(int, "8").result(5) == 8
    workers.close()


@pytest.mark.skipif(sys.platform == "win32", reason="fork is POSIX")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own() -> None:
    workers = Workers(1, timeout=5)
    workers.submit(int).result(5)
    child = os.fork()
    if child == 0:  # pragma: no cover - in the child
        os._exit(workers.submit(int, "7").result(5))

    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 7
    workers.close()


def test_dialing_has_a_lane_of_its_own() -> None:
    workers = Workers(1, timeout=5)
    free = threading.Event()
    busy = [workers.submit(free.wait, holds=holds) for holds in (True, False)]

    workers.dial(free.set).result(5)

    assert all(one.result(5) for one in busy)
    workers.close()
