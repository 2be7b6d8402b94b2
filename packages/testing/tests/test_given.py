"""groundup_testing.given: what tests may name without a declaration."""

import os
import sys
from pathlib import Path

import pytest

from groundup_testing.given import Capture, MonkeyPatch, tmp_path


class Thing:
    size = 1


def test_everything_is_changed_back(tmp_path: Path) -> None:
    patch, thing, here = MonkeyPatch(), Thing(), Path.cwd()
    mapping = {"a": 1}
    os.environ["GROUNDUP_TEST_A"] = "old"

    patch.setattr(thing, "size", 2)
    patch.setattr(thing, "size", 3)
    patch.setitem(mapping, "a", 2)
    patch.setitem(mapping, "b", 3)
    patch.setenv("GROUNDUP_TEST_B", "new")
    patch.delenv("GROUNDUP_TEST_A")
    patch.delenv("GROUNDUP_TEST_MISSING", raising=False)
    patch.chdir(tmp_path)
    assert (thing.size, mapping) == (3, {"a": 2, "b": 3})
    assert os.environ["GROUNDUP_TEST_B"] == "new"
    assert "GROUNDUP_TEST_A" not in os.environ
    assert Path.cwd() == tmp_path.resolve()
    patch.undo()

    assert (vars(thing), mapping, Path.cwd()) == ({}, {"a": 1}, here)
    assert os.environ.pop("GROUNDUP_TEST_A") == "old"
    assert "GROUNDUP_TEST_B" not in os.environ


def test_what_is_not_there_is_an_error() -> None:
    patch = MonkeyPatch()

    with pytest.raises(AttributeError, match="must have 'weight'"):
        patch.setattr(Thing(), "weight", 2)
    with pytest.raises(KeyError):
        patch.delenv("GROUNDUP_TEST_MISSING")


def test_what_is_printed_is_taken_and_given_once() -> None:
    before = sys.stdout
    capture = Capture()

    sys.stdout.write("out\n")
    sys.stderr.write("err\n")
    first, second = capture.readouterr(), capture.readouterr()
    capture.close()

    assert (first.out, first.err) == ("out\n", "err\n")
    assert (second.out, second.err) == ("", "")
    assert sys.stdout is before


def test_a_folder_of_its_own_is_gone_afterwards() -> None:
    making = tmp_path()
    folder = next(making)
    (folder / "inner").mkdir()

    assert next(making, None) is None
    assert not folder.exists()
