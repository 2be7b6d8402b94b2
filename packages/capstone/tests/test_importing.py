"""groundup.importing: an object by its name on the command line."""

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from groundup.errors import LoadError
from groundup.importing import find_module, find_object, uncollected


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def test_the_current_folder_is_importable(folder: Path) -> None:
    (folder / "here_only.py").write_text("thing = 42\n")

    assert find_object("here_only:thing") == 42


@pytest.mark.parametrize("target", ["json:nothing", "json", "json:"])
def test_a_missing_attribute_is_named(folder: Path, target: str) -> None:
    with pytest.raises(LoadError, match="module 'json' has no"):
        find_object(target)


@pytest.mark.parametrize("target", ["no_such_module:x", "json.no_such:x"])
def test_a_missing_module_says_where_it_was_looked_for(folder: Path, target: str) -> None:
    with pytest.raises(LoadError, match=r"no module .* in .* or among the installed"):
        find_object(target)


def test_what_a_module_fails_to_import_is_not_the_module(folder: Path) -> None:
    (folder / "broken_inside.py").write_text("import no_such_dependency\n")

    with pytest.raises(ModuleNotFoundError, match="no_such_dependency"):
        find_module("broken_inside", "broken_inside:app")


@pytest.mark.parametrize("name", ["", ".relative"])
def test_what_is_no_name_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(LoadError, match="module:attribute"):
        find_module(name, name)


def fail() -> None:
    raise ImportError("no such module")


@pytest.mark.parametrize("act", [fail, int])
def test_nobody_collects_while_much_is_imported_nor_what_was_imported(
    act: Callable[[], object],
) -> None:
    with suppress(ImportError), uncollected():
        assert not gc.isenabled()
        act()
    frozen = gc.get_freeze_count()
    gc.unfreeze()

    assert gc.isenabled()
    assert frozen > 1000
