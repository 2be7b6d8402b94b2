"""groundup_orm.dialects: one interface, and the names of types."""

import pytest

from groundup_orm import DateTime, Integer, String, Text
from groundup_orm.dialects import Dialect
from groundup_orm.postgresql import PostgreSQLDialect
from groundup_orm.sqlite import SQLiteDialect


@pytest.fixture(params=[SQLiteDialect("sqlite://"), PostgreSQLDialect("")], ids=lambda d: d.name)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    found: Dialect = request.param
    return found


def test_every_type_has_a_name(dialect: Dialect) -> None:
    kinds = {"integer", "string", "text", "boolean", "float", "datetime", "json", "binary"}

    assert kinds <= set(dialect.type_names)


def test_lengths_and_time_zones_make_a_difference(dialect: Dialect) -> None:
    assert dialect.type_name(String(5)) == "VARCHAR(5)"
    assert dialect.type_name(String()) == dialect.type_name(Text())
    assert dialect.type_name(DateTime(timezone=False)) == dialect.type_names["naive datetime"]
    assert dialect.type_name(DateTime()) == dialect.type_names["datetime"]


def test_integers_need_no_conversion(dialect: Dialect) -> None:
    assert dialect.binder(Integer()) is None
    assert dialect.loader(Integer()) is None


def test_most_databases_have_no_references_to_suspend() -> None:
    dialect = PostgreSQLDialect("")

    dialect.suspend_foreign_keys(None, off=True)

    assert dialect.find_broken_reference(None) is None
