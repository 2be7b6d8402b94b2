"""groundup_orm.mapper: how models find each other, and which foreign keys belong together."""

import pytest

from groundup_orm import Column, ForeignKey, Integer, MappingError, Model, Registry, String


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("users.id"))
    editor_id = Column(Integer, ForeignKey("users.id"))
    elsewhere = Column(Integer, ForeignKey("unknown.id"))


def test_two_columns_to_one_key_are_two_references() -> None:
    found = [(reference.key, reference.table) for reference in Post.__mapper__.references]

    assert found == [
        (("author_id",), "users"),
        (("editor_id",), "users"),
        (("elsewhere",), "unknown"),
    ]
    assert [mapper.table for _, mapper in Post.__mapper__.parents()] == ["users", "users"]


def test_columns_to_one_key_of_several_are_one_reference() -> None:
    class Line(Base):
        __tablename__ = "lines"

        id = Column(Integer, primary_key=True)
        x = Column(Integer, ForeignKey("cells.x"))
        y = Column(Integer, ForeignKey("cells.y"))

    (reference,) = Line.__mapper__.references

    assert reference.key == ("x", "y")
    assert reference.targets == ("x", "y")


def test_the_database_numbers_a_lone_integer_key() -> None:
    class Named(Base):
        __tablename__ = "named"

        name = Column(String(5), primary_key=True)

    class Pair(Base):
        __tablename__ = "pairs"

        a = Column(Integer, primary_key=True)
        b = Column(Integer, primary_key=True)

    class Shared(Base):
        __tablename__ = "shared"

        id = Column(Integer, ForeignKey("users.id"), primary_key=True)

    assert User.__mapper__.generated_key is User.id
    for model in (Named, Pair, Shared):
        assert model.__mapper__.generated_key is None


def test_keys_are_values_or_tuples() -> None:
    class Pair(Base):
        __tablename__ = "pairs2"

        a = Column(Integer, primary_key=True)
        b = Column(Integer, primary_key=True)

    assert User.__mapper__.key_of(User(id=7)) == 7
    assert Pair.__mapper__.key_of(Pair(a=1, b=2)) == (1, 2)


def test_one_version_column_at_most() -> None:
    body = {
        "__tablename__": "t",
        "id": Column(Integer, primary_key=True),
        "a": Column(Integer, version=True),
        "b": Column(Integer, version=True),
    }

    with pytest.raises(MappingError, match="at most one version column: Two has 2"):
        type("Two", (Base,), body)


def test_columns_are_found_by_their_names_in_the_database() -> None:
    assert Post.__mapper__.column_named("author_id") is Post.author_id
    with pytest.raises(MappingError, match="table 'posts' has no column 'x'"):
        Post.__mapper__.column_named("x")


def test_a_model_defined_again_takes_the_place_of_the_old_one() -> None:
    registry = Registry()

    def define() -> type[Model]:
        body = {
            "__tablename__": "again",
            "__qualname__": "Again",
            "registry": registry,
            "id": Column(Integer, primary_key=True),
        }
        return type("Again", (Model,), body)

    define()
    newer = define()

    assert [mapper.model for mapper in registry] == [newer]


def test_same_name_in_other_modules_must_be_told_apart() -> None:
    registry = Registry()
    for module in ("one", "two"):
        body = {
            "__tablename__": f"{module}_things",
            "__module__": module,
            "registry": registry,
            "id": Column(Integer, primary_key=True),
        }
        type("Thing", (Model,), body)

    first, second = registry
    assert registry.get_model("Thing", near=first) is first
    assert registry.get_model("Thing", near=second) is second
    with pytest.raises(MappingError, match="in several: one, two"):
        registry.get_model("Thing", near=User.__mapper__)
    with pytest.raises(MappingError, match="refers to 'Nothing', and no model has that name"):
        registry.get_model("Nothing", near=first)


def test_text_names_model_and_table() -> None:
    assert repr(User.__mapper__) == "<Mapper User -> users>"
