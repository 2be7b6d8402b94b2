"""groundup.parts: which part is in which slot, and how another gets in."""

from pathlib import Path

import pytest

from groundup import Application
from groundup.errors import LoadError
from groundup.parts import REPLACEABLE, SLOTS, find_parts, load_parts
from groundup_middleware import Pipeline

MODULE = """
class Router:
    def add(self, *a, **k): ...
    def match(self, *a): ...
class Line: ...
templates = object()
"""


@pytest.fixture
def module(folder: Path) -> str:
    (folder / "my_parts.py").write_text(MODULE)
    return "my_parts"


def test_a_class_is_made_and_an_object_is_taken(module: str) -> None:
    parts = load_parts([f"router={module}:Router", f"templates={module}:templates"])

    assert type(parts["router"]).__name__ == "Router"
    assert type(parts["templates"]) is object


def test_the_class_of_a_pipeline_stays_one(module: str) -> None:
    assert isinstance(load_parts([f"pipeline={module}:Line"])["pipeline"], type)


@pytest.mark.parametrize("text", ["router", "wheel=a:b", "=a:b", "auth=a:b", ""])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(
        LoadError, match="a part is SLOT=MODULE:CLASS with a slot of server, parser"
    ):
        load_parts([text])


def test_every_slot_is_found() -> None:
    found = find_parts(Application())

    assert set(found) == set(SLOTS)
    assert found["pipeline"] is Pipeline
    assert found["database"] is None
    assert set(REPLACEABLE) <= set(SLOTS)
