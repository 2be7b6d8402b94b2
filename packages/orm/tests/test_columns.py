"""groundup_orm.columns: SQL on the class, a value on the object."""

from typing import Any

import pytest

from groundup_orm import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    MappingError,
    Model,
    Registry,
    String,
    Unique,
    ValidationError,
)


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String(5), nullable=False)
    tags = Column(String(20), default="none")
    counter = Column(Integer, default=iter(range(100)).__next__)


def test_the_class_gives_the_column_and_the_object_the_value() -> None:
    user = User(name="alice")

    assert str(User.name) == "User.name"
    assert repr(User.name) == "<Column User.name String(5)>"
    assert user.name == "alice"


def test_defaults_are_values_or_made_for_each_object() -> None:
    first, second = User(name="a"), User(name="b", tags="x")

    assert (first.tags, second.tags) == ("none", "x")
    assert second.counter == (first.counter or 0) + 1


def test_a_value_that_was_never_set_is_none() -> None:
    assert User().name is None


def test_check_names_the_attribute() -> None:
    with pytest.raises(ValidationError, match=r"User.name must have at most 5") as caught:
        User.name.check("toolong")
    with pytest.raises(ValidationError, match=r"User\.name must not be None"):
        User.name.check(None)

    assert caught.value.column == "User.name"


@pytest.mark.parametrize("target", ["users", ".id", "users.", ""])
def test_foreign_key_names_table_and_column(target: str) -> None:
    with pytest.raises(MappingError, match=r"'table\.column'"):
        ForeignKey(target)


def test_foreign_key_may_have_dots_in_its_table() -> None:
    key = ForeignKey("schema.users.id")

    assert (key.table, key.column) == ("schema.users", "id")
    assert repr(key) == "ForeignKey('schema.users.id')"


def test_mistakes_are_told_at_once() -> None:
    wrong: Any = str
    with pytest.raises(MappingError, match="must be a ColumnType"):
        Column(wrong)
    constraint: Any = "users.id"
    with pytest.raises(MappingError, match=r"must be a ForeignKey, got 'users\.id'"):
        Column(Integer, constraint)
    with pytest.raises(MappingError, match="at most one foreign key"):
        Column(Integer, ForeignKey("a.b"), ForeignKey("c.d"))
    options: Any = {"uniqe": True}
    with pytest.raises(TypeError, match="no option 'uniqe'"):
        Column(Integer, **options)
    with pytest.raises(MappingError, match=r"shared by all objects: say default=list"):
        Column(JSON, default=[])
    with pytest.raises(MappingError, match="version column must be an Integer"):
        Column(String(5), version=True)
    with pytest.raises(MappingError, match="at least one column"):
        Index()
    with pytest.raises(MappingError, match="at least one column"):
        Unique()
