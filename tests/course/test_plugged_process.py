"""The founding document's last project, word by word, on parts of the chapters: alone and together.

What `groundup start` serves is asked by curl, in a process of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from groundup_course import chapter_names, load_chapter

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "tests/seed/test_18_capstone.py"
PARTS = {
    "router": "my_router:Router",
    "parser": "my_parser:RequestParser",
    "server": "my_server:TCPServer",
    "templates": "my_pages:pages",
}
# A server or a parser of one's own is served by threads, which speak HTTP only.
LIVE = "new_comments_appear_instantly"
PAGES = """\
import my_templates
from groundup_course.chapters.templating.plug import adapt

pages = adapt(my_templates)
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Step 4 of every chapter as somebody's own modules, where Python finds them."""
    for name in chapter_names():
        chapter = load_chapter(name)
        target = tmp_path / f"{chapter.module}.py"
        target.write_text(chapter.steps[4].read_text("utf-8"), "utf-8")
    (tmp_path / "my_pages.py").write_text(PAGES, "utf-8")
    path = f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    inherited = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    return {**inherited, "PYTHONPATH": path}


@pytest.mark.parametrize("slots", [*((slot,) for slot in PARTS), tuple(PARTS)], ids="+".join)
def test_the_blog_serves_on_parts_of_the_chapters(
    slots: tuple[str, ...], environment: dict[str, str], tmp_path: Path
) -> None:
    environment["GROUNDUP_PARTS"] = ",".join(f"{slot}={PARTS[slot]}" for slot in slots)
    shown = subprocess.run(
        [sys.executable, "-m", "groundup", "parts"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown.count("yours") == len(slots), shown

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(SUITE)]
    if {"server", "parser"} & {*slots}:
        command += ["-k", f"not {LIVE}"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
