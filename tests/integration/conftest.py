"""The framework as its users run it: in processes of their own, over real sockets."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE = float(os.environ.get("GROUNDUP_SLOW", "1")) * 60


class Site:
    """A running ``groundup start``."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "groundup", "start", "--port", "0", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environ},
        )
        self.asked = False
        assert self.process.stdout is not None
        self.output = self.process.stdout
        line = self.output.readline()
        match = re.fullmatch(r"Application running on http://localhost:(\d+)\n", line)
        assert match, line
        self.port = int(match[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}"

    def ask_to_stop(self) -> None:
        """Send SIGTERM, once: a second one would be meant for whoever is late."""
        self.asked = True
        self.process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Return the exit status."""
        return self.process.wait(PATIENCE)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Start sites; each must end with status 0 when it is asked to."""
    sites: list[Site] = []

    def start(*arguments: str, **environ: str) -> Site:
        site = Site(tmp_path, *arguments, **environ)
        sites.append(site)
        return site

    yield start
    for site in sites:
        if not site.asked and site.process.poll() is None:
            site.ask_to_stop()
    statuses = [site.wait() for site in sites]
    for site in sites:
        site.output.close()
    assert set(statuses) <= {0}
