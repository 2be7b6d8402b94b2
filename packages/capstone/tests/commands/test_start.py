"""groundup.commands.start: it serves, and what is wrong is one line and a status."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
import pytest
from click.testing import Result

Run = Callable[..., Result]
PATIENCE = 60

SITE = """
import os
import re
from groundup import Application, Response
app = Application()

@app.get("/")
def home(request):
    return Response(200, str(os.getpid()))
"""


# What the first answer does not need.  Each of these costs some hundredths of the time to start:
# import it in the function that uses it.
LATER = frozenset(
    {
        *("cryptography", "jwt", "redis", "psycopg", "rich", "segno", "watchfiles"),
        *("email", "http.client", "importlib.metadata", "importlib.resources", "multiprocessing"),
        *("smtplib", "sysconfig", "tomllib", "unittest", "urllib.request", "xml", "zipfile"),
        *("groundup.blog.demo", "groundup.reloading", "groundup.threads", "groundup.tracing"),
        *("groundup_tcpserver", "groundup_testing", "groundup_websockets.protocol"),
    }
)


@contextmanager
def started(
    folder: Path, *arguments: str, options: Sequence[str] = (), errors: IO[str] | None = None
) -> Generator[str, None, None]:
    """Start the command in a process of its own; give the URL that it announces."""
    process = subprocess.Popen(
        [sys.executable, *options, "-m", "groundup", "start", "--port", "0", *arguments],
        cwd=folder,
        stderr=errors,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    with process.stdout:
        line = process.stdout.readline()
        try:
            assert line.startswith("Application running on http://localhost:")
            yield line.split()[-1]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0


def refuse(folder: Path, *arguments: str) -> tuple[int, str]:
    """Start the command, which must end by itself; return its status and its one line."""
    done = subprocess.run(
        [sys.executable, "-m", "groundup", "start", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("server", ["async", "threads"])
def test_a_port_that_is_taken_is_one_line(tmp_path: Path, server: str) -> None:
    (tmp_path / "my_site.py").write_text(SITE)
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])

        status, line = refuse(tmp_path, "my_site", "--port", port, "--server", server)

    assert status == 1
    assert port in line
    assert "in use" in line
    assert "another port" in line


def test_a_second_instance_is_told_so(tmp_path: Path) -> None:
    with started(tmp_path) as url:
        status, line = refuse(tmp_path, "--port", url.rpartition(":")[2])

    assert (status, "in use" in line) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "file"], "data folder .* cannot be written"),
        (["--data", "file/below"], "data folder .* cannot be written"),
        (["no_such_app"], "no module 'no_such_app'"),
        (["json:loads2"], "module 'json' has no 'loads2'"),
        (["my_site:home"], "must be an Application"),
        (["my_site:nothing"], "did you mean my_site:app"),
        (["--with", "router=no_such:Router"], "no module 'no_such'"),
        (["--with", "wheel=a:b"], "a part is SLOT=MODULE:CLASS"),
        (["my_site", "--with", "router=a:b"], "--with is for the example blog"),
        (["my_site", "--server", "threads", "--workers", "2"], "workers must be 1"),
        (["--config", "none.toml"], "cannot read settings"),
    ],
    ids=str,
)
def test_a_mistake_is_one_line(run: Run, folder: Path, arguments: list[str], message: str) -> None:
    (folder / "file").write_text("")
    (folder / "my_site.py").write_text(SITE)
    sys.modules.pop("my_site", None)

    result = run("start", "--port", "0", *arguments)

    assert result.exit_code == 2
    assert result.stderr.startswith("groundup: ")
    assert result.stderr.count("\n") == 1
    assert re.search(message, result.stderr), result.stderr


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "many", "setting 'port' in environment must be int"),
        ("DATABASE_URL", "oracle://x", "setting 'database_url' cannot be used"),
        ("DATABASE_URL", "postgresql://x@127.0.0.1:1/y", "setting 'database_url' cannot be used"),
        ("REDIS_URL", "nonsense", "setting 'redis_url' cannot be used"),
        ("TRUSTED_HOSTS", "a b", "setting 'trusted_hosts' cannot be used"),
        ("SECRET_KEY", "short", "secret_key must have at least 32 characters"),
        ("LOG_FILE", "/nowhere/at/all.log", "log cannot be written to '/nowhere/at/all.log'"),
        ("LOG_SYSLOG", "/nowhere/log", "log cannot be written to '/nowhere/log'"),
    ],
)
def test_a_setting_that_cannot_be_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(f"GROUNDUP_{name}", value)

    result = run("start", "--port", "0")

    assert result.exit_code == 2
    assert (result.stderr.count("\n"), message in result.stderr) == (1, True)


def test_a_log_file_is_for_one_worker(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDUP_LOG_FILE", "site.log")

    result = run("start", "--port", "0", "--workers", "2")

    assert result.exit_code == 2
    assert "log_file is for one worker, got 2" in result.stderr


def test_demo_is_for_the_blog(run: Run) -> None:
    result = run("start", "app", "--demo")

    assert result.exit_code == 2
    assert "leave the application out" in result.output


def test_the_first_answer_comes_before_what_it_does_not_need(tmp_path: Path) -> None:
    with (tmp_path / "imports").open("w+") as errors:
        with started(tmp_path, options=("-X", "importtime"), errors=errors) as url:
            assert httpx.get(url, trust_env=False).status_code == 200
        errors.seek(0)
        said = errors.read().partition("| site\n")[2]  # before it, Python and what is on its path
        imported = set(re.findall(r"import time: .*\| +([\w.]+)", said))

    assert "groundup.blog.app" in imported
    assert sorted(imported & LATER) == []


def test_its_help_comes_before_the_framework(tmp_path: Path) -> None:
    program = (
        "import sys, groundup.commands.start\n"
        "print([name for name in ('asyncio', 'groundup.application') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers need POSIX")
def test_several_workers_answer_on_one_port(tmp_path: Path) -> None:
    (tmp_path / "my_site.py").write_text(SITE)
    seen: set[str] = set()
    end = time.monotonic() + PATIENCE

    with started(tmp_path, "my_site", "--workers", "2") as url:
        while len(seen) < 2 and time.monotonic() < end:
            seen.add(httpx.get(url, trust_env=False).text)

    assert len(seen) == 2


def test_the_demo_has_twenty_posts_and_a_second_start_has_no_more(tmp_path: Path) -> None:
    for _ in range(2):
        with started(tmp_path, "--demo") as url:
            pages = [httpx.get(f"{url}/?page={page}", trust_env=False).json() for page in (1, 2)]
            assert [len(page["posts"]) for page in pages] == [10, 10]
            assert pages[0]["pages"] == 2
