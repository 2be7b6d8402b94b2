"""groundup_testing.fixtures: made at first use, kept for a scope, cleaned up in reverse order."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from groundup_testing.cases import RunnerError
from groundup_testing.fixtures import FixtureStore, parameters_of
from groundup_testing.marks import FIXTURE, FixtureMark


def declare(
    function: Any, *, scope: Any = "function", autouse: bool = False, name: str = ""
) -> Any:
    name = name or function.__name__
    setattr(function, FIXTURE, FixtureMark(function, name, scope, autouse))
    return function


def table(*functions: Any) -> dict[str, Any]:
    return {f"{place}": function for place, function in enumerate(functions)}


@pytest.fixture
def store() -> FixtureStore:
    return FixtureStore(asyncio.run)


def test_fixtures_use_fixtures_and_parameters(store: FixtureStore) -> None:
    def user(name: str, role: str) -> str:
        return f"{name} the {role}"

    def name() -> str:
        return "Ada"

    found = store.fill(["user"], {"role": "first"}, [table(declare(user), declare(name))])

    assert found == {"user": "Ada the first"}


def test_values_live_as_long_as_their_scope(store: FixtureStore) -> None:
    made: list[str] = []

    def wide() -> Iterator[int]:
        made.append("wide")
        yield 1
        made.append("wide gone")

    def narrow(wide: int) -> Iterator[int]:
        made.append("narrow")
        yield wide + 1
        made.append("narrow gone")

    source = [table(declare(wide, scope="module"), declare(narrow))]
    for _ in range(2):
        assert store.fill(["narrow", "wide"], {}, source) == {"narrow": 2, "wide": 1}
        assert store.close("function") == []
    assert store.close("module") == []

    assert made == [
        *("wide", "narrow", "narrow gone", "narrow", "narrow gone"),
        "wide gone",
    ]


def test_one_value_for_all_who_ask(store: FixtureStore) -> None:
    def thing() -> object:
        return object()

    def one(thing: object) -> object:
        return thing

    found = store.fill(["one", "thing"], {}, [table(declare(thing), declare(one))])

    assert found["one"] is found["thing"]


async def agree() -> str:
    return "async"


def test_async_fixtures() -> None:
    story: list[str] = []

    async def resource() -> AsyncIterator[str]:
        story.append("open")
        yield "resource"
        story.append("closed")

    with asyncio.Runner() as runner:
        store = FixtureStore(runner.run)
        source = [table(declare(agree), declare(resource))]
        found = store.fill(["agree", "resource"], {}, source)
        assert store.close("session") == []

    assert found == {"agree": "async", "resource": "resource"}
    assert story == ["open", "closed"]


def test_autouse_fixtures_are_made_unasked(store: FixtureStore) -> None:
    made: list[int] = []

    def always() -> None:
        made.append(1)

    store.fill([], {}, [table(declare(always, autouse=True))])

    assert made == [1]


def test_the_nearest_one_wins_and_may_use_the_one_outside(store: FixtureStore) -> None:
    def outer() -> list[str]:
        return ["outer"]

    def inner(thing: list[str]) -> list[str]:
        return [*thing, "inner"]

    sources = [table(declare(inner, name="thing")), table(declare(outer, name="thing"))]

    assert store.fill(["thing"], {}, sources) == {"thing": ["outer", "inner"]}


def test_methods_get_their_object(store: FixtureStore) -> None:
    class Tests:
        def own(self) -> Any:
            return self

    declare(Tests.own)
    instance = Tests()

    assert store.fill(["own"], {}, [Tests], instance) == {"own": instance}


def test_circles_are_refused(store: FixtureStore) -> None:
    def one(two: int) -> None: ...
    def two(one: int) -> None: ...
    def self_made(self_made: int) -> None: ...

    source = [table(declare(one), declare(two), declare(self_made))]

    with pytest.raises(RunnerError, match="in a circle: one -> two -> one"):
        store.fill(["one"], {}, source)
    with pytest.raises(RunnerError, match="in a circle: self_made -> self_made"):
        store.fill(["self_made"], {}, source)


def test_a_wide_fixture_may_not_use_a_narrow_one(store: FixtureStore) -> None:
    def narrow() -> None: ...
    def wide(narrow: None) -> None: ...

    with pytest.raises(RunnerError, match="'wide' of scope session must not use 'narrow' of func"):
        store.fill(["wide"], {}, [table(declare(narrow), declare(wide, scope="session"))])


def test_an_unknown_name_lists_the_known_ones(store: FixtureStore) -> None:
    def known() -> None: ...

    with pytest.raises(RunnerError, match="must be a fixture 'other', got known, row"):
        store.fill(["other"], {"row": 1}, [table(declare(known))])


def test_clean_up_goes_on_after_an_error(store: FixtureStore) -> None:
    story: list[str] = []

    def first() -> Iterator[None]:
        yield
        story.append("first")

    def broken() -> Iterator[None]:
        yield
        raise OSError("clean-up")

    def twice() -> Iterator[None]:
        yield
        yield

    source = [table(declare(first), declare(broken), declare(twice))]
    store.fill(["first", "broken", "twice"], {}, source)

    errors = store.close("function")

    assert [str(error) for error in errors] == ["fixture 'twice' must yield once", "clean-up"]
    assert story == ["first"]


def test_parameters_with_defaults_are_not_asked_for() -> None:
    def test(one: int, *rest: int, two: int, three: int = 3, **more: int) -> None: ...

    assert parameters_of(test) == ["one", "two"]
    assert parameters_of(test, method=True) == ["two"]
