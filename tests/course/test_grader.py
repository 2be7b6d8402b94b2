"""groundup_course.grader: it believes only what the child can prove, and ends what does not end."""

import os
import sys
import time
from pathlib import Path

import pytest

from groundup_course import Subject, Verdict, grade, load_chapter
from groundup_course.errors import GraderError, WorkspaceError

ROUTER = load_chapter("router")
STEP4 = ROUTER.steps[4].read_text(encoding="utf-8")


def judge(folder: Path, source: str, **options: float) -> Verdict:
    """Grade a program that is given as text."""
    path = folder / "my_router.py"
    path.write_text(source, encoding="utf-8")
    limit = options.get("limit", 20)
    return grade(
        ROUTER, Subject.of_file(ROUTER, path), upto=int(options.get("upto", 4)), limit=limit
    )


def test_a_right_program_passes(tmp_path: Path) -> None:
    verdict = judge(tmp_path, STEP4)

    assert verdict.passed
    assert verdict.reached == 4
    assert [one.name for one in verdict.outcomes] == [test.name for test in ROUTER.tests]


@pytest.mark.parametrize(
    "evil",
    [
        pytest.param("import os; os._exit(0)", id="exit-at-import"),
        pytest.param("raise SystemExit(0)", id="system-exit"),
        pytest.param("exit(0)", id="exit"),
        pytest.param("raise KeyboardInterrupt", id="interrupt"),
        pytest.param("print('ok ' * 100)", id="no-class"),
        pytest.param("import nowhere_at_all", id="import-error"),
        pytest.param("def (", id="syntax-error"),
        pytest.param("raise BaseException('x')", id="base-exception"),
        pytest.param(STEP4 + "\nimport os, threading\nos._exit(0)", id="exit-after"),
        pytest.param("import sys\nsys.modules[__name__] = None\n", id="vanishes"),
        pytest.param("Router = None", id="no-callable"),
        pytest.param(
            "class Router:\n    def add(self, *a, **k): import sys; sys.exit(0)", id="exit-0"
        ),
        pytest.param(
            "class Router:\n    def add(self, *a, **k): import os; os._exit(0)", id="_exit"
        ),
        pytest.param(
            "class Yes:\n"
            "    def __eq__(self, other): return True\n"
            "    def __getitem__(self, key): return self\n"
            "    def __bool__(self): return True\n"
            "class Router:\n"
            "    def add(self, *a, **k): pass\n"
            "    def match(self, *a): return Yes()\n",
            id="equal-to-everything",
        ),
    ],
)
def test_no_evil_program_reaches_a_milestone(tmp_path: Path, evil: str) -> None:
    verdict = judge(tmp_path, evil)

    assert not verdict.passed
    assert verdict.reached == 0
    assert verdict.problem or verdict.first_failure


@pytest.mark.parametrize(
    "loop",
    [
        pytest.param("while True: pass", id="at-import"),
        pytest.param(
            "class Router:\n    def add(self, *a, **k):\n        while True: pass", id="in-add"
        ),
    ],
)
def test_an_endless_loop_ends_and_its_line_is_named(tmp_path: Path, loop: str) -> None:
    start = time.monotonic()

    verdict = judge(tmp_path, loop, limit=1)

    assert time.monotonic() - start < 15
    assert not verdict.passed
    first = verdict.first_failure
    assert first is not None
    place = verdict.where or first.where
    assert place.startswith(f"my_router.py:{len(loop.splitlines())} in ")
    assert "longer than 1 s" in (verdict.problem or first.got)


def test_what_passed_before_an_endless_loop_has_passed(tmp_path: Path) -> None:
    source = STEP4.replace(
        '        found["params"]["*"] =', "        while True: pass\n        x ="
    )

    verdict = judge(tmp_path, source, limit=1)

    assert verdict.reached == 2
    assert verdict.first_failure is not None
    assert verdict.first_failure.kind == "timeout"


def test_a_flood_of_output_is_cut(tmp_path: Path) -> None:
    source = STEP4 + "\nprint('x' * 10_000_000)\n" + "Router.__init__ = None\n"

    verdict = judge(tmp_path, source)

    assert not verdict.passed
    assert all(len(one.output) <= 4000 for one in verdict.outcomes)


