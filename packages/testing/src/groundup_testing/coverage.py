"""Count which lines have run: by ``sys.monitoring``, or ``sys.settrace`` before Python 3.12.

What can run is read from the compiled code itself, so a line counts exactly when the interpreter
has something to do there.  A line with the comment ``pragma: no cover`` is left out, with the block
that it opens.
"""

import ast
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Self

__all__ = ["Coverage", "FileCoverage", "executable_lines"]

EXCLUDED = "pragma: no cover"
MONITORING = "monitoring"  # a name in sys from Python 3.12 on


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """The lines of one file."""

    path: Path
    lines: frozenset[int]
    """Those that can run."""
    run: frozenset[int]
    """Those that have."""

    @property
    def missing(self) -> list[int]:
        """The lines that have not run."""
        return sorted(self.lines - self.run)

    @property
    def percent(self) -> float:
        """How much has run; all of nothing is all."""
        return 100 * len(self.lines & self.run) / len(self.lines) if self.lines else 100.0

    def ranges(self) -> str:
        """Return the missing lines, neighbours joined: ``3, 7-9``.

        >>> FileCoverage(Path("a.py"), frozenset({1, 3, 4, 5, 7, 9}), frozenset({1, 7})).ranges()
        '3-5, 9'
        """
        runs: list[list[int]] = []
        order = sorted(self.lines)
        following = dict(pairwise(order))
        for line in self.missing:
            if runs and following.get(runs[-1][-1]) == line:
                runs[-1].append(line)
            else:
                runs.append([line])
        return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


class Coverage:
    """Notes the lines that run below some folders, in all threads, while it is on.

    Args:
        folders: Whose files count.
    """

    def __init__(self, folders: list[Path]) -> None:
        self._folders = [str(folder.resolve()) for folder in folders]
        self._lines: dict[str, set[int]] = {}
        self._wanted: dict[str, bool] = {}
        self._before: Any = None

    def __enter__(self) -> Self:
        if sys.version_info >= (3, 12):
            watch(self._note, self._wants)
        else:
            self._before = sys.gettrace()
            threading.settrace(self._trace)
            sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        if sys.version_info >= (3, 12):
            unwatch()
        else:
            threading.settrace(self._before)
            sys.settrace(self._before)

    def report(self) -> list[FileCoverage]:
        """Return one entry for each Python file below the folders."""
        found: list[FileCoverage] = []
        for folder in map(Path, self._folders):
            files = [folder] if folder.is_file() else sorted(folder.rglob("*.py"))
            for path in files:
                lines = executable_lines(path.read_text(encoding="utf-8"), str(path))
                run = frozenset(self._lines.get(str(path), ()))
                found.append(FileCoverage(path, lines, run))
        return found

    def _wants(self, filename: str) -> bool:
        wanted = self._wanted.get(filename)
        if wanted is None:
            wanted = any(
                filename == folder or filename.startswith((f"{folder}/", f"{folder}\\"))
                for folder in self._folders
            )
            self._wanted[filename] = wanted
        return wanted

    def _note(self, filename: str, line: int) -> None:
        self._lines.setdefault(filename, set()).add(line)

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002 - so the interpreter calls it
        if not self._wants(frame.f_code.co_filename):
            return None
        self._note(frame.f_code.co_filename, frame.f_lineno)
        return self._trace


def watch(note: Any, wants: Any) -> None:
    """Have each line reported once: after the first time it costs nothing."""
    monitoring: Any = getattr(sys, MONITORING)

    def on_line(code: CodeType, line: int) -> Any:
        if wants(code.co_filename):
            note(code.co_filename, line)
        return monitoring.DISABLE

    tool = monitoring.COVERAGE_ID
    if monitoring.get_tool(tool) is not None:
        tool = monitoring.PROFILER_ID
    monitoring.use_tool_id(tool, "groundup-testing")
    monitoring.register_callback(tool, monitoring.events.LINE, on_line)
    monitoring.set_events(tool, monitoring.events.LINE)
    monitoring.restart_events()


def unwatch() -> None:
    """Have nothing reported any more."""
    monitoring: Any = getattr(sys, MONITORING)
    for tool in (monitoring.COVERAGE_ID, monitoring.PROFILER_ID):
        if monitoring.get_tool(tool) == "groundup-testing":
            monitoring.set_events(tool, 0)
            monitoring.free_tool_id(tool)


def executable_lines(source: str, filename: str = "<source>") -> frozenset[int]:
    r"""Return the lines on which something happens.

    >>> sorted(executable_lines("'''Doc.'''\n\nx = 1\nif x:\n    y = 2\n"))
    [3, 4, 5]
    """
    code = compile(source, filename, "exec", dont_inherit=True)
    found = {line for part in walk_code(code) for *_, line in part.co_lines() if line}
    return frozenset(found - excluded_lines(source) - docstring_lines(source))


def walk_code(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and all inside."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from walk_code(constant)


def excluded_lines(source: str) -> set[int]:
    """Return the lines that a comment leaves out, with the blocks that they open."""
    lines = source.splitlines()
    marked = {number for number, line in enumerate(lines, 1) if EXCLUDED in line}
    found = set(marked)
    for node in ast.walk(ast.parse(source)) if marked else ():
        first = getattr(node, "lineno", 0)
        if isinstance(node, ast.stmt) and first in marked:
            found.update(range(first, (node.end_lineno or first) + 1))
    return found


def docstring_lines(source: str) -> set[int]:
    """Return the lines of docstrings: the interpreter stores them, but nobody runs them."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found: set[int] = {0}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            found.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return found
