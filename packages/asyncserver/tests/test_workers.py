"""groundup_asyncserver.workers: several processes, one port, and none that stays behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

PROGRAM = """
import asyncio, os, sys
from groundup_asyncserver import serve
from groundup_messages import Response

class Application:
    streams_body = False

    async def __call__(self, request):
        if request.path == "/die":
            os._exit(3)
        if request.path == "/slow":
            open(sys.argv[1], "w").close()
            await asyncio.sleep(0.5)
        return Response(200, str(os.getpid()))

    async def startup(self):
        if "fail" in sys.argv:
            raise RuntimeError("no database here")
        if "vanish" in sys.argv:
            os.kill(os.getpid(), 9)

    async def drain(self): pass
    async def shutdown(self): pass

def announce(server):
    print(server.url, flush=True)

serve(Application(), port=0, workers=2, announce=announce)
print("ended", flush=True)
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Start the program; whatever it leaves behind is killed."""
    processes: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "busy"), *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def pids(url: str, count: int = 2) -> set[int]:
    """Return the processes that answer; each request comes over a connection of its own."""
    found: set[int] = set()
    end = time.monotonic() + 20
    while len(found) < count and time.monotonic() < end:
        found.add(int(httpx.get(url, timeout=10).text))
    return found


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_share_a_port_and_end_together(run: Any) -> None:
    process = run()
    url = first_line(process)
    workers = pids(url)

    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)

    assert len(workers) == 2
    assert process.pid not in workers
    assert output == "ended\n"
    assert process.returncode == 0
    assert not any(alive(pid) for pid in workers)


def test_a_worker_that_dies_is_replaced(run: Any) -> None:
    process = run()
    url = first_line(process)
    before = pids(url)

    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{url}/die", timeout=10)
    end = time.monotonic() + 20
    after: set[int] = set()
    while len(after - before) < 1 and time.monotonic() < end:
        after |= pids(url, 1)

    assert len(after - before) == 1


def test_open_requests_end_before_the_workers_do(run: Any, tmp_path: Path) -> None:
    process = run()
    url = first_line(process)
    answers: list[str] = []

    import threading

    thread = threading.Thread(
        target=lambda: answers.append(httpx.get(f"{url}/slow", timeout=10).text)
    )
    thread.start()
    while not (tmp_path / "busy").exists():
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    thread.join(10)
    process.communicate(timeout=20)

    assert len(answers) == 1
    assert process.returncode == 0


def test_workers_that_cannot_start_are_an_error(run: Any) -> None:
    process = run("fail")

    output, errors = process.communicate(timeout=20)

    assert output == ""
    assert process.returncode == 1
    assert errors.count("RuntimeError: no database here (<string>:19)") == 1
    assert "Traceback" not in errors.partition("no database here")[2]
    assert errors.count("Traceback") == 1  # that of `serve`, which nobody here catches


def test_workers_that_just_end_are_an_error(run: Any) -> None:
    process = run("vanish")

    output, errors = process.communicate(timeout=20)

    assert output == ""
    assert "was killed by signal 9 before it was ready" in errors


def test_workers_end_when_their_supervisor_is_killed(run: Any) -> None:
    process = run()
    url = first_line(process)
    workers = pids(url)

    process.kill()
    process.wait(10)
    end = time.monotonic() + 20
    while any(alive(pid) for pid in workers) and time.monotonic() < end:
        time.sleep(0.01)

    with pytest.raises(httpx.ConnectError):
        httpx.get(url, timeout=5)
