"""The shape of each package: landmarks, one direction of imports inside, pages of a human size."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
SOURCES = sorted(ROOT.glob("packages/*/src/**/*.py"))

MAX_MODULE = 330  # lines: what a person reads in one sitting
MAX_FUNCTION = 45  # lines without the docstring


def source_folder(package: Path) -> Path:
    """Return the one import package below ``src``."""
    (folder,) = [path for path in (package / "src").iterdir() if path.is_dir()]
    return folder


def runtime_imports(tree: ast.AST) -> Iterator[str]:
    """Yield the modules imported when the module itself is imported.

    Imports inside functions run later and those below TYPE_CHECKING never, so neither makes a
    circle that anyone could meet.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from runtime_imports(node)


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines the docstring of a function takes."""
    if ast.get_docstring(node) is None:
        return 0
    return (node.body[0].end_lineno or 0) - node.body[0].lineno + 1


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_package_has_its_landmarks(package: Path) -> None:
    folder = source_folder(package)

    assert (folder / "py.typed").is_file()
    assert (package / "README.md").stat().st_size > 500
    assert (package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert not list((package / "tests").glob("__init__.py")), "importlib mode needs none"
    text = (folder / "__init__.py").read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "the package says what it is"
    assert "__all__" in text


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_modules_import_in_one_direction(package: Path) -> None:
    folder = source_folder(package)
    names = {
        ".".join(path.relative_to(folder.parent).with_suffix("").parts): path
        for path in folder.rglob("*.py")
        if path.name != "__init__.py"
    }
    graph = {
        name: {
            target
            for target in runtime_imports(ast.parse(path.read_text(encoding="utf-8")))
            if target in names and target != name
        }
        for name, path in names.items()
    }

    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"modules import each other in a circle: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-2:]))
def test_module_is_one_page_that_introduces_itself(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)

    assert ast.get_docstring(tree), "a module says why it exists"
    assert len(text.splitlines()) <= MAX_MODULE
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node)
            assert length <= MAX_FUNCTION, f"{node.name} has {length} lines"
