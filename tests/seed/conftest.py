"""Run the founding document's outcomes as they stand: programs, terminals and snippets."""

import contextlib
import io
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PATIENCE = float(os.environ.get("GROUNDUP_SLOW", "1")) * 20


class Program:
    """A program in a process of its own, whose lines can be waited for."""

    def __init__(self, command: list[str], cwd: Path) -> None:
        environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Return the match of the first new line that the pattern is found in."""
        while True:
            line = self._queue.get(timeout=PATIENCE)
            assert line is not None, f"ended before {pattern!r}: {self.lines}"
            self.lines.append(line)
            if match := re.search(pattern, line):
                return match

    def stop(self) -> int:
        """Ask the program to stop as a terminal does, and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self._reader.join()
            assert self.process.stdout is not None
            self.process.stdout.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Start ``python ARGUMENTS…`` in a folder of its own; stopped at the end of the test."""
    running: list[Program] = []

    def start(*arguments: str, cwd: Path = tmp_path) -> Program:
        program = Program([sys.executable, *arguments], cwd)
        running.append(program)
        return program

    yield start
    for program in running:
        program.stop()


@pytest.fixture
def run_block() -> Callable[..., tuple[dict[str, Any], str]]:
    """Run a quoted snippet; return its names and what it printed."""

    def run(block: str, **names: Any) -> tuple[dict[str, Any], str]:
        namespace: dict[str, Any] = {"__name__": "block", **names}
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block, "<the seed>", "exec"), namespace)
        return namespace, printed.getvalue()

    return run
