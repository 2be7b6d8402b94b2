"""groundup_course.plugging: the blog on the learner's parts, and whose part served what."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from groundup.config import Config
from groundup_auth import AuthSettings
from groundup_course import Chapter, chapter_names, load_chapter
from groundup_course.plugging import Counter, make_blog, owner_of
from groundup_course.settings import write_parts
from groundup_course.workspace import Workspace
from groundup_router import Router
from groundup_testing import TestClient
from groundup_testing.contracts import check_router

Run = Callable[..., Result]
ROUTER = load_chapter("router")
CHEAP = AuthSettings(bcrypt_cost=4)
PAGE = {"Accept": "text/html"}
FORM = {"username": "ada", "email": "ada@example.org", "password": "Loveletters1"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace in which the learner has written our step 4 of every chapter."""
    found = Workspace.find_or_create(tmp_path)
    for name in chapter_names():
        chapter = load_chapter(name)
        found.file(chapter).write_text(chapter.steps[4].read_text("utf-8"), "utf-8")
    return found


def report(workspace: Workspace) -> dict[str, Any]:
    """Return what the ledger has written."""
    return dict(workspace.read_file("report.json")["slots"])


def use_the_blog(client: TestClient) -> None:
    """Sign up, log in, write, edit, comment, look and delete, as a program and as a browser."""
    assert client.post("/register", data=FORM).status < 300
    token = client.post("/login", data=FORM).json["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/profile", headers=bearer).json["username"] == "ada"
    post = client.post("/posts", data={"title": "One two", "content": "C"}, headers=bearer).json
    assert client.get(post["url"]).json["title"] == "One two"
    edited = {"title": "Three", "content": "D"}
    assert client.put(f"/posts/{post['id']}", data=edited, headers=bearer).status == 200
    comment = {"post_id": str(post["id"]), "text": "Hi"}
    assert client.post("/comments", data=comment, headers=bearer).status < 300
    page = client.get("/", headers=PAGE)
    assert "Three" in page.text
    style = re.search(r'href="(/static/[^"]+\.css)"', page.text)
    assert style is not None
    assert client.get(style[1]).status == 200
    assert client.get("/posts/new", headers=PAGE).status in {200, 302, 303}
    assert client.get("/nowhere", headers=PAGE).status == 404
    assert client.request("HEAD", "/").status == 200
    client.post("/login", data=FORM, headers=PAGE)
    assert "ada" in client.get("/profile", headers=PAGE).text
    assert client.delete(f"/posts/{post['id']}", headers=bearer).status in {200, 204}


PLUGGABLE = [name for name in chapter_names() if load_chapter(name).slot]


def serve_and_use(workspace: Workspace, chapters: list[Chapter], tmp_path: Path) -> dict[str, Any]:
    """Use the blog on the parts of some chapters, in memory, and return the report."""
    config = Config(data=str(tmp_path / "data"))
    app, ledger = make_blog(workspace, chapters, config, auth_settings=CHEAP)
    with TestClient(app, follow_redirects=False) as client:
        use_the_blog(client)
    ledger.write()
    return report(workspace)


@pytest.mark.parametrize("name", [name for name in PLUGGABLE if name in {"router", "templating"}])
def test_the_blog_runs_on_one_part_of_the_learner_s(
    workspace: Workspace, tmp_path: Path, name: str
) -> None:
    chapter = load_chapter(name)

    slots = serve_and_use(workspace, [chapter], tmp_path)

    own = slots.pop(chapter.slot)
    assert (own["owner"], own["file"]) == ("yours", f"{chapter.module}.py")
    assert own["calls"] > 0
    assert {facts["owner"] for facts in slots.values()} == {"ours"}


def test_ours_are_counted_too(workspace: Workspace, tmp_path: Path) -> None:
    slots = serve_and_use(workspace, [], tmp_path)

    assert {facts["owner"] for facts in slots.values()} == {"ours"}
    assert slots["router"]["calls"] > 10
    assert slots["templates"]["calls"] > 0
    assert slots["sessions"]["calls"] > 0
    assert slots["errors"]["calls"] > 0


