"""tests.benchmarks.starting: what is measured is the start, whatever a package calls its names."""

from tests.benchmarks.starting import package_names, time_import


def test_all_names_of_a_package_are_imported_and_timed() -> None:
    assert "groundup_compose" in package_names()

    assert 0 < time_import("groundup_compose", 1) < 60_000  # its names are, among others, `before`
