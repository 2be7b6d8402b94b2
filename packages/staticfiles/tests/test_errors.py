"""groundup_staticfiles.errors: mistakes of the program, and answers."""

from groundup_staticfiles import StaticFilesError
from groundup_staticfiles.errors import PathError


def test_both_are_value_errors_and_one_has_a_status() -> None:
    assert issubclass(StaticFilesError, ValueError)
    assert issubclass(PathError, StaticFilesError)
    assert PathError("gone").status == 404
    assert PathError("broken", status=400).status == 400
