"""Write the parts into the workspace's ``groundup.toml``, and leave what else is in it alone."""

import re
import tomllib
from pathlib import Path
from typing import Any

from groundup_course.errors import WorkspaceError

__all__ = ["write_parts"]

TABLE = re.compile(r"(?m)^\[groundup\][^\n]*\n")
PARTS = re.compile(r"(?m)^parts *=.*\n?")


def write_parts(root: Path, targets: list[str]) -> None:
    """Say in ``groundup.toml`` on which parts the blog runs.

    Raises:
        WorkspaceError: The file is no TOML, or cannot be written.
    """
    path = root / "groundup.toml"
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        table: Any = tomllib.loads(text).get("groundup", {})
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"groundup.toml must be TOML: {error}") from error
    if "parts" in table:
        start = TABLE.search(text)
        head = text[: start.end()] if start else ""
        text = head + PARTS.sub("", text[len(head) :], count=1)
    if targets:
        line = f'parts = "{", ".join(targets)}"\n'
        start = TABLE.search(text)
        if start is None:
            text = f"{text}{chr(10) if text else ''}[groundup]\n{line}"
        else:
            text = text[: start.end()] + line + text[start.end() :]
    try:
        if text.strip() in {"", "[groundup]"}:
            path.unlink(missing_ok=True)
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WorkspaceError(f"cannot write groundup.toml: {error.strerror}") from error
