"""groundup_middleware.threads: bounded, handed over directly, and gone when closed."""

import gc
import os
import threading
import time
import weakref
from queue import SimpleQueue

import pytest

from groundup_middleware import ThreadPool, shared_pool


def wait_for_end(thread: threading.Thread) -> None:
    thread.join(5)
    assert not thread.is_alive()


def test_runs_work_in_another_thread() -> None:
    pool = ThreadPool(1)
    answers: SimpleQueue[threading.Thread] = SimpleQueue()

    pool.submit(lambda: answers.put(threading.current_thread()))

    thread = answers.get(timeout=5)
    assert thread is not threading.current_thread()
    assert thread.daemon
    pool.close()
    wait_for_end(thread)


def test_never_has_more_threads_than_its_size() -> None:
    pool = ThreadPool(3)
    gate = threading.Event()
    answers: SimpleQueue[int] = SimpleQueue()

    def work() -> None:
        gate.wait(5)
        answers.put(threading.get_ident())

    for _ in range(20):
        pool.submit(work)
    assert (pool.threads, pool.backlog) == (3, 17)
    gate.set()

    assert len({answers.get(timeout=5) for _ in range(20)}) <= 3
    assert pool.backlog == 0
    pool.close()


def test_an_idle_thread_is_used_before_a_new_one_is_started() -> None:
    pool = ThreadPool(5)
    answers: SimpleQueue[int] = SimpleQueue()

    for _ in range(50):
        pool.submit(lambda: answers.put(threading.get_ident()))
        answers.get(timeout=5)

    # Between its answer and its return to the idle ones, a thread may be overtaken.
    assert pool.threads <= 2
    pool.close()


def test_starts_no_thread_before_there_is_work() -> None:
    assert ThreadPool(8).threads == 0


def test_closing_ends_idle_and_busy_threads_after_the_backlog() -> None:
    pool = ThreadPool(1)
    gate = threading.Event()
    answers: SimpleQueue[threading.Thread | str] = SimpleQueue()

    def first() -> None:
        answers.put(threading.current_thread())
        gate.wait(5)

    pool.submit(first)
    pool.submit(lambda: answers.put("backlog"))
    thread = answers.get(timeout=5)
    pool.close()
    gate.set()

    assert answers.get(timeout=5) == "backlog"
    assert isinstance(thread, threading.Thread)
    wait_for_end(thread)
    assert pool.threads == 0


def test_a_thread_that_cannot_start_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    pool = ThreadPool(1)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="start new thread"):
            pool.submit(print)
    assert pool.threads == 0

    done = threading.Event()
    pool.submit(done.set)
    assert done.wait(5)
    pool.close()


def test_a_closed_pool_refuses_work() -> None:
    pool = ThreadPool(1)
    pool.close()
    pool.close()

    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(print)


def test_a_forgotten_pool_leaves_no_threads() -> None:
    pool = ThreadPool(1)
    answers: SimpleQueue[threading.Thread] = SimpleQueue()
    pool.submit(lambda: answers.put(threading.current_thread()))
    thread = answers.get(timeout=5)

    del pool
    gc.collect()

    wait_for_end(thread)


def test_an_idle_thread_keeps_nothing_of_its_first_work_or_its_last() -> None:
    class Big:
        def __call__(self) -> None:
            answers.put(1)

    pool = ThreadPool(1)
    answers: SimpleQueue[int] = SimpleQueue()

    for _ in range(2):
        big = Big()
        leftover = weakref.ref(big)
        pool.submit(big)
        del big
        answers.get(timeout=5)
        for _ in range(500):
            if leftover() is None:
                break
            time.sleep(0.01)
        assert leftover() is None
    assert pool.threads == 1
    pool.close()


@pytest.mark.parametrize("size", [0, -1])
def test_a_pool_needs_a_thread(size: int) -> None:
    with pytest.raises(ValueError, match="at least one thread"):
        ThreadPool(size)


def test_the_shared_pool_has_forty() -> None:
    assert shared_pool.size == 40


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_starts_threads_of_its_own() -> None:
    pool = ThreadPool(1)
    answers: SimpleQueue[int] = SimpleQueue()
    pool.submit(lambda: answers.put(1))
    answers.get(timeout=5)

    child = os.fork()
    if child == 0:
        done = threading.Event()
        pool.submit(done.set)
        os._exit(0 if done.wait(5) else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    pool.close()
