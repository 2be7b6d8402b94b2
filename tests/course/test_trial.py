"""groundup_course.trial and .failure: what was done is recorded, what came is told."""

import asyncio
from typing import Any

import pytest

from groundup_course import Trial
from groundup_course.child import Ended, run_on_runner, trial_call
from groundup_course.failure import Failure, point_at_difference, shorten


def make_trial(seed: int = 0) -> Trial:
    return Trial("m1_x", "The rule.", "RFC 1", seed=seed, file=__file__)


class Part:
    """Something of a learner's."""

    size = 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args = args

    def echo(self, value: Any, *, loud: bool = False) -> Any:
        return value

    def fail(self) -> None:
        raise KeyError("deep")

    def leave(self) -> None:
        raise SystemExit(0)


def test_calls_are_recorded_as_lines_to_paste() -> None:
    t = make_trial()

    part = t.make(Part, 1, named="p")
    other = t.make(Part, part)
    other.echo("a'b", loud=True)
    t.call(len, [1, 2])
    assert part.size == 3

    assert t.lines == [
        "p = Part(1)",
        "part = Part(p)",
        'part.echo("a\'b", loud=True)',
        "len([1, 2])",
        "p.size",
    ]


def test_a_record_ends_after_forty_lines() -> None:
    t = make_trial()
    for number in range(50):
        t.did(str(number))

    assert t.lines[-2:] == ["39", "..."]


def test_an_exception_names_the_call_and_the_line() -> None:
    t = make_trial()

    with pytest.raises(Failure) as caught:
        t.make(Part).fail()

    assert caught.value.kind == "crash"
    assert caught.value.got == "part.fail() raised KeyError: 'deep'"
    assert t.where.startswith("test_trial.py:")
    assert t.where.endswith("in fail")


def test_leaving_the_program_is_a_failure() -> None:
    with pytest.raises(Failure, match="SystemExit"):
        make_trial().make(Part).leave()


@pytest.mark.parametrize(
    ("got", "want"),
    [(1, 1), ("a", "a"), ({"a": [1]}, {"a": [1]}), ((1, "x"), (1, "x")), ({1}, {1}), (None, None)],
)
def test_equal_values_of_one_type_are_the_same(got: object, want: object) -> None:
    make_trial().same(got, want)


class Everything:
    """Says it is equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __len__(self) -> int:
        return 1


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (1, True),
        (1, 1.0),
        ("1", 1),
        (b"a", "a"),
        ([1], (1,)),
        ({"a": 1}, {"a": True}),
        ({"a": 1, "b": 2}, {"a": 1}),
        (Everything(), "x"),
        (Everything(), {"x": 1}),
        ({"x": Everything()}, {"x": 1}),
        (Everything(), [1]),
        (Everything(), None),
        (Everything(), {1}),
    ],
)
def test_what_differs_in_type_or_value_is_not_the_same(got: object, want: object) -> None:
    with pytest.raises(Failure):
        make_trial().same(got, want)


@pytest.mark.parametrize("value", [True, 1, "x"])
def test_what_is_plainly_true_holds(value: object) -> None:
    make_trial().holds(value, "it")


@pytest.mark.parametrize("value", [False, 0, "", None, Everything()])
def test_all_else_does_not_hold(value: object) -> None:
    with pytest.raises(Failure) as caught:
        make_trial().holds(value, "in words", 3)

    assert (caught.value.expected, caught.value.got) == ("in words", "3")


def test_raises_returns_the_exception_of_the_learner() -> None:
    t = make_trial()
    part = t.make(Part)

    assert isinstance(t.raises(KeyError, part.fail), KeyError)
    with pytest.raises(Failure) as caught:
        t.raises(ValueError, part.echo, 3)

    assert (caught.value.expected, caught.value.got) == ("ValueError", "3")
    assert t.lines == ["part = Part()", "part.fail()", "part.echo(3)"]


def test_another_exception_than_the_wanted_one_is_a_failure() -> None:
    part = make_trial().make(Part)

    with pytest.raises(Failure, match="KeyError"):
        make_trial().raises(ValueError, part.fail)


def test_until_waits_for_what_comes_and_not_for_what_does_not() -> None:
    t = make_trial()
    calls = iter((False, False, True))

    t.until(lambda: next(calls), "it comes")
    with pytest.raises(Failure, match="nothing within"):
        t.until(lambda: False, "it comes", seconds=0.02)


def test_folders_and_promises_are_cleaned_up_last_in_first_out() -> None:
    t = make_trial()
    order: list[int] = []
    folder = t.folder()
    t.later(lambda: order.append(1))
    t.later(lambda: order.append(2))

    t.close()

    assert order == [2, 1]
    assert not folder.exists()


def test_a_seed_repeats_random_choices_and_another_does_not() -> None:
    one, again, other = (make_trial(seed).rng.random() for seed in (1, 1, 2))

    assert one == again != other


def test_a_caret_points_at_the_first_difference_of_bytes() -> None:
    shown, caret = point_at_difference(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\n")

    assert shown[caret.index("^") :].startswith("\\r\\n")
    assert caret.endswith("byte 15: expected b'\\n'")


@pytest.mark.parametrize(
    ("got", "want", "end"),
    [("ab", "abc", "character 2: expected 'c'"), ("abc", "ab", "character 2: expected the end")],
)
def test_a_caret_knows_the_ends(got: str, want: str, end: str) -> None:
    assert point_at_difference(got, want)[1].endswith(end)


def test_long_bytes_are_shown_around_the_difference() -> None:
    shown, caret = point_at_difference(b"x" * 5000 + b"!" + b"y" * 5000, b"x" * 5000 + b"?" * 9)

    assert len(shown) < 120
    assert shown[caret.index("^")] == "!"


def test_a_value_whose_repr_raises_can_be_shown() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    assert shorten(Shy(), quote=True) == "<Shy whose repr raises RuntimeError>"
    assert len(shorten("x" * 9999)) < 500


async def m1_waits(part: Any, t: Trial) -> None:
    """It waits."""
    await asyncio.sleep(0)
    t.same(part, 2)


async def m1_leaves_a_task(part: Any, t: Trial) -> None:
    """It leaves a task behind."""
    t.later(asyncio.create_task(asyncio.sleep(60)).get_name)


def m1_ends(part: Any, t: Trial) -> None:
    """It ends the process."""
    raise SystemExit(0)


def test_a_test_may_be_async() -> None:
    t = make_trial()

    assert run_on_runner(trial_call(m1_waits, t), 2, t) is None
    assert isinstance(run_on_runner(trial_call(m1_waits, t), 3, t), Failure)


def test_a_task_that_is_left_behind_is_a_failure() -> None:
    t = make_trial()

    error = run_on_runner(trial_call(m1_leaves_a_task, t), 2, t)

    assert "no task must be left behind" in str(error)


def test_an_end_of_the_process_is_an_error_like_any_other() -> None:
    t = make_trial()

    assert isinstance(run_on_runner(trial_call(m1_ends, t), 2, t), Ended)
