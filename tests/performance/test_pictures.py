"""tests.benchmarks.svg, charts and flames: pictures that say what the figures say."""

import doctest
import importlib
from xml.etree import ElementTree as ET

import pytest
from tests.benchmarks.charts import LABELS, ROW, VALUES, WIDTH, Bar, Line, draw_bars, draw_lines
from tests.benchmarks.flames import boxes, draw_flames, grow, own_shares
from tests.benchmarks.svg import Picture

SVG = "{http://www.w3.org/2000/svg}"
MODULES = ("svg", "charts", "flames", "sections", "costs", "pace")


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_module_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"tests.benchmarks.{name}"))

    assert found.attempted
    assert not found.failed


def test_words_cannot_become_markup() -> None:
    picture = Picture(10, 10, "<b>", "a & b")
    picture.words(0, 0, "<script>")

    assert "<b>" not in str(picture)
    assert "&lt;script&gt;" in str(picture)


def test_bars_are_as_long_as_their_values() -> None:
    picture = str(draw_bars("title", "µs", [Bar("a", 10, 9, 11), Bar("b", 20, 20, 20, "ours")]))

    assert 'class="peer" x="150" y="45" width="114"' in picture
    assert 'class="ours" x="150" y="69" width="228"' in picture


def test_a_bar_far_longer_than_the_others_is_cut_and_says_so() -> None:
    picture = str(draw_bars("title", "µs", [Bar(str(n), 10, 10, 10) for n in range(4)] + [FAR]))

    assert ">→ 5,000</text>" in picture


@pytest.mark.parametrize(
    "bar",
    [
        pytest.param(Bar("a", 10, 10, 10), id="no-spread"),
        pytest.param(Bar("a", 10, 5, 40), id="wide-spread"),
        pytest.param(Bar("a", 10, 5, 4000), id="spread-beyond-the-picture"),
        pytest.param(Bar("a", 4000, 5, 5000), id="cut"),
    ],
)
def test_nothing_crosses_the_figures(bar: Bar) -> None:
    others = [Bar(str(n), 20, 15, 60, "ours") for n in range(4)]
    root = ET.fromstring(str(draw_bars("title", "µs", [bar, *others])))
    words = [(float(one.get("x", "")), float(one.get("y", ""))) for one in root.iter(f"{SVG}text")]
    figures = [place for place in words if place[0] > LABELS]

    lines = [line.get("points", "").split() for line in root.iter(f"{SVG}polyline")]
    ends = [tuple(map(float, points[-1].split(","))) for points in lines]
    ends += [
        (float(box.get("x", "")) + float(box.get("width", "")), float(box.get("y", "")))
        for box in root.iter(f"{SVG}rect")
    ]

    assert len(figures) == 5
    for right, at in ends:
        assert right <= WIDTH - VALUES
        assert all(right < x for x, y in figures if abs(y - at) < ROW / 2)


def test_a_line_has_its_name_beside_a_piece_of_it() -> None:
    lines = [Line("ours", ((1.0, 10.0), (10.0, 1000.0)), "ours"), Line("theirs", ((1.0, 9.0),))]

    root = ET.fromstring(str(draw_lines("title", "answers", "clients", lines)))

    pieces = [line.get("class") for line in root.iter(f"{SVG}polyline")]
    assert pieces.count("line-ours") == pieces.count("line-peer") == 2


FAR = Bar("far", 5000, 5000, 5000)


def test_lines_keep_to_the_decades_of_their_values() -> None:
    line = Line("ours", ((1.0, 10.0), (10.0, 1000.0)))

    picture = str(draw_lines("title", "answers", "clients", [line]))

    assert 'points="64,262 314,52"' in picture
    assert "ours: 10 at 1, 1,000 at 10." in picture


def test_a_flame_is_as_wide_as_what_it_was_seen_doing() -> None:
    root = grow({"loop;a": 1, "loop;b": 2, "loop": 1})

    found = {flame.name: (flame.count, left, level) for flame, left, level in boxes(root)}

    assert found == {"all": (4, 0, 0), "loop": (4, 0, 1), "a": (1, 0, 2), "b": (2, 1, 2)}


def test_flames_name_what_has_most_time_of_its_own() -> None:
    stacks = {"loop (C);a (x.py)": 3, "loop (C)": 1}

    assert own_shares(stacks) == {"a (x.py)": 0.75, "loop (C)": 0.25}
    assert "a 75%; loop 25%" in str(draw_flames("title", stacks))


def test_the_figures_of_an_axis_stand_inside_the_picture() -> None:
    lines = [Line("ours", ((1.0, 100.0), (1000.0, 100_000.0)), "ours")]

    root = ET.fromstring(str(draw_lines("title", "answers", "clients", lines)))

    axis = [word for word in root.iter(f"{SVG}text") if (word.text or "") == "100,000"]
    assert len(axis) == 1
    assert float(axis[0].get("x", "")) >= 8 * len("100,000")  # it ends there; a digit is 7.5 wide
