"""groundup.reloading: the server starts again when a source changes, and ends with its parent."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundup.errors import GroundupError
from groundup.reloading import run_with_reload

PATIENCE = 60
SITE = """
from groundup import Application, Response
app = Application()

@app.get("/")
def home(request):
    return Response(200, "VERSION")
"""


def test_without_the_extra_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)

    with pytest.raises(GroundupError, match=r"pip install 'groundup\[reload\]'"):
        run_with_reload()


def lines_of(stream: Any) -> Callable[[], str]:
    """Return what gives the next line of a stream, or fails."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in stream:
            lines.put(line)

    threading.Thread(target=read, daemon=True).start()
    return lambda: lines.get(timeout=PATIENCE)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_what_changed_and_leaves_nothing_behind(
    folder: Path, number: signal.Signals
) -> None:
    pytest.importorskip("watchfiles")
    (folder / "reloaded.py").write_text(SITE.replace("VERSION", "one"))
    command = [sys.executable, "-m", "groundup", "start", "reloaded", "--port", "0", "--reload"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        next_line = lines_of(process.stdout)
        url = next_line().split()[-1]
        assert httpx.get(url, trust_env=False).text == "one"

        (folder / "reloaded.py").write_text(SITE.replace("VERSION", "two!"))

        url = next_line().split()[-1]
        assert httpx.get(url, trust_env=False).text == "two!"
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
        with socket.socket() as probe:  # the child is gone, too
            assert probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) != 0
    finally:
        with suppress(ProcessLookupError):  # the child holds the other end of our pipe
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
