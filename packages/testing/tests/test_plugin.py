"""groundup_testing.plugin: fixtures for those who test with pytest."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from groundup_messages import Request, Response
from groundup_testing import TestClient


@pytest.fixture
def app() -> Any:
    def hello(request: Request) -> Response:
        return Response(200, f"Hello from {request.path}!")

    return hello


def test_client_tests_the_app_of_the_file(client: TestClient) -> None:
    assert client.get("/here").text == "Hello from /here!"


def test_live_server_starts_as_many_as_are_wanted(
    live_server: Callable[..., Any], app: Any
) -> None:
    for server in (live_server(app), live_server(app, host="127.0.0.1")):
        with urlopen(f"{server.url}/live") as answer:
            assert answer.read() == b"Hello from /live!"


def run(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(text)
    plugins = ["-p", "no:cacheprovider", "-p", "groundup_testing.plugin"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *options, "test_it.py"],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_application_may_be_named_in_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "site_under_test.py").write_text(
        "from groundup_messages import Response\ndef app(request): return Response(200, 'named')\n"
    )
    test = "def test_a(client): assert client.get('/').text == 'named'\n"

    named = run(tmp_path, test, "-o", "groundup_app=site_under_test:app", "-o", "pythonpath=.")
    missing = run(tmp_path, test)

    assert named.returncode == 0, named.stdout
    assert missing.returncode == 1
    assert "define a fixture `app`, or set groundup_app = module:name" in missing.stdout


def test_it_imports_nothing_that_nobody_asked_for(tmp_path: Path) -> None:
    test = (
        "import sys\n"
        "def test_a():\n"
        "    loaded = {n.partition('.')[0] for n in sys.modules if n.startswith('groundup')}\n"
        "    assert loaded == {'groundup_testing'}\n"
        "    assert 'groundup_testing.client' not in sys.modules\n"
    )

    done = run(tmp_path, test)

    assert done.returncode == 0, done.stdout
