"""Transcripts: run a script of a chapter as a person would type it, and keep what it printed.

pip list | head -1          the commands of NAME.sh, an empty line between two
->
$ pip list | head -1        NAME.out, which pages show
Package  Version
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from groundup_course.chapter import Chapter
from groundup_course.errors import ChapterError
from groundup_course.trial import slowness

__all__ = ["find_shots", "golden", "run_shot"]

OPTION = re.compile(r"# (before|replace): (.+)")
MARK = "GROUNDUP_SHOT_COMMAND"
LIMIT = 60  # seconds


def find_shots(chapter: Chapter) -> list[Path]:
    """Return the scripts of a chapter."""
    return sorted((chapter.folder / "shots").glob("*.sh"))


def golden(script: Path) -> Path:
    """Return where the transcript of a script is kept."""
    return script.with_suffix(".out")


def run_shot(chapter: Chapter, script: Path) -> str:
    """Run a script in an empty folder with step 4 in it, and return its transcript.

    Raises:
        ChapterError: It takes too long, or there is no ``sh``.
    """
    shell = shutil.which("sh")
    if shell is None:
        raise ChapterError("transcripts need a shell named sh")
    before, replace, commands = read_script(script)
    with tempfile.TemporaryDirectory(prefix="groundup-shot-") as made:
        folder = str(Path(made).resolve())
        shutil.copy(chapter.steps[-1], Path(folder) / f"{chapter.module}.py")
        unseen = ["{", *before, "} >/dev/null 2>&1"] if before else []
        program = "\n".join([*unseen, *map(show_and_run, commands)])
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        environment = {**os.environ, "PATH": path, "CHAPTER": str(chapter.folder)}
        environment |= {"PYTHONUNBUFFERED": "1", "COLUMNS": "100", "NO_COLOR": "1"}
        try:
            done = subprocess.run(  # noqa: S603 - our own script
                [shell, "-c", program],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=LIMIT * slowness(),
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ChapterError(f"{script} must end within {LIMIT} s") from error
    text = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n").replace(folder, ".")
    for pattern, substitute in replace:
        text = re.sub(pattern, substitute, text)
    return text.strip() + "\n"


def read_script(script: Path) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """Return what a script does unseen, what it replaces, and its commands."""
    lines = script.read_text(encoding="utf-8").splitlines()
    before: list[str] = []
    replace: list[tuple[str, str]] = []
    while lines and (match := OPTION.fullmatch(lines[0])):
        del lines[0]
        if match[1] == "before":
            before.append(match[2])
        else:
            pattern, _, substitute = match[2].partition(" => ")
            replace.append((pattern, substitute))
    commands = [block.strip("\n") for block in re.split(r"\n\s*\n", "\n".join(lines))]
    return before, replace, [command for command in commands if command.strip()]


def show_and_run(command: str) -> str:
    """Return a command with one before it that prints it."""
    first, *more = command.splitlines()
    shown = "\n".join([f"$ {first}", *more])
    return f"cat <<'{MARK}'\n{shown}\n{MARK}\n{command}"
