"""groundup_orm.loading: the function that is written for each model."""

from typing import Any

import pytest

from groundup_orm import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Integer,
    MappingError,
    Model,
    Registry,
    Session,
    String,
)
from groundup_orm.instance import Entity
from groundup_orm.loading import loader_for, loader_source
from groundup_orm.postgresql import PostgreSQLDialect
from groundup_orm.sqlite import SQLiteDialect

SQLITE = SQLiteDialect("sqlite://")


class Item(Model):
    __tablename__ = "items"
    registry = Registry()

    id = Column(Integer, primary_key=True)
    name = Column(String(20))
    active = Column(Boolean)
    data = Column(JSON)


def test_rows_become_objects_with_converted_values() -> None:
    home = object()

    (item,) = loader_for(Item.__mapper__, SQLITE)([(1, "a", 1, "[1]")], {}, home)

    assert (item.id, item.name, item.active, item.data) == (1, "a", True, [1])
    assert item.__session__ is home


def test_null_is_none_whatever_the_type() -> None:
    (item,) = loader_for(Item.__mapper__, SQLITE)([(1, None, None, None)], {}, None)

    assert (item.name, item.active, item.data) == (None, None, None)


def test_a_row_that_is_known_is_the_object_that_is_known() -> None:
    load, identity = loader_for(Item.__mapper__, SQLITE), dict[Any, Entity]()
    (first,) = load([(1, "a", 1, None)], identity, None)

    (again,) = load([(1, "changed", 1, None)], identity, None)

    assert again is first
    assert again.name == "a"  # what was read stays, until it is expired


def test_expired_objects_are_filled_but_for_what_was_written() -> None:
    load, identity = loader_for(Item.__mapper__, SQLITE), dict[Any, Entity]()
    (item,) = load([(1, "a", 1, None)], identity, None)
    del item.__dict__["active"]
    item.__dict__["__expired__"] = True

    load([(1, "changed", 0, None)], identity, None)

    assert (item.name, item.active) == ("a", False)
    assert not item.__expired__


def test_columns_that_need_no_conversion_are_not_called() -> None:
    on_sqlite, on_postgresql = (
        loader_source(Item.__mapper__, dialect) for dialect in (SQLITE, PostgreSQLDialect(""))
    )

    assert "c2(a2)" in on_sqlite
    assert "c2(a2)" not in on_postgresql
    assert "c1(a1)" not in on_sqlite


def test_keys_are_what_the_objects_have() -> None:
    class Moment(Model):
        __tablename__ = "moments"
        registry = Registry()

        at = Column(DateTime, primary_key=True)
        place = Column(Integer, primary_key=True)

    assert "key = (c0(a0), a1)" in loader_source(Moment.__mapper__, SQLITE)


def test_loader_is_made_once() -> None:
    assert loader_for(Item.__mapper__, SQLITE) is loader_for(Item.__mapper__, SQLITE)


def test_attribute_names_that_are_no_identifiers_are_refused(session: Session) -> None:
    body = {
        "__tablename__": "odd",
        "registry": Registry(),
        "id": Column(Integer, primary_key=True),
        "x'] = evil() #": Column(Integer),
    }
    odd: Any = type("Odd", (Model,), body)

    with pytest.raises(MappingError, match="must be an identifier"):
        loader_source(odd.__mapper__, SQLITE)
