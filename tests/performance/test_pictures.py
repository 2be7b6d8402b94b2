"""tests.benchmarks.svg, charts and flames: pictures that say what the figures say."""

import doctest
import importlib

import pytest
from tests.benchmarks.charts import Bar, Line, draw_bars, draw_lines
from tests.benchmarks.flames import boxes, draw_flames, grow, own_shares
from tests.benchmarks.svg import Picture

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

    assert 'class="peer" x="150" y="29" width="114"' in picture
    assert 'class="ours" x="150" y="51" width="228"' in picture


def test_a_bar_far_longer_than_the_others_is_cut_and_says_so() -> None:
    picture = str(draw_bars("title", "µs", [Bar(str(n), 10, 10, 10) for n in range(4)] + [FAR]))

    assert ">5,000 →</text>" in picture


FAR = Bar("far", 5000, 5000, 5000)


def test_lines_keep_to_the_decades_of_their_values() -> None:
    line = Line("ours", ((1.0, 10.0), (10.0, 1000.0)))

    picture = str(draw_lines("title", "clients", [line]))

    assert 'points="58,244 348,34"' in picture
    assert "ours: 10 at 1, 1,000 at 10." in picture


def test_a_flame_is_as_wide_as_what_it_was_seen_doing() -> None:
    root = grow({"loop;a": 1, "loop;b": 2, "loop": 1})

    found = {flame.name: (flame.count, left, level) for flame, left, level in boxes(root)}

    assert found == {"all": (4, 0, 0), "loop": (4, 0, 1), "a": (1, 0, 2), "b": (2, 1, 2)}


def test_flames_name_what_has_most_time_of_its_own() -> None:
    stacks = {"loop (C);a (x.py)": 3, "loop (C)": 1}

    assert own_shares(stacks) == {"a (x.py)": 0.75, "loop (C)": 0.25}
    assert "a 75%; loop 25%" in str(draw_flames("title", stacks))
