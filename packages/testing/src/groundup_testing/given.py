"""Fixtures that every test may name: ``tmp_path``, ``monkeypatch``, ``capsys``."""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

from groundup_testing.marks import FIXTURE, FixtureMark

__all__ = ["BUILTINS", "Capture", "MonkeyPatch"]

MISSING: Any = object()


class Captured(NamedTuple):
    """What was printed."""

    out: str
    err: str


class Capture:
    """Takes what is printed, until it is read."""

    def __init__(self) -> None:
        self._out, self._err = io.StringIO(), io.StringIO()
        self._old = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self._out, self._err

    def readouterr(self) -> Captured:
        """Return what was printed since the last call."""
        found = Captured(self._out.getvalue(), self._err.getvalue())
        for stream in (self._out, self._err):
            stream.seek(0)
            stream.truncate()
        return found

    def close(self) -> None:
        """Print to where it was printed before."""
        sys.stdout, sys.stderr = self._old


class MonkeyPatch:
    """Changes attributes, items, the environment and the folder, and changes them back."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], Any]] = []

    def setattr(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute that is there."""
        if not hasattr(owner, name):
            raise AttributeError(f"{owner!r:.60} must have {name!r} to be patched")
        own = cast("dict[str, Any]", vars(owner))
        old = own.get(name, MISSING)
        setattr(owner, name, value)
        if old is MISSING:
            self._undo.append(lambda: delattr(owner, name))
        else:
            self._undo.append(lambda: setattr(owner, name, old))

    def setitem(self, mapping: Any, key: Any, value: Any) -> None:
        """Set an item."""
        old = mapping.get(key, MISSING)
        mapping[key] = value
        if old is MISSING:
            self._undo.append(lambda: mapping.pop(key, None))
        else:
            self._undo.append(lambda: mapping.__setitem__(key, old))

    def setenv(self, name: str, value: str) -> None:
        """Set a variable of the environment."""
        self.setitem(os.environ, name, value)

    def delenv(self, name: str, *, raising: bool = True) -> None:
        """Remove a variable of the environment."""
        if name in os.environ:
            self.setitem(os.environ, name, "")
            del os.environ[name]
        elif raising:
            raise KeyError(name)

    def chdir(self, folder: str | Path) -> None:
        """Work in another folder."""
        old = Path.cwd()
        os.chdir(folder)
        self._undo.append(lambda: os.chdir(old))

    def undo(self) -> None:
        """Change everything back, the last change first."""
        while self._undo:
            self._undo.pop()()


def tmp_path() -> Iterator[Path]:
    """Give a folder of its own, gone after the test."""
    folder = Path(tempfile.mkdtemp(prefix="groundup-test-")).resolve()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def monkeypatch() -> Iterator[MonkeyPatch]:
    """Give something that changes what it is told for one test."""
    patch = MonkeyPatch()
    yield patch
    patch.undo()


def capsys() -> Iterator[Capture]:
    """Give what the test prints."""
    capture = Capture()
    yield capture
    capture.close()


for function in (tmp_path, monkeypatch, capsys):
    setattr(function, FIXTURE, FixtureMark(function, function.__name__))

BUILTINS: dict[str, Any] = {one.__name__: one for one in (tmp_path, monkeypatch, capsys)}
"""The fixtures that need no declaration."""
