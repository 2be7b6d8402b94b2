"""``serve`` and ``doctor``: the course's pages on our own server, and what may be amiss here."""

import asyncio
import contextlib
import json
import os
import platform
import socket
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from groundup_course.chapter import chapter_names, load_chapter
from groundup_course.commands.group import here
from groundup_course.errors import CourseError, WorkspaceError
from groundup_course.workspace import Workspace

__all__ = ["doctor", "find_site", "make_site", "serve"]

PAUSE = 0.5  # seconds between two looks at the record
OLDEST = (3, 11)


def find_site() -> Path:
    """Return the folder of the built pages: in the wheel, or in a clone.

    Raises:
        WorkspaceError: They are not built.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "pages", package.parents[2] / "site"):
        if (folder / "index.html").is_file():
            return folder
    raise WorkspaceError(
        "the pages are not in this installation: build them in a clone with `nox -s docs`, or read"
        " them as Markdown in course/docs"
    )


def make_site(folder: Path, workspace: Workspace | None) -> Any:
    """Return an application that shows the pages, and tells them how far the learner is.

    A page that opens the WebSocket ``/progress`` gets the milestones that were passed, at once and
    whenever they change: ``{"router": [1, 2]}``.
    """
    from groundup import Application  # noqa: PLC0415 - takes the whole framework

    app = Application()

    @app.use
    async def tell_pages(_request: Any, next: Any) -> Any:
        """Let the pages know that somebody answers at /progress."""
        response = await next()
        response.set_cookie("groundup_learn", "1", samesite="Strict")
        return response

    async def progress(ws: Any, _request: Any) -> None:
        told: object = None
        while True:
            now = passed(workspace)
            if now != told:
                await ws.send(json.dumps(now))
                told = now
            await asyncio.sleep(PAUSE)

    app.websocket("/progress")(progress)
    app.static("/", folder)
    return app


def passed(workspace: Workspace | None) -> dict[str, list[int]]:
    """Return the milestones that are passed in each chapter, as they are recorded now."""
    if workspace is None:
        return {}
    with contextlib.suppress(CourseError):
        workspace = Workspace(workspace.root)
    return {
        name: list(range(1, workspace.reached(load_chapter(name)) + 1)) for name in chapter_names()
    }


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
def serve(port: int | None) -> None:
    """Show the course in a browser, offline.

    What you pass lights up on its pages.
    """
    from groundup.commands.running import announce  # noqa: PLC0415 - takes the whole framework
    from groundup.config import load_config  # noqa: PLC0415 - as above
    from groundup.serving import serve_async  # noqa: PLC0415 - as above

    workspace: Workspace | None = None
    with contextlib.suppress(WorkspaceError):
        workspace = here()
    config = load_config(arguments={"port": port})
    serve_async(make_site(find_site(), workspace), config, announce)


@click.command()
def doctor() -> None:
    """Look for what may be amiss here.

    Python, versions, the folder, names that hide modules, the port.
    """
    bad = 0
    for good, text in examine(Path.cwd()):
        bad += not good
        click.secho(f"{'ok   ' if good else 'WRONG'}  {text}", fg=None if good else "red")
    if bad:
        click.get_current_context().exit(2)


def examine(folder: Path) -> Iterator[tuple[bool, str]]:
    """Yield what was looked at, and whether it is well."""
    good = sys.version_info >= OLDEST
    yield good, f"Python {platform.python_version()}{'' if good else ': 3.11 or later is needed'}"
    yield True, f"groundup {version('groundup')}, groundup-course {version('groundup-course')}"
    try:
        workspace = Workspace.find(folder)
        folder = workspace.root
        names = ", ".join(one.name for one in workspace.started()) or "no chapter"
        yield True, f"a workspace with {names}"
    except CourseError as error:
        yield "no workspace" in str(error), str(error)
    good = os.access(folder, os.W_OK)
    yield good, "the folder can be written to" if good else f"{folder} cannot be written to"
    yield from find_shadows(folder)
    yield check_port(8000)


def find_shadows(folder: Path) -> Iterator[tuple[bool, str]]:
    """Yield files and folders whose names hide a module that the course needs."""
    modules = {load_chapter(name).module for name in chapter_names()}
    found = False
    for path in sorted(folder.iterdir()):
        name = path.stem if path.suffix == ".py" else path.name
        ours = name == "groundup" or name.startswith("groundup_")
        hides = ours or name in sys.stdlib_module_names
        if hides and name not in modules and (path.suffix == ".py" or path.is_dir()):
            found = True
            yield False, f"{path.name} hides the module {name!r}: give it another name"
    if not found:
        yield True, "no file here hides a module"


def check_port(port: int) -> tuple[bool, str]:
    """Return whether a port is free."""
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return False, f"port {port} is taken ({error.strerror}): use --port 0"
    return True, f"port {port} is free"