def test_a_flood_on_the_file_descriptor_reaches_nobody(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = "import os\nfor fd in (1, 2):\n    os.write(fd, b'y' * 1_000_000)\n" + STEP4

    assert judge(tmp_path, source).passed
    assert capfd.readouterr() == ("", "")


def test_closing_every_stream_does_not_hide_the_verdict(tmp_path: Path) -> None:
    source = STEP4 + "\nimport sys\nsys.stdout.close()\nsys.stderr.close()\n"

    assert judge(tmp_path, source).reached in {0, 4}


@pytest.mark.skipif(sys.platform == "win32", reason="a group of processes is POSIX")
def test_what_the_program_started_ends_with_it(tmp_path: Path) -> None:
    source = (
        "import subprocess, sys, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(child.pid))\n" + STEP4
    )

    judge(tmp_path, source)

    pid = int((tmp_path / "pid").read_text())
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        if Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text():
            break
        time.sleep(0.02)
    else:
        pytest.fail("the process of the program must be gone")


def test_a_printed_lie_is_no_verdict(tmp_path: Path) -> None:
    lie = '{"nonce": "", "test": "m1_static", "kind": "passed"}'

    verdict = judge(tmp_path, f"print('{lie}')\nclass Router:\n    def add(self, *a, **k): 1/0\n")

    assert verdict.reached == 0


def test_an_exception_names_the_line_of_the_program(tmp_path: Path) -> None:
    source = "class Router:\n    def add(self, *a, **k):\n        return 1 / 0\n"

    first = judge(tmp_path, source).first_failure

    assert first is not None
    assert first.kind == "crash"
    assert first.where == "my_router.py:3 in add"
    assert "ZeroDivisionError" in first.got
    assert "router.add('/', 'home')" in first.got


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    verdict = judge(tmp_path, "class Router:\n    def add(\n")

    assert "SyntaxError" in verdict.problem
    assert verdict.where.startswith("my_router.py:")


def test_the_line_that_returned_the_wrong_value_is_named(tmp_path: Path) -> None:
    source = "class Router:\n  def add(self, *a, **k): pass\n  def match(self, *a):\n    return 3\n"

    first = judge(tmp_path, source).first_failure

    assert first is not None
    assert first.where == "my_router.py:4 in match"


def test_what_is_printed_is_shown_with_its_test(tmp_path: Path) -> None:
    source = "class Router:\n  def add(self, *a, **k): print('adding', a)\n  def match(self, *a): 0"

    first = judge(tmp_path, source).first_failure

    assert first is not None
    assert "adding ('/', 'home')" in first.output


def test_files_beside_the_program_can_be_imported_and_hide_nothing(tmp_path: Path) -> None:
    (tmp_path / "own_words.py").write_text("WORD = 1")
    (tmp_path / "random.py").write_text("raise RuntimeError('hidden')")
    (tmp_path / "groundup_course").mkdir()
    (tmp_path / "groundup_course" / "__init__.py").write_text("raise RuntimeError('hidden')")

    assert judge(tmp_path, "import own_words\n" + STEP4).passed


def test_only_the_tests_up_to_a_milestone_run(tmp_path: Path) -> None:
    verdict = judge(tmp_path, ROUTER.steps[2].read_text(encoding="utf-8"), upto=2)

    assert verdict.passed
    assert verdict.reached == 2
    assert {one.milestone for one in verdict.outcomes} == {1, 2}


def test_a_seed_repeats_the_choices(tmp_path: Path) -> None:
    path = tmp_path / "my_router.py"
    path.write_text(ROUTER.steps[0].read_text(encoding="utf-8"))
    subject = Subject.of_file(ROUTER, path)

    one, again, other = (grade(ROUTER, subject, seed=seed).outcomes[0].did for seed in (7, 7, 8))

    assert one == again != other


def test_a_program_that_is_not_there_is_the_learner_s_to_mend(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="not there"):
        Subject.of_file(ROUTER, tmp_path / "none.py")


def test_tests_that_cannot_be_imported_are_a_fault_of_the_grader(tmp_path: Path) -> None:
    from dataclasses import replace
    from shutil import copytree

    folder = tmp_path / "router"
    copytree(ROUTER.folder, folder)
    broken = replace(ROUTER, folder=folder)
    assert broken.tests  # read before they are broken
    with (folder / "milestones.py").open("a") as stream:
        stream.write("\nimport nowhere_at_all\n")

    with pytest.raises(GraderError, match="nowhere_at_all"):
        grade(broken, Subject.of_package(broken))


def test_the_slowness_of_a_machine_scales_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from groundup_course.trial import slowness

    for text, factor in (("3", 3.0), ("0.1", 1.0), ("x", 1.0)):
        monkeypatch.setenv("GROUNDUP_SLOW", text)
        assert slowness() == factor
