"""groundup_testing.marks: words that both runners understand."""

import pytest

from groundup_testing import fail, fixture, mark, parametrize, raises, skip
from groundup_testing.standin import pytest_stand_in


@fixture
def number() -> int:
    return 4


@parametrize("factor, product", [(1, 4), (2, 8)])
def test_under_pytest_they_are_its_own(number: int, factor: int, product: int) -> None:
    assert number * factor == product


@mark.xfail("known", strict=True)
def test_xfail_too() -> None:
    raise AssertionError


@mark.skip("not now")
def test_skip_too() -> None:
    raise AssertionError


def test_skip_inside_too() -> None:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - pytest's own, which is no Exception
        skip("not here")

    assert type(caught.value).__name__ == "Skipped"


def test_raises() -> None:
    with raises(ValueError, match="inv.lid") as caught:
        int("x")
    with raises((KeyError, IndexError)):
        [].pop()

    assert isinstance(caught.value, ValueError)


def test_raises_says_what_came_instead() -> None:
    with (
        pytest.raises(AssertionError, match="ValueError or KeyError must be raised, got nothing"),
        raises((ValueError, KeyError)),
    ):
        pass
    with (
        pytest.raises(AssertionError, match="must match 'x', got 'y'"),
        raises(ValueError, match="x"),
    ):
        raise ValueError("y")
    with pytest.raises(KeyError), raises(IndexError):
        raise KeyError
    with pytest.raises(AssertionError, match="on purpose"):
        fail("on purpose")


def test_rows_must_fit_their_names() -> None:
    with pytest_stand_in():
        with pytest.raises(ValueError, match=r"must have 2 values for \['a', 'b'\], got \[1\]"):
            parametrize("a, b", [(1,)])
        with pytest.raises(ValueError, match="must be 2 ids, got 1"):
            parametrize("a", [1, 2], ids=["one"])
