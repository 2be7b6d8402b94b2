"""groundup_orm.model: a class statement is checked when it ends."""

from typing import Any

import pytest

from groundup_orm import (
    Column,
    Index,
    Integer,
    MappingError,
    Model,
    Registry,
    Relationship,
    String,
)


class Base(Model, abstract=True):
    registry = Registry()


class Stamped(Base, abstract=True):
    created = Column(Integer, default=7)


class User(Stamped):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String(50))
    password = Column(String(50))


class Other(Stamped):
    __tablename__ = "others"

    id = Column(Integer, primary_key=True)


def test_columns_of_abstract_models_are_copied() -> None:
    assert User.created is not Other.created
    assert (User.created.table, Other.created.table) == ("users", "others")
    assert User().created == 7


def test_a_column_can_be_taken_out_again() -> None:
    class Without(Stamped):
        __tablename__ = "without"

        id = Column(Integer, primary_key=True)
        created: Any = None

    assert list(Without.__mapper__.columns) == ["id"]
    assert Without.created is None


def test_a_column_can_be_made_another_one() -> None:
    class Texted(Stamped):
        __tablename__ = "texted"

        id = Column(Integer, primary_key=True)
        created: Any = Column(String(30))

    assert repr(Texted.created.type) == "String(30)"


def test_repr_shows_the_key_and_no_secrets() -> None:
    assert repr(User(id=7, password="hunter2")) == "<User id=7>"


def test_values_as_a_dictionary() -> None:
    user = User(id=1, name="alice")

    assert user.to_dict() == {"created": 7, "id": 1, "name": "alice", "password": None}


def test_unknown_attributes_are_refused() -> None:
    with pytest.raises(TypeError, match="User has no attribute 'nam'"):
        User(nam="alice")


def test_other_attributes_are_just_attributes() -> None:
    user: Any = User()

    user.note = "not a column"

    assert user.note == "not a column"
    del user.note
    with pytest.raises(AttributeError, match="set it to None"):
        del user.name


def test_mistakes_are_told_when_the_class_ends() -> None:
    with pytest.raises(MappingError, match="__tablename__"):
        type("NoTable", (Base,), {"id": Column(Integer, primary_key=True)})
    with pytest.raises(MappingError, match="must have a primary key: NoKey has none"):
        type("NoKey", (Base,), {"__tablename__": "t", "a": Column(Integer)})
    with pytest.raises(MappingError, match="abstract model, not a mapped one"):
        type("Child", (User,), {"__tablename__": "t"})
    abstract = type("Abstract", (Base,), {"r": Relationship("User")}, abstract=True)
    with pytest.raises(MappingError, match="cannot have relationships: 'r'"):
        type("Below", (abstract,), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param((Index("missing"),), "NoColumn.missing, which is no column", id="column"),
        pytest.param(("name",), "takes Index and Unique, got 'name'", id="text"),
    ],
)
def test_table_arguments_are_checked(args: Any, message: str) -> None:
    body = {
        "__tablename__": "t",
        "__table_args__": args,
        "id": Column(Integer, primary_key=True),
    }

    with pytest.raises(MappingError, match=message):
        type("NoColumn", (Base,), body)
