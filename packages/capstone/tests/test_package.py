"""groundup: names are imported when they are asked for."""

import subprocess
import sys

import pytest

import groundup


def test_every_name_is_there() -> None:
    found: dict[str, object] = {}
    exec("from groundup import *", found)

    assert set(groundup.__all__) <= found.keys()
    assert set(groundup.__all__) <= set(dir(groundup))


def test_a_name_that_is_not_there_is_an_error_that_says_so() -> None:
    with pytest.raises(AttributeError, match="'groundup' has no attribute 'nothing'"):
        _ = groundup.nothing  # type: ignore[attr-defined]  # what is tested


def test_a_site_without_pages_waits_for_no_templates() -> None:
    program = (
        "import sys; from groundup import Application; Application()\n"
        "print([name for name in ('groundup_orm', 'groundup_templating') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
