"""tests.benchmarks.page: what is committed is what the committed results give."""

from xml.etree import ElementTree as ET

import pytest
from tests.benchmarks import page

FILES = page.render(page.read())
PICTURES = sorted(name for name in FILES if name.endswith(".svg"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", sorted(FILES))
def test_file_is_made_from_the_results(name: str) -> None:
    committed = (page.DOCS / name).read_text("utf-8")

    assert committed == FILES[name], "run: nox -s bench -- --page"


def test_no_picture_is_left_over() -> None:
    there = {path.name for path in (page.DOCS / page.PICTURES).iterdir()}

    assert there == {name.rpartition("/")[2] for name in PICTURES}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_says_what_it_shows(name: str) -> None:
    root = ET.fromstring(FILES[name])

    assert root.tag == f"{SVG}svg"
    assert (root.findtext(f"{SVG}title") or "").strip()
    assert len(root.findtext(f"{SVG}desc") or "") > 20


@pytest.mark.parametrize("name", PICTURES)
def test_picture_fits_into_its_frame(name: str) -> None:
    root = ET.fromstring(FILES[name])
    _, _, width, height = map(float, root.get("viewBox", "").split())

    for box in root.iter(f"{SVG}rect"):
        x, y, wide, high = (float(box.get(key, "")) for key in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width + 0.2
        assert 0 <= y <= y + high <= height
    for words in root.iter(f"{SVG}text"):
        assert 0 <= float(words.get("x", "")) <= width
        assert 0 <= float(words.get("y", "")) <= height


def test_page_shows_every_picture() -> None:
    for name in PICTURES:
        assert f"]({name})" in FILES[page.PAGE]
