"""A plugin for pytest: every blog that a test makes runs on step 4 of the chapters in PLUGGED.

PLUGGED=router,templating pytest -p plugged_blog packages/capstone/tests/blog
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

import groundup.blog
import groundup.blog.app
from groundup_course.chapter import load_chapter
from groundup_course.plugging import load_part
from groundup_course.workspace import Workspace

MADE: list[str] = []  # the names of the parts, once for each blog


def plug_in(names: list[str], folder: Path) -> None:
    """Put parts into the one function that makes blogs."""
    chapters = [load_chapter(name) for name in names]
    workspace = Workspace.find_or_create(folder)
    for chapter in chapters:
        workspace.file(chapter).write_text(chapter.steps[4].read_text("utf-8"), "utf-8")
    create = groundup.blog.create_app

    def create_app(*args: Any, **kwargs: Any) -> Any:
        parts = {chapter.slot: load_part(workspace, chapter)[0] for chapter in chapters}
        app = create(*args, **{**parts, **kwargs})
        MADE.append(",".join(type(getattr(app, slot)).__module__ for slot in parts))
        return app

    groundup.blog.create_app = create_app
    groundup.blog.app.create_app = create_app


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many blogs were made, and of what."""
    for made in sorted(set(MADE)):
        terminalreporter.write_line(f"plugged: {MADE.count(made)} blogs on {made}")


# When it is imported, and not in a hook: the blog's conftest.py is imported before any of these.
if "PLUGGED" in os.environ:
    FOLDER = tempfile.TemporaryDirectory(prefix="groundup-plugged-")
    plug_in(os.environ["PLUGGED"].split(","), Path(FOLDER.name))
