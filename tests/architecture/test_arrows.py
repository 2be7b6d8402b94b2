"""Who may import whom: the table of the architecture, held against source and metadata.

An editable workspace hides a missing dependency: every sibling can be imported whether or not it
is declared.  So these tests read the source, and lazy imports and imports for types count too.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

# The one table.  A new arrow needs a decision record in course/decisions/ and a change here.
ARROWS: dict[str, set[str]] = {
    "tcpserver": set(),
    "httpparse": set(),
    "router": set(),
    "templating": set(),
    "sessions": set(),
    "auth": set(),
    "orm": set(),
    "websockets": set(),
    "response": {"httpparse"},
    "forms": {"httpparse"},
    "messages": {"httpparse", "response", "forms"},
    "middleware": {"response"},
    "errors": {"response"},
    "staticfiles": {"httpparse", "response"},
    "asyncserver": {"httpparse", "response", "messages"},
    "compose": {"middleware", "response"},
    "testing": {"asyncserver", "httpparse", "response", "messages", "websockets"},
}
ARROWS["capstone"] = set(ARROWS)

# What a package may import besides the standard library; optional ones stand in an extra.
THIRD_PARTY: dict[str, set[str]] = {
    "sessions": {"redis"},
    "auth": {"bcrypt", "jwt", "segno", "redis"},
    "orm": {"psycopg"},
    "messages": {"orjson"},
    "websockets": {"redis"},
    "compose": {"redis"},
    "asyncserver": {"uvloop"},
    "testing": {"lxml", "cssselect", "pytest"},
    "capstone": {"click", "rich", "watchfiles", "uvloop"},
}


def module_of(package: str) -> str:
    """Return the import name of a package."""
    return "groundup" if package == "capstone" else f"groundup_{package}"


def package_of(module: str) -> str | None:
    """Return the package that an imported module belongs to, or None for a stranger."""
    top = module.partition(".")[0]
    if top == "groundup":
        return "capstone"
    return top.removeprefix("groundup_") if top.startswith("groundup_") else None


@cache
def project(package: str) -> dict[str, Any]:
    """Return the ``[project]`` table of a package."""
    text = (ROOT / "packages" / package / "pyproject.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["project"]
    return table


def imported_names(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that a tree imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant))


@cache
def imports(package: str) -> frozenset[str]:
    """Return every module that the source of a package imports."""
    return frozenset(
        name
        for path in (ROOT / "packages" / package / "src").rglob("*.py")
        for name in imported_names(ast.parse(path.read_text(encoding="utf-8"), str(path)))
    )


def declared(package: str) -> dict[str, str]:
    """Return the siblings that a package requires, each with the version it asks for."""
    found = (
        re.fullmatch(r"groundup-(\w+)==([\w.]+)", line) for line in project(package)["dependencies"]
    )
    return {match[1]: match[2] for match in found if match}


def test_the_table_names_the_packages_that_exist() -> None:
    folders = {path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")}

    assert folders == ARROWS.keys()
    assert len(folders) == 18


def test_the_arrows_make_no_circle() -> None:
    order = list(TopologicalSorter(ARROWS).static_order())

    assert order[-1] == "capstone"


@pytest.mark.parametrize("package", ARROWS)
def test_imports_only_what_the_table_allows(package: str) -> None:
    siblings = {name for module in imports(package) if (name := package_of(module))} - {package}

    assert siblings <= ARROWS[package], f"new arrow from {package}: see the table in this test"


@pytest.mark.parametrize("package", ARROWS)
def test_declares_exactly_the_siblings_of_the_table(package: str) -> None:
    assert declared(package).keys() == ARROWS[package]


@pytest.mark.parametrize("package", ARROWS)
def test_declared_siblings_are_used(package: str) -> None:
    siblings = {name for module in imports(package) if (name := package_of(module))} - {package}

    assert siblings == ARROWS[package], f"{package} declares siblings that it never imports"


@pytest.mark.parametrize("package", ARROWS)
def test_third_party_imports_are_the_table_s(package: str) -> None:
    import sys

    strangers = {
        top
        for module in imports(package)
        if (top := module.partition(".")[0]) not in sys.stdlib_module_names
        and package_of(module) is None
        and top
    }

    assert strangers <= THIRD_PARTY.get(package, set())


@pytest.mark.parametrize("package", ARROWS)
def test_version_is_the_one_of_all(package: str) -> None:
    version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()

    assert project(package)["version"] == version
    assert set(declared(package).values()) <= {version}
    extras: dict[str, list[str]] = project(package).get("optional-dependencies", {})
    for line in (line for lines in extras.values() for line in lines):
        assert not line.startswith("groundup") or line.endswith(f"=={version}")


def test_a_planted_import_is_found() -> None:
    tree = ast.parse("def late():\n    from groundup_router.tree import Node\n    import a.b")

    assert set(imported_names(tree)) == {"groundup_router.tree", "a.b"}
    assert package_of("groundup_router.tree") == "router"
    assert package_of("groundup.config") == "capstone"
    assert package_of("groundupish") is None
