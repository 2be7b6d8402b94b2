"""groundup_testing.discovery: which files, which functions, and under which names."""

import sys
from pathlib import Path

import pytest

from groundup_testing.cases import RunnerError
from groundup_testing.discovery import Discovery


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def write(root: Path, name: str, text: str = "") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_files_are_found_by_their_names(root: Path) -> None:
    for name in (
        *("test_a.py", "deep/er/b_test.py", "tests.py", "test_c.txt", "conftest.py"),
        *(".hidden/test_d.py", "build/test_e.py", "node_modules/test_f.py"),
    ):
        write(root, name)

    found = [path.relative_to(root.resolve()).as_posix() for path, _ in Discovery(root).find([])]

    assert sorted(found) == ["deep/er/b_test.py", "test_a.py"]


def test_a_file_may_have_any_name_when_it_is_named(root: Path) -> None:
    path = write(
        root, "checks.py", "def test_a(): pass\nclass TestB:\n    def test_b(self): pass\n"
    )

    ((found, selection),) = Discovery(root).find(["checks.py::TestB"])

    assert (found, selection) == (path.resolve(), "TestB")
    with pytest.raises(RunnerError, match="must exist, got 'nowhere'"):
        list(Discovery(root).find(["nowhere"]))


def test_tests_are_found_in_the_order_of_the_file(root: Path) -> None:
    path = write(
        root,
        "test_a.py",
        "def test_second(): pass\n"
        "def helper(): pass\n"
        "class TestThings:\n    def test_in(self): pass\n    def other(self): pass\n"
        "class TestMade:\n    def __init__(self): pass\n    def test_no(self): pass\n"
        "class TestNot:\n    __test__ = False\n    def test_no(self): pass\n"
        "test_value = 1\n"
        "def test_last(): pass\n",
    )

    cases = Discovery(root).collect(path)

    assert [case.id for case in cases] == [
        "test_a.py::test_second",
        "test_a.py::TestThings::test_in",
        "test_a.py::test_last",
    ]


def test_names_of_parameters_are_short_and_each_its_own(root: Path) -> None:
    path = write(
        root,
        "test_a.py",
        "from groundup_testing import parametrize\n"
        f"@parametrize('x', [1, 'a[b]', None, {'x' * 50!r}, 'é', object(), int, 1])\n"
        "def test_a(x): pass\n",
    )

    from groundup_testing.standin import pytest_stand_in

    with pytest_stand_in():
        names = [case.name for case in Discovery(root).collect(path)]

    assert names == [
        *("test_a[1]", "test_a[a(b)]", "test_a[None]", f"test_a[{'x' * 40}...]"),
        *("test_a[\\xe9]", "test_a[object5]", "test_a[int]", "test_a[1_1]"),
    ]


def test_files_of_one_name_in_two_folders_are_two(root: Path) -> None:
    one = write(root, "a/test_it.py", "def test_a(): pass\n")
    other = write(root, "b/test_it.py", "def test_b(): pass\n")
    discovery = Discovery(root)

    assert [case.name for path in (one, other) for case in discovery.collect(path)] == [
        "test_a",
        "test_b",
    ]
    assert discovery.load(one) is discovery.load(one)


def test_no_byte_code_is_written(root: Path) -> None:
    path = write(root, "test_a.py", "def test_a(): pass\n")

    Discovery(root).collect(path)

    assert not list(root.rglob("*.pyc"))
