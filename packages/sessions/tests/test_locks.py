"""groundup_sessions.locks: one at a time, in threads and in processes, and never for ever."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from groundup_sessions import SessionBackendError
from groundup_sessions.locks import FileLock

HOLDER = """
import sys
from pathlib import Path
from groundup_sessions.locks import FileLock
with FileLock(Path(sys.argv[1])).hold():
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_threads_come_one_after_the_other(tmp_path: Path) -> None:
    lock, inside, most = FileLock(tmp_path / "x.lock"), [0], [0]

    def work() -> None:
        for _ in range(50):
            with lock.hold():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1]


def test_another_process_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline().strip() == b"held"

        with pytest.raises(SessionBackendError, match=r"must be free within 0\.05 seconds"):
            FileLock(path, timeout=0.05).hold().__enter__()

        holder.stdin.close()
        with FileLock(path, timeout=30).hold():
            pass


def test_a_process_that_died_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
        holder.wait()

    with FileLock(path, timeout=30).hold():
        pass


def test_a_thread_that_holds_too_long_is_given_up(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "x.lock", timeout=0.05)

    with lock.hold(), pytest.raises(SessionBackendError, match=r"x\.lock"):
        lock.hold().__enter__()

    with lock.hold():
        pass


def test_an_error_inside_lets_go(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "x.lock")

    def fail() -> None:
        with lock.hold():
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with lock.hold():
        pass
