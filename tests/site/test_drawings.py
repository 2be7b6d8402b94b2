"""The pictures: well-formed, named, and every link leads to a page."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from groundup_course.site.drawing import reduce
from groundup_course.site.frame import load_frame
from groundup_course.site.making import pieces
from groundup_course.site.packages import Package, floors, read_packages

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
FILES = dict(pieces(load_frame(), ROOT))
PICTURES = sorted(name for name in FILES if name.endswith(".svg"))


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_well_formed_and_named(name: str) -> None:
    root = ET.fromstring(FILES[name])

    named = [root.find(f"*[@id='{part}']") for part in root.attrib["aria-labelledby"].split()]

    assert all(part is not None and part.text for part in named)
    assert [one.attrib["class"] for one in root.findall(f"{SVG}svg")] == ["wide", "narrow"]


@pytest.mark.parametrize("name", PICTURES)
def test_links_lead_to_pages(name: str) -> None:
    links = re.findall(r'href="(?:\.\./)?([^"#]+)/"', FILES[name])

    assert len(links) >= 36  # eighteen, in two layouts
    for link in links:
        assert (ROOT / f"course/docs/{link}.md").is_file(), link


@pytest.mark.parametrize("name", PICTURES)
def test_boxes_stay_on_their_sheet(name: str) -> None:
    for sheet in ET.fromstring(FILES[name]).findall(f"{SVG}svg"):
        _, _, width, height = map(float, sheet.attrib["viewBox"].split())
        for box in sheet.iter(f"{SVG}rect"):
            x, y, w, h = (float(box.attrib[key]) for key in ("x", "y", "width", "height"))
            assert x >= 0
            assert x + w <= width
            assert y >= 0
            assert y + h <= height


@pytest.mark.parametrize("number", range(1, 19))
def test_one_chapter_is_lit_and_those_before_it_are_filled(number: int) -> None:
    root = ET.fromstring(FILES[f"life-{number:02}.svg"])

    for sheet in root.findall(f"{SVG}svg"):
        states = [group.attrib["class"] for group in sheet.findall(f"{SVG}g")]
        assert states.count("box now") == 1
        assert states.count("box done") == number - 1
        assert len(states) == 18


def test_the_picture_of_the_home_page_lights_nothing() -> None:
    assert "now" not in FILES["life.svg"]
    assert '"01-tcpserver/"' in FILES["life.svg"]


def test_the_house_is_that_of_the_import_table() -> None:
    frame = load_frame()
    house = read_packages(ROOT, frame)

    levels = floors(house)

    assert levels[-1] == ["capstone"]
    assert {"httpparse", "router", "orm"} <= set(levels[0])
    assert sorted(house["capstone"].siblings) == sorted(set(house) - {"capstone"})


def test_only_two_packages_need_anything_from_elsewhere() -> None:
    house = read_packages(ROOT, load_frame())

    needing = {
        name for name, one in house.items() if any("(extra " not in other for other in one.others)
    }

    assert needing == {"auth", "capstone"}


def test_a_floor_is_one_above_the_highest_below() -> None:
    house = {
        "a": Package("a", (), ()),
        "b": Package("b", ("a",), ()),
        "c": Package("c", ("a", "b"), ()),
    }

    assert floors(house) == [["a"], ["b"], ["c"]]


def test_arrows_that_follow_from_others_are_left_out() -> None:
    assert reduce({"a": [], "b": ["a"], "c": ["b", "a"], "d": ["a"]}) == {
        "a": [],
        "b": ["a"],
        "c": ["b"],
        "d": ["a"],
    }
