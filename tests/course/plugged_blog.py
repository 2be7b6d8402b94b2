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


def pytest_configure(config: pytest.Config) -> None:
    """Put the parts into the one function that makes blogs, before a test imports it."""
    chapters = [load_chapter(name) for name in os.environ["PLUGGED"].split(",")]
    folder = tempfile.TemporaryDirectory(prefix="groundup-plugged-")
    config.add_cleanup(folder.cleanup)
    workspace = Workspace.find_or_create(Path(folder.name))
    for chapter in chapters:
        workspace.file(chapter).write_text(chapter.steps[4].read_text("utf-8"), "utf-8")
    create = groundup.blog.create_app

    def create_app(*args: Any, **kwargs: Any) -> Any:
        parts = {chapter.slot: load_part(workspace, chapter)[0] for chapter in chapters}
        return create(*args, **{**parts, **kwargs})

    groundup.blog.create_app = create_app
    groundup.blog.app.create_app = create_app
