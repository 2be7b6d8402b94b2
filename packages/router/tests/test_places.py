"""groundup_router.places: the line that a conflict names is the one to look at."""

from pathlib import Path
from typing import Any

import pytest

from groundup_router import Router
from groundup_router.places import shorten


def test_the_place_is_the_line_that_calls_add() -> None:
    route = Router().add("/", None)

    file, _, line = route.place.rpartition(":")
    assert Path(file).samefile(__file__)
    assert int(line) == test_the_place_is_the_line_that_calls_add.__code__.co_firstlineno + 1


def test_groups_are_looked_through() -> None:
    route = Router().group("/a").group("/b").add("/c", None)

    assert "test_places.py:" in route.place


def test_a_module_that_adds_for_others_is_looked_through() -> None:
    names: dict[str, Any] = {"__name__": "framework", "__adds_routes__": True}
    exec(
        compile("def get(router):\n    return router.add('/', None)", "framework.py", "exec"), names
    )

    route = names["get"](Router())

    assert "test_places.py:" in route.place


def test_files_are_named_from_where_the_program_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shorten.cache_clear()

    assert shorten(str(tmp_path / "app" / "pages.py")) == str(Path("app") / "pages.py")
    assert shorten("<made>") == "<made>"
    shorten.cache_clear()
