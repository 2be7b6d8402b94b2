"""groundup_testing.mocks: what was asked of a stand-in."""

from typing import Any

import pytest

from groundup_testing import AsyncMock, Mock


def test_takes_any_call_and_remembers() -> None:
    mock = Mock()

    mock(1, a=2)
    mock("x")

    assert mock.called
    assert mock.call_count == 2
    assert [str(call) for call in mock.calls] == ["(1, a=2)", "('x')"]
    assert mock.call_args is not None
    assert mock.call_args.args == ("x",)

    mock.reset_mock()

    assert mock.calls == []


def test_has_any_attribute_and_each_stays() -> None:
    mock = Mock(name="db", port=5432)

    mock.connect("here").execute.return_value = [1]

    assert mock.port == 5432
    assert mock.connect("again").execute("SELECT") == [1]
    mock.connect.assert_any_call("here")
    assert repr(mock.connect) == "<Mock db.connect>"


def test_returns_what_it_was_told() -> None:
    mock = Mock(return_value=None)

    assert mock() is None
    mock.return_value = 5
    assert mock() == 5
    assert Mock()() is not None


def test_side_effects() -> None:
    def double(number: int) -> int:
        return number * 2

    assert Mock(side_effect=double)(4) == 8
    with pytest.raises(LookupError, match="none"):
        Mock(side_effect=LookupError("none"))()
    with pytest.raises(KeyError):
        Mock(side_effect=KeyError)()
    several = Mock(side_effect=[1, ValueError("two"), 3])
    assert several() == 1
    with pytest.raises(ValueError, match="two"):
        several()
    assert several() == 3
    with pytest.raises(AssertionError, match="called more often"):
        several()


@pytest.mark.parametrize(
    ("calls", "check", "arguments", "message"),
    [
        ([], "assert_called", (), "must have been called"),
        ([(1,)], "assert_not_called", (), r"must not have been called, got \(1\)"),
        ([], "assert_called_once", (), "once, got 0: no call"),
        ([(1,), (2,)], "assert_called_once", (), r"once, got 2: \(1\), \(2\)"),
        ([(1,)], "assert_called_with", (2,), r"with \(2\), got \(1\)"),
        ([], "assert_called_with", (2,), "must have been called"),
        ([(1,)], "assert_called_once_with", (2,), r"with \(2\), got \(1\)"),
        ([(2,), (2,)], "assert_called_once_with", (2,), "once, got 2"),
        ([(1,)], "assert_any_call", (2,), r"with \(2\), got \(1\)"),
    ],
)
def test_assertions_say_what_came(
    calls: list[Any], check: str, arguments: tuple[Any, ...], message: str
) -> None:
    mock = Mock()
    for call in calls:
        mock(*call)

    with pytest.raises(AssertionError, match=message):
        getattr(mock, check)(*arguments)


def test_assertions_that_hold_say_nothing() -> None:
    mock = Mock()
    mock.assert_not_called()
    mock(1, b=2)

    mock.assert_called()
    mock.assert_called_once()
    mock.assert_called_with(1, b=2)
    mock.assert_called_once_with(1, b=2)
    mock.assert_any_call(1, b=2)


@pytest.mark.parametrize("name", ["assert_called_onec", "assert_foo", "_private", "__fspath__"])
def test_a_misspelled_assertion_is_an_error(name: str) -> None:
    with pytest.raises(AttributeError, match="has no"):
        getattr(Mock(), name)


async def test_async_mocks_are_awaited() -> None:
    async def later(number: int) -> int:
        return number + 1

    mock = AsyncMock(return_value=4)

    assert await mock(1) == 4
    mock.assert_called_once_with(1)
    assert await AsyncMock(side_effect=later)(1) == 2
    assert isinstance(await AsyncMock()(), Mock)
    assert isinstance(AsyncMock().query, AsyncMock)
