"""groundup learn: what a learner sees, and which exit status says what."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from groundup_course import load_chapter

Run = Callable[..., Result]
ROUTER = load_chapter("router")


def write_step(number: int) -> None:
    """Let the learner have written one of our steps."""
    Path("my_router.py").write_text(ROUTER.steps[number].read_text("utf-8"), "utf-8")


def progress() -> dict[str, object]:
    """Return the record of the workspace."""
    found: dict[str, object] = json.loads(Path(".groundup/progress.json").read_text("utf-8"))
    return found


def test_new_gives_signatures_and_says_what_to_do(run: Run) -> None:
    result = run("new", "router")

    assert result.exit_code == 0
    assert Path("my_router.py").read_text("utf-8") == ROUTER.steps[0].read_text("utf-8")
    assert "groundup learn check router" in result.output
    assert ROUTER.milestones[0].goal in result.output


def test_new_overwrites_nothing(run: Run) -> None:
    Path("my_router.py").write_text("mine")

    result = run("new", "router")

    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert Path("my_router.py").read_text() == "mine"


@pytest.mark.parametrize("name", ["nothing", "../router", "", "router/"])
def test_a_chapter_that_is_not_there_is_one_line(run: Run, name: str) -> None:
    result = run("new", name)

    assert result.exit_code == 2
    assert "a chapter is one of" in result.stderr
    assert not Path(".groundup").exists()


def test_each_step_passes_its_milestone_in_turn(run: Run) -> None:
    run("new", "router")
    result = run()
    for number in range(1, 5):
        write_step(number)
        result = run("check", "router")

        assert result.exit_code == (0 if number == 4 else 1)
        assert f"New: {ROUTER.milestones[number - 1].title}." in result.output
        assert f"✓ milestone {number}" in result.output
        if number < 4:
            assert f"✗ milestone {number + 1}" in result.output
    assert "groundup learn plug router" in result.output


def test_a_wrong_turn_meets_its_sentence_and_all_four_parts(run: Run) -> None:
    run("new", "router")
    (wrong,) = [one for one in ROUTER.wrong if one.path.stem == "begins_alike"]
    Path("my_router.py").write_text(wrong.path.read_text("utf-8"), "utf-8")

    result = run("check", "--seed", "7")

    assert result.exit_code == 1
    assert wrong.turn in result.output
    for part in ("did ", "expected ", "because ", "got ", "next "):
        assert part in result.output
    assert "look at my_router.py:" in result.output
    assert "groundup learn check router --seed 7" in result.output


def test_check_to_a_milestone_is_content_with_it(run: Run) -> None:
    run("new", "router")
    write_step(1)

    assert run("check", "router", "--to", "1").exit_code == 0
    assert run("check", "router", "--to", "2").exit_code == 1


def test_json_is_for_programs(run: Run) -> None:
    run("new", "router")
    write_step(2)

    one = json.loads(run("check", "router", "--json", "--seed", "3").output)
    several = json.loads(run("check", "--all", "--json").output)

    assert (one["chapter"], one["seed"], one["reached"], one["passed"]) == ("router", 3, 2, False)
    assert {test["name"] for test in one["tests"]} == {test.name for test in ROUTER.tests}
    assert [verdict["chapter"] for verdict in several] == ["router"]


def test_a_file_can_be_checked_without_a_workspace(run: Run) -> None:
    result = run("check", "router", "--file", str(ROUTER.steps[4]))

    assert result.exit_code == 0
    assert not Path(".groundup").exists()


@pytest.mark.parametrize("arguments", [("check",), ("hint",), ("status",), ("plug", "router")])
def test_without_a_workspace_the_way_out_is_told(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert "groundup learn new router" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', '{"version": 1}'])
def test_a_broken_record_is_told_and_not_overwritten(run: Run, text: str) -> None:
    run("new", "router")
    Path(".groundup/progress.json").write_text(text)

    result = run("check")

    assert result.exit_code == 2
    assert "progress.json must be" in result.stderr
    assert Path(".groundup/progress.json").read_text() == text


def test_a_file_that_went_away_is_told(run: Run) -> None:
    run("new", "router")
    Path("my_router.py").unlink()

    result = run("check")

    assert result.exit_code == 2
    assert "groundup learn new router" in result.stderr


def test_hints_come_one_by_one_and_only_when_asked_for(run: Run) -> None:
    run("new", "router")
    for number, hint in enumerate([*ROUTER.milestones[0].hints, ROUTER.milestones[0].hints[-1]], 1):
        result = run("hint")

        assert f"Hint {min(number, 3)} of 3" in result.output
        assert hint in result.output
    assert progress()["chapters"]["router"]["hints"] == {"1": 3}  # type: ignore[index]


def test_show_prints_the_tests(run: Run) -> None:
    run("new", "router")

    assert "def m2_decoded" in run("show", "m2").output
    assert "def m1_static" in run("show", "m1_static", "router").output
    assert run("show", "m5").exit_code == 2


def test_ours_is_shown_after_passing_and_before_only_on_demand(run: Run) -> None:
    run("new", "router")
    before = run("diff")
    assert before.exit_code == 1
    assert "groundup learn reveal 1" in before.output

    revealed = run("reveal", "1")
    assert revealed.output.strip() == ROUTER.steps[1].read_text("utf-8").strip()
    assert progress()["chapters"]["router"]["revealed"] == [1]  # type: ignore[index]

    Path("my_router.py").write_text(ROUTER.steps[1].read_text("utf-8") + "\nMINE = 1\n", "utf-8")
    run("check")
    assert "-MINE = 1" in run("diff", "router").output
    assert run("diff", "router", "package").exit_code == 1


def test_the_package_is_shown_when_all_passes(run: Run) -> None:
    run("new", "router")
    write_step(4)
    run("check")

    result = run("diff", "package", "router")

    assert result.exit_code == 0
    assert "router.py" in result.output
    assert "no difference" in run("diff").output


def test_reset_asks_and_keeps_what_was_there(run: Run) -> None:
    run("new", "router")
    write_step(3)

    assert run("reset", "router", input="n\n").exit_code == 1
    assert Path("my_router.py").read_text("utf-8") == ROUTER.steps[3].read_text("utf-8")

    assert run("reset", "--all", "--yes").exit_code == 0
    assert Path("my_router.py").read_text("utf-8") == ROUTER.steps[0].read_text("utf-8")
    kept = Path(".groundup/replaced/my_router.1.py")
    assert kept.read_text("utf-8") == ROUTER.steps[3].read_text("utf-8")


def test_the_record_has_no_paths_and_may_move(run: Run, tmp_path: Path) -> None:
    run("new", "router")
    write_step(2)
    run("check")

    text = Path(".groundup/progress.json").read_text("utf-8")

    assert str(tmp_path) not in text
    assert "\\" not in text
    assert json.loads(text)["chapters"]["router"]["passed"].keys() == {"1", "2"}


def test_what_broke_counts_no_longer(run: Run) -> None:
    run("new", "router")
    write_step(2)
    run("check")
    write_step(1)
    run("check")

    assert "1 of 4" in run("status").output


def test_without_a_command_it_says_where_one_is(run: Run) -> None:
    assert "groundup learn new router" in run().output

    run("new", "router")
    assert "0 of 4 milestones" in run().output
    assert "Static routes work" in run().output


@pytest.mark.skipif(sys.platform == "win32", reason="ends it as Ctrl+C does")
def test_watch_checks_again_when_the_file_is_saved(run: Run) -> None:
    run("new", "router")
    command = [sys.executable, "-m", "groundup", "learn", "check", "--watch"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("watching"):
                break
        write_step(1)
        for line in process.stdout:
            if line.startswith("✓ milestone 1"):
                break
        process.send_signal(signal.SIGINT)
        process.stdout.read()

    assert "1 of 4" in run("status").output


def test_pages_that_are_not_built_are_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_file(_path: Path) -> bool:
        return False

    monkeypatch.setattr(Path, "is_file", is_file)

    result = run("serve")

    assert result.exit_code == 2
    assert "nox -s docs" in result.stderr


def test_doctor_finds_what_hides_a_module(run: Run) -> None:
    assert "no file here hides a module" in run("doctor").output

    Path("groundup").mkdir()
    Path("socket.py").write_text("")
    result = run("doctor")

    assert result.exit_code == 2
    assert "groundup hides the module 'groundup'" in result.output
    assert "socket.py hides the module 'socket'" in result.output


def test_the_pages_are_served_with_the_progress(run: Run, tmp_path: Path) -> None:
    from groundup_course.commands.site import make_site
    from groundup_course.workspace import Workspace
    from groundup_testing import TestClient

    run("new", "router")
    write_step(1)
    run("check")
    site = tmp_path / "site"
    (site / "03-router").mkdir(parents=True)
    (site / "index.html").write_text("<p>home")
    (site / "03-router" / "index.html").write_text("<p>router")

    with TestClient(make_site(site, Workspace.find(Path.cwd()))) as client:
        assert client.get("/").text == "<p>home"
        assert client.get("/03-router/").text == "<p>router"
        with client.websocket("/progress") as ws:
            assert ws.receive_json()["router"] == [1]
