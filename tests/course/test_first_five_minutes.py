"""From the wheel to the first passed milestone, outside of the repository.

The wheel is built from the sdist.  ``GROUNDUP_CLEAN_PYTHON`` names a Python into which it was
installed with all that it needs (``nox -s course`` makes one); without it the wheel is unpacked and
everything else comes from the environment of the tests.
"""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from groundup_course import load_chapter

ROOT = Path(__file__).parents[2]
CHAPTER = load_chapter("router")

pytestmark = pytest.mark.slow


def build(folder: Path) -> Path:
    """Build the sdist, and the wheel from what is in it."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run([*command, "-t", "sdist"], cwd=ROOT / "course", check=True, capture_output=True)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = (path for path in folder.iterdir() if path.is_dir())
    subprocess.run([*command, "-t", "wheel"], cwd=source, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """A Python and an environment in which the wheel is installed."""
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    environment["PYTHONUTF8"] = "1"
    if clean := os.environ.get("GROUNDUP_CLEAN_PYTHON"):
        return clean, environment
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(build(folder)) as wheel:
        wheel.extractall(folder / "site")
    return sys.executable, {**environment, "PYTHONPATH": str(folder / "site")}


def test_the_wheel_grades_outside_of_the_repository(
    installed: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    python, environment = installed

    def learn(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-P", "-m", "groundup", "learn", *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
            encoding="utf-8",
        )  # fmt: skip

    where = [python, "-P", "-c", "import groundup_course; print(groundup_course.__file__)"]
    found = subprocess.run(
        where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert not found.stdout.startswith(str(ROOT))

    assert "my_router.py is yours" in learn("new", "router").stdout
    mine = tmp_path / "my_router.py"
    for number in range(1, 5):
        mine.write_text(CHAPTER.steps[number].read_text("utf-8"), "utf-8")
        checked = learn("check", "router")
        assert checked.returncode == (0 if number == 4 else 1), checked.stdout + checked.stderr
        assert f"New: {CHAPTER.milestones[number - 1].title}" in checked.stdout
    assert "router: yours (my_router.py)" in learn("plug", "router").stdout

    (wrong,) = [one for one in CHAPTER.wrong if one.path.stem == "begins_alike"]
    mine.write_text(wrong.path.read_text("utf-8"), "utf-8")
    told = learn("check", "router", "--json")
    assert told.returncode == 1
    assert json.loads(told.stdout)["reached"] == 0
    assert wrong.turn in learn("check", "router").stdout


def test_the_wheel_holds_the_chapters(
    installed: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    python, environment = installed
    script = (
        "from groundup_course import chapter_names, load_chapter\n"
        "for name in chapter_names():\n"
        "    chapter = load_chapter(name)\n"
        "    for path in sorted(chapter.folder.rglob('*.*')):\n"
        "        if '__pycache__' not in path.parts:\n"
        "            print(path.relative_to(chapter.folder.parent).as_posix())\n"
    )

    listed = subprocess.run(
        [python, "-P", "-c", script],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip

    here = CHAPTER.folder.parent
    assert set(listed) == {
        path.relative_to(here).as_posix()
        for path in here.rglob("*.*")
        if path.is_file()
        and not any(part.startswith((".", "__")) for part in path.relative_to(here).parts)
    }
