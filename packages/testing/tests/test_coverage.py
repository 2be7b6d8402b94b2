"""groundup_testing.coverage: which lines can run, and which have."""

import sys
import threading
from pathlib import Path
from types import ModuleType

from groundup_testing.coverage import Coverage, FileCoverage, executable_lines

SOURCE = """\
'''A module.'''
import sys

class Thing:
    '''A class.'''

    def method(self):
        if self:
            return 1
        return 2

def excluded():  # pragma: no cover
    return 3
"""


def test_lines_that_can_run() -> None:
    assert executable_lines(SOURCE) == {2, 4, 7, 8, 9, 10}
    assert executable_lines("") == frozenset()


def test_ranges_and_percent() -> None:
    file = FileCoverage(Path("a.py"), frozenset({1, 2, 5, 6, 9}), frozenset({1, 9}))

    assert file.missing == [2, 5, 6]
    assert file.ranges() == "2-6", "nothing that could run lies between"
    assert file.percent == 40
    assert FileCoverage(Path("a.py"), frozenset(), frozenset()).percent == 100


def test_lines_of_all_threads_count_below_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(SOURCE)
    (tmp_path / "other.py").write_text("x = 1\n")
    module = ModuleType("app")
    before = sys.gettrace()

    with Coverage([path]) as coverage:
        exec(compile(path.read_text(), str(path), "exec"), vars(module))
        thread = threading.Thread(target=module.Thing().method)
        thread.start()
        thread.join()
    module.excluded()

    assert sys.gettrace() is before
    (file,) = coverage.report()
    assert file.path == path
    assert file.missing == [10]


def test_a_folder_that_begins_alike_is_another(tmp_path: Path) -> None:
    coverage = Coverage([tmp_path / "app"])

    assert coverage._wants(str(tmp_path / "app" / "a.py"))
    assert not coverage._wants(str(tmp_path / "app2" / "a.py"))
