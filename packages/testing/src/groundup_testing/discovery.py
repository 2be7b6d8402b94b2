"""Find tests: files, functions and classes by their names, one case for each set of parameters.

test_*.py, *_test.py      conftest.py beside or above them declares fixtures for all below
test_*                    functions
Test*                     classes without __init__, and test_* methods inside
"""

import importlib.util
import inspect
import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from groundup_testing.cases import Case, RunnerError
from groundup_testing.marks import TestMarks, read_marks
from groundup_testing.rewrite import RewritingLoader

__all__ = ["Discovery"]

SKIPPED_FOLDERS = frozenset({"build", "dist", "node_modules", "venv", "__pycache__"})
MAX_ID = 40  # characters that one parameter gives to the name of its test


class Discovery:
    """Finds and imports tests.

    Args:
        root: The folder that names are relative to; conftest.py files up to it count.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._modules: dict[Path, ModuleType] = {}

    def find(self, arguments: Sequence[str]) -> Iterator[tuple[Path, str]]:
        """Yield each file that arguments name, with the selection inside ("" for all).

        Raises:
            RunnerError: A path does not exist.
        """
        for argument in arguments or ["."]:
            name, _, selection = argument.partition("::")
            path = (self._root / name).resolve()
            if path.is_file():
                yield path, selection
            elif path.is_dir():
                yield from ((file, "") for file in sorted(self._walk(path)))
            else:
                raise RunnerError(f"file or folder must exist, got {name!r}")

    def _walk(self, folder: Path) -> Iterator[Path]:
        for path in folder.iterdir():
            if path.is_dir():
                if path.name not in SKIPPED_FOLDERS and not path.name.startswith("."):
                    yield from self._walk(path)
            elif path.suffix == ".py" and (
                path.name.startswith("test_") or path.name.endswith("_test.py")
            ):
                yield path

    def load(self, path: Path) -> ModuleType:
        """Import a file once, with assertions that explain themselves.

        Raises:
            Exception: Whatever the file raises.
        """
        if path not in self._modules:
            # Two folders may each have a test_models.py: the name tells them apart.
            name = "groundup_tests." + ".".join(self.relative(path).with_suffix("").parts)
            spec = importlib.util.spec_from_loader(name, RewritingLoader(name, str(path)))
            if spec is None or spec.loader is None:
                raise RunnerError(f"file must be Python, got {path}")
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            if str(path.parent) not in sys.path:  # what lies beside a test can be imported
                sys.path.append(str(path.parent))
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[name]
                raise
            self._modules[path] = module
        return self._modules[path]

    def relative(self, path: Path) -> Path:
        """Return a path as a person would type it."""
        return path.relative_to(self._root) if path.is_relative_to(self._root) else path

    def absolute(self, path: Path) -> Path:
        """Return where a relative path is."""
        return self._root / path

    def conftests(self, path: Path) -> list[ModuleType]:
        """Return the conftest.py files for a test file, the nearest first."""
        found: list[ModuleType] = []
        for folder in path.parents:
            if (folder / "conftest.py").is_file():
                found.append(self.load(folder / "conftest.py"))
            if folder == self._root:
                break
        return found

    def collect(self, path: Path, selection: str = "") -> list[Case]:
        """Return the tests of a file, in the order in which they are written.

        Raises:
            Exception: Whatever importing the file raises.
            RunnerError: The selection finds nothing.
        """
        self.conftests(path)
        module = self.load(path)
        cases = [
            case
            for owner, function in find_tests(module)
            for case in expand(self.relative(path), module, owner, function)
        ]
        if selection:
            cases = [case for case in cases if is_selected(case, selection)]
            if not cases:
                raise RunnerError(f"{self.relative(path)} must have a test {selection!r}")
        return cases


def is_selected(case: Case, selection: str) -> bool:
    """Whether ``Class::test_x``, ``test_x``, ``test_x[1]`` or ``Class`` names a case."""
    own = case.id.partition("::")[2]
    return own == selection or own.startswith((f"{selection}[", f"{selection}::"))


def find_tests(module: ModuleType) -> Iterator[tuple[type | None, Any]]:
    """Yield the test functions of a module, and those of its classes with the class."""
    for name, value in list(vars(module).items()):
        if getattr(value, "__test__", True) is False:
            continue
        if name.startswith("test_") and inspect.isfunction(value):
            yield None, value
        elif name.startswith("Test") and isinstance(value, type) and "__init__" not in vars(value):
            for method in list(vars(value).values()):
                if inspect.isfunction(method) and method.__name__.startswith("test_"):
                    yield value, method


def expand(path: Path, module: ModuleType, owner: type | None, function: Any) -> Iterator[Case]:
    """Yield one case for each combination of parameters."""
    marks, around = read_marks(function), TestMarks() if owner is None else read_marks(owner)
    joined = TestMarks(
        [*marks.parameters, *around.parameters],
        marks.skip or around.skip,
        marks.xfail or around.xfail,
        marks.names | around.names,
    )
    axes = [
        [
            (dict(zip(names, row, strict=True)), name_row(row, ids, place))
            for place, row in enumerate(rows)
        ]
        for names, rows, ids in joined.parameters
    ]
    seen: dict[str, int] = {}
    for combination in itertools.product(*axes):
        parameters: dict[str, Any] = {}
        for values, _ in combination:
            parameters |= values
        label = "-".join(text for _, text in combination)
        number = seen[label] = seen.get(label, -1) + 1
        label = f"{label}_{number}" if number else label
        name = f"{function.__name__}[{label}]" if combination else function.__name__
        yield Case(path, module, owner, function, name, parameters, joined)


def name_row(row: list[Any], ids: list[str] | None, place: int) -> str:
    """Return the id of a row of parameters."""
    if ids is not None:
        return ids[place]
    return "-".join(name_value(value, place) for value in row)


def name_value(value: Any, place: int) -> str:
    """Return a short text for a value: itself if it is plain, else its place."""
    if isinstance(value, str | int | float | bool | None):
        text = value if isinstance(value, str) else repr(value)
        text = text.encode("unicode_escape").decode().replace("[", "(").replace("]", ")")
        return text if len(text) <= MAX_ID else f"{text[:MAX_ID]}..."
    name = getattr(value, "__name__", None)
    return str(name) if name else f"{type(value).__name__}{place}"
