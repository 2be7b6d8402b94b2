"""groundup_testing.rewrite: assertions that explain themselves, and change nothing else."""

import asyncio
from typing import Any

import pytest

from groundup_testing.rewrite import EXPLAIN, SEE, explain, rewrite, see


def run(source: str, **names: Any) -> dict[str, Any]:
    namespace: dict[str, Any] = {SEE: see, EXPLAIN: explain, **names}
    exec(rewrite(source.encode(), "<test>"), namespace)
    return namespace


def failure(source: str, **names: Any) -> list[str]:
    with pytest.raises(AssertionError) as caught:
        run(source, **names)
    return str(caught.value).splitlines()


class Thing:
    status = 404

    def get(self, name: str) -> str:
        return name.upper()


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("assert thing.status == 200", ["assert thing.status == 200", "  thing.status = 404"]),
        ("assert thing.get('a') == 'B'", ["  thing.get('a') = 'A'"]),
        ("assert not numbers", ["assert not numbers", "  numbers = [1, 2]"]),
        ("assert numbers[0] > 1 or numbers[1] > 2", ["  numbers[0] = 1", "  numbers[1] = 2"]),
        ("assert 5 in numbers", ["  numbers = [1, 2]"]),
        ("assert len(numbers) == 3", ["  len(numbers) = 2"]),
        ("assert numbers[0] + 1 == 5", ["  numbers[0] + 1 = 2"]),
        ("assert 1 < numbers[0] < 3", ["  numbers[0] = 1"]),
        ("assert all(n > 5 for n in numbers)", ["  all(n > 5 for n in numbers) = False"]),
        ("assert isinstance(numbers, dict)", ["  isinstance(numbers, dict) = False"]),
        ('assert "é" == thing.get(  "ö")', ['assert "é" == thing.get( "ö")']),
        ("assert (\n    numbers\n    == 5\n)", ["assert numbers == 5", "  numbers = [1, 2]"]),
        ("assert False, f'said {numbers}'", ["said [1, 2]", "assert False"]),
    ],
)
def test_the_message_shows_what_was_seen(source: str, lines: list[str]) -> None:
    found = failure(source, thing=Thing(), numbers=[1, 2])

    assert found
    for line in lines:
        assert line in found


def test_a_short_circuit_stays_one() -> None:
    asked: list[int] = []

    def ask(number: int) -> bool:
        asked.append(number)
        return number > 1

    run("assert ask(2) or ask(3)", ask=ask)
    found = failure("assert ask(1) and ask(2)", ask=ask)

    assert asked == [2, 1]
    assert "  ask(2) = True" not in found


def test_nothing_is_evaluated_twice() -> None:
    numbers = iter([1, 2, 3])

    found = failure("assert next(numbers) == 2", numbers=numbers)

    assert "  next(numbers) = 1" in found
    assert next(numbers) == 2


def test_scopes_and_names_are_as_before() -> None:
    names = run(
        "def f(x):\n"
        "    assert (y := x + 1) and [x for x in range(y)] and (lambda: x)() == x\n"
        "    return y\n"
        "class Base:\n"
        "    def m(self): return 1\n"
        "class Sub(Base):\n"
        "    def m(self):\n"
        "        assert super().m() == 1\n"
        "        return 2\n"
        "got = f(4), Sub().m()\n"
    )

    assert names["got"] == (5, 2)


def test_async_code_is_as_before() -> None:
    names = run(
        "async def g(): return 3\nasync def f():\n    assert await g() == 3\n    return 'done'\n"
    )

    assert asyncio.run(names["f"]()) == "done"


def test_the_line_is_that_of_the_assertion() -> None:
    with pytest.raises(AssertionError) as caught:
        run("x = 1\n\nassert x == 2\n")

    assert caught.tb.tb_next is not None
    assert caught.tb.tb_next.tb_next is not None
    assert caught.tb.tb_next.tb_next.tb_lineno == 3


@pytest.mark.parametrize(
    ("left", "right", "line"),
    [
        ([1, 2, 3], [1, 5, 3], "  at [1]: 2, not 5"),
        ([1], [1, 2], "  1 items, not 2"),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, "  at ['b']: 2, not 3"),
        ({"a": 1}, {}, "  only left: 'a': 1"),
        ({}, {"a": 1}, "  only right: 'a': 1"),
        ("one\ntwo", "one\n2", "  + two"),
    ],
)
def test_differences_are_named(left: Any, right: Any, line: str) -> None:
    assert line in failure("assert left == right", left=left, right=right)
    assert line in failure(f"assert left == {right!r}", left=left)


def test_long_and_broken_values_do_not_break_the_report() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise OSError("no repr")

    (_, line) = failure("assert not text", text="x" * 10_000)
    assert line.endswith("... (10002 characters)")
    (_, line) = failure("assert not thing", thing=Broken())
    assert "whose repr raises" in line
