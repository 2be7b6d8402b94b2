"""groundup_asyncserver.serving: one call, any loop, a process that ends well."""

import asyncio
import importlib
import os
import signal
import subprocess
import sys
import threading
from types import ModuleType
from typing import Any

import httpx
import pytest

from groundup_asyncserver import Server, WorkerError, serve
from groundup_asyncserver.serving import choose_loop
from groundup_messages import Request, Response


async def which_loop(request: Request) -> Response:
    return Response(200, type(asyncio.get_running_loop()).__module__)


def serve_one(loop: Any) -> str:
    """Serve in this thread, ask from another, stop, and return the answer."""
    answers: list[str] = []

    def ask(server: Server) -> None:
        answers.append(httpx.get(server.url, timeout=5).text)
        server.request_stop()

    def announce(server: Server) -> None:
        threading.Thread(target=ask, args=(server,)).start()

    serve(which_loop, port=0, loop=loop, announce=announce)
    return answers[0]


def test_serves_on_asyncio() -> None:
    assert serve_one("asyncio").startswith("asyncio")


def test_asyncio_means_its_own_loop_whatever_the_default_is() -> None:
    loop = choose_loop("asyncio")()

    assert type(loop).__module__.startswith("asyncio")
    loop.close()


def test_workers_must_be_a_number_of_processes() -> None:
    with pytest.raises(ValueError, match="workers must be 1 or more, got 0"):
        serve(which_loop, port=0, workers=0)


def test_workers_need_a_system_that_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork", raising=False)

    with pytest.raises(WorkerError, match="needs a POSIX system"):
        serve(which_loop, port=0, workers=2)


def test_serves_on_uvloop() -> None:
    pytest.importorskip("uvloop")

    assert serve_one("uvloop").startswith("uvloop")


def test_auto_takes_uvloop_when_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("uvloop")
    module.new_event_loop = asyncio.new_event_loop
    monkeypatch.setitem(sys.modules, "uvloop", module)

    assert choose_loop("auto") is asyncio.new_event_loop


def test_auto_does_without_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)

    assert choose_loop("auto") is choose_loop("asyncio")
    with pytest.raises(ValueError, match="must be installed: pip install"):
        choose_loop("uvloop")


def test_an_unknown_loop_is_refused() -> None:
    name: Any = "trio"

    with pytest.raises(ValueError, match="auto, asyncio or uvloop, got 'trio'"):
        serve(which_loop, loop=name)


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="tiemout"):
        serve(which_loop, tiemout=5)


PROGRAM = """
import asyncio, sys
from groundup_asyncserver import serve
from groundup_messages import Response

async def handler(request):
    print("begun", flush=True)
    await asyncio.sleep(float(request.query["seconds"]))
    return Response(200, "done")

serve(handler, port=0, loop=sys.argv[1], announce=lambda server: print(server.url, flush=True))
print("ended", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
@pytest.mark.parametrize("loop", ["asyncio", "auto"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_open_requests_end(loop: str, number: signal.Signals) -> None:
    command = [sys.executable, "-c", PROGRAM, loop]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        answers: list[str] = []

        def ask() -> None:
            answers.append(httpx.get(url, params={"seconds": "0.3"}, timeout=10).text)

        thread = threading.Thread(target=ask)
        thread.start()
        assert process.stdout.readline() == "begun\n"
        process.send_signal(number)
        thread.join(10)
        rest = process.stdout.read()

    assert answers == ["done"]
    assert rest == "ended\n"
    assert process.returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_a_second_signal_does_not_wait() -> None:
    command = [sys.executable, "-c", PROGRAM, "asyncio"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        statuses: list[int] = []

        def ask() -> None:
            statuses.append(httpx.get(url, params={"seconds": "60"}, timeout=20).status_code)

        thread = threading.Thread(target=ask)
        thread.start()
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGTERM)
        while statuses == [] and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            thread.join(0.05)
        thread.join(10)
        rest = process.stdout.read()  # to the end: with nobody to read it, printing would fail

    assert statuses == [503]
    assert rest == "ended\n"
    assert process.returncode == 0