def test_step_4_passes_the_contract_of_its_slot(workspace: Workspace) -> None:
    import importlib

    step4 = importlib.import_module("groundup_course.chapters.router.steps.step4")

    check_router(step4.Router)


def test_whose_a_part_is_its_file_says(workspace: Workspace) -> None:
    path = workspace.file(ROUTER)
    path.write_text("from groundup_router import Router\n", "utf-8")
    config = Config(data=str(workspace.root / "data"))

    make_blog(workspace, [ROUTER], config, auth_settings=CHEAP)

    assert report(workspace)["router"]["owner"] == "ours"
    assert owner_of(json.JSONDecoder, workspace)[0] == "another's"


def test_a_counter_shows_what_the_part_can_do_and_no_more() -> None:
    from groundup.interfaces import SupportsAllowedMethods, SupportsUrlFor

    class Small:
        def match(self, path: str) -> str:
            return path

    full, small = Counter(Router(), {}), Counter(Small(), {"match": "counted {}".format})

    assert isinstance(full, SupportsUrlFor)
    assert not isinstance(small, SupportsAllowedMethods)
    assert small.match("/x") == "counted /x"
    with pytest.raises(AttributeError):
        small.nothing  # noqa: B018 - the look-up is the test


def test_plug_names_the_way_to_start_and_unplug_takes_it_back(run: Run) -> None:
    run("new", "router")
    Path("my_router.py").write_text(ROUTER.steps[4].read_text("utf-8"), "utf-8")
    run("check")

    result = run("plug", "router")

    assert result.exit_code == 0
    assert "router: yours (my_router.py)" in result.output
    assert "groundup start --with router=my_router:Router" in result.output
    assert Path("groundup.toml").read_text() == '[groundup]\nparts = "router=my_router:Router"\n'
    assert run("unplug").output == "plugged in: nothing\n"
    assert not Path("groundup.toml").exists()


def test_what_cannot_be_plugged_in_is_told(run: Run) -> None:
    run("new", "router")
    Path("my_router.py").write_text("import nowhere_at_all\n")

    result = run("plug", "router")

    assert result.exit_code == 2
    assert "nowhere_at_all" in result.stderr
    assert "groundup learn check router" in result.stderr


def test_before_the_first_start_there_is_no_report(run: Run) -> None:
    run("new", "router")

    assert "groundup learn start" in run("report").stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[groundup]\nparts = "a=b:c"\n'),
        ("[groundup]\nport = 1\n", '[groundup]\nparts = "a=b:c"\nport = 1\n'),
        ('[groundup]\nport = 1\nparts = "x"\n', '[groundup]\nparts = "a=b:c"\nport = 1\n'),
        ("[other]\nparts = 1\n", '[other]\nparts = 1\n\n[groundup]\nparts = "a=b:c"\n'),
        ("[other]\nparts = 1\n[groundup]\n", '[other]\nparts = 1\n[groundup]\nparts = "a=b:c"\n'),
    ],
)
def test_other_settings_are_left_alone(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "groundup.toml"
    path.write_text(before)

    write_parts(tmp_path, ["a=b:c"])

    assert path.read_text() == after


@pytest.mark.skipif(sys.platform == "win32", reason="ends it as Ctrl+C does")
def test_start_serves_and_reports_at_the_end(run: Run) -> None:
    run("new", "router")
    Path("my_router.py").write_text(ROUTER.steps[4].read_text("utf-8"), "utf-8")
    run("plug", "router")
    command = [sys.executable, "-m", "groundup", "learn", "start", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        port = ready.rstrip().rpartition(":")[2]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        told = process.stdout.read()

    assert process.returncode == 0
    assert re.search(r"^router: yours \(my_router.py\), [1-9]\d* matches$", told, re.MULTILINE)
    assert "templates: ours" in told
    assert "router: yours (my_router.py)" in run("report").output
