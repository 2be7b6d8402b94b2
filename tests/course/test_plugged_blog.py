"""The blog's own end-to-end tests on step 4 of the chapters: one at a time, and all at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from groundup_course import chapter_names, load_chapter

ROOT = Path(__file__).parents[2]
BLOG = ROOT / "packages" / "capstone" / "tests" / "blog"
# Server and parser stand below the test client, which has its own: their slots are for threads.
SEEN = [name for name in chapter_names() if load_chapter(name).slot in {"router", "templates"}]
PAGES = ("test_pages.py", "test_posts.py", "test_accounts.py")

pytestmark = pytest.mark.slow


def run_blog_tests(plugged: list[str], *files: str) -> None:
    """Run tests of the blog with parts plugged in."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "plugged_blog", "-p", "no:cacheprovider"]
    paths = [str(BLOG / file) for file in files] or [str(BLOG)]
    here = f"{Path(__file__).parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    # This run's own settings, such as those of its workers, are not for the other one.
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    environment |= {"PLUGGED": ",".join(plugged), "PYTHONPATH": here}

    done = subprocess.run(
        [*command, *paths], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    chapters = map(load_chapter, plugged)
    modules = ",".join(f"({one.module}|groundup_course_{one.name}_plug)" for one in chapters)
    assert re.search(rf"plugged: \d+ blogs on {modules}$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", SEEN)
def test_the_blog_passes_on_one_chapter_s_part(name: str) -> None:
    run_blog_tests([name], *PAGES)


def test_the_blog_passes_on_all_parts_at_once() -> None:
    run_blog_tests(SEEN)
