"""groundup_testing.patching: replaced for a while, and put back on every path."""

import inspect
import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from groundup_testing import AsyncMock, Mock, patch


class Database:
    limit = 10

    def query(self, sql: str) -> str:
        return f"real {sql}"

    async def fetch(self) -> str:
        return "real"


@pytest.fixture
def place() -> Iterator[Any]:
    package, module = ModuleType("patched_app"), ModuleType("patched_app.models")
    vars(module).update(database=Database(), Database=Database, names={"a": 1})
    vars(package).update(models=module, __path__=[])
    sys.modules |= {"patched_app": package, "patched_app.models": module}
    yield module
    del sys.modules["patched_app"], sys.modules["patched_app.models"]


def test_a_block_gets_a_mock(place: Any) -> None:
    with patch("patched_app.models.database.query") as query:
        query.return_value = "mocked"
        assert place.database.query("x") == "mocked"

    assert place.database.query("x") == "real x"
    assert "query" not in vars(place.database), "what was inherited is inherited again"
    query.assert_called_once_with("x")


def test_something_else_may_stand_in(place: Any) -> None:
    with patch("patched_app.models.Database.limit", 5) as given:
        assert (given, place.database.limit) == (5, 5)

    assert place.Database.limit == 10


def test_an_error_in_the_block_puts_it_back(place: Any) -> None:
    with pytest.raises(LookupError), patch("patched_app.models.database"):
        raise LookupError

    assert isinstance(place.database, Database)


async def test_async_functions_get_async_mocks(place: Any) -> None:
    with patch.object(place.database, "fetch") as fetch:
        fetch.return_value = "mocked"
        assert isinstance(fetch, AsyncMock)
        assert await place.database.fetch() == "mocked"


def test_the_lowest_decorator_comes_first_and_fixtures_after(place: Any) -> None:
    @patch("os.getcwd")
    @patch("os.sep", "|")
    @patch("patched_app.models.database")
    def test(database: Mock, getcwd: Mock, fixture: str) -> str:
        assert place.database is database
        assert os.getcwd is getcwd
        assert os.sep == "|"
        return fixture

    assert list(inspect.signature(test).parameters) == ["fixture"]
    assert test(fixture="given") == "given"
    assert test(fixture="again") == "again"
    assert isinstance(place.database, Database)


def test_methods_keep_their_object(place: Any) -> None:
    class Tests:
        @patch("patched_app.models.database")
        def test(self, database: Mock, fixture: int) -> Any:
            return self, database is place.database, fixture

    tests = Tests()

    assert list(inspect.signature(Tests.test).parameters) == ["self", "fixture"]
    assert tests.test(fixture=1) == (tests, True, 1)  # pyright: ignore[reportCallIssue]  # the mock is added


async def test_async_tests_may_be_patched(place: Any) -> None:
    @patch("patched_app.models.database")
    async def test(database: Mock) -> bool:
        return place.database is database

    assert await test()


def test_what_is_not_there_is_an_error(place: Any) -> None:
    with pytest.raises(AttributeError, match="got no 'qeury'"), patch("patched_app.models.qeury"):
        pass
    with pytest.raises(ImportError), patch("patched_app.nowhere.x"):
        pass
    with pytest.raises(TypeError, match=r"must be module\.name"):
        patch("database")
    with pytest.raises(TypeError, match="must take the mock"):

        @patch("os.getcwd")
        def test() -> None: ...


def test_a_name_may_be_new(place: Any) -> None:
    with patch("patched_app.models.extra", 1, create=True):
        assert place.extra == 1

    assert not hasattr(place, "extra")


def test_when_one_patch_fails_the_others_are_undone(place: Any) -> None:
    @patch("patched_app.models.missing")
    @patch("patched_app.models.database")
    def test(*mocks: Mock, more: Any = None, last: Any = None) -> None: ...

    with pytest.raises(AttributeError):
        test()

    assert isinstance(place.database, Database)


def test_mappings_are_changed_and_changed_back(place: Any) -> None:
    with patch.dict(place.names, {"b": 2}) as names:
        assert names == {"a": 1, "b": 2}
    with pytest.raises(KeyError), patch.dict(place.names, {"b": 2}, clear=True):
        place.names["a"] += 1

    assert place.names == {"a": 1}
