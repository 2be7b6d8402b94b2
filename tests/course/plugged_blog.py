"""A plugin for pytest: every blog that a test makes runs on step 4 of the chapters in PLUGGED.

PLUGGED=router,templating pytest -p plugged_blog packages/capstone/tests/blog
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import groundup.blog
import groundup.blog.app
from groundup_course.chapter import load_chapter
from groundup_course.plugging import load_part
from groundup_course.workspace import Workspace

CREATE = groundup.blog.create_app
CHAPTERS = [load_chapter(name) for name in os.environ["PLUGGED"].split(",")]
FOLDER = tempfile.TemporaryDirectory(prefix="groundup-plugged-")
WORKSPACE = Workspace.find_or_create(Path(FOLDER.name))
for chapter in CHAPTERS:
    WORKSPACE.file(chapter).write_text(chapter.steps[4].read_text("utf-8"), "utf-8")


def create_app(*args: Any, **kwargs: Any) -> Any:
    """Return the blog on the chapters' parts."""
    parts = {chapter.slot: load_part(WORKSPACE, chapter)[0] for chapter in CHAPTERS}
    return CREATE(*args, **{**parts, **kwargs})


groundup.blog.create_app = create_app
groundup.blog.app.create_app = create_app
