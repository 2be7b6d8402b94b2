"""groundup_orm.joining: the one foreign key between two tables, or a question."""

import pytest

from groundup_orm import (
    Column,
    Database,
    ForeignKey,
    Integer,
    MappingError,
    Model,
    Registry,
    Relationship,
    Session,
    func,
)
from groundup_orm.joining import single_source


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    tags = Relationship("Tag", secondary="user_tags")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("users.id"))
    editor_id = Column(Integer, ForeignKey("users.id"))


class Tag(Base):
    __tablename__ = "tags"

    id = Column(Integer, primary_key=True)


class UserTag(Base):
    __tablename__ = "user_tags"

    user_id = Column(Integer, ForeignKey("users.id"), primary_key=True)
    tag_id = Column(Integer, ForeignKey("tags.id"), primary_key=True)


@pytest.fixture
def session(sqlite: Database) -> Session:
    sqlite.create_all(User, Post, Tag, UserTag)
    return Session(sqlite)


def test_join_through_a_table_between(session: Session) -> None:
    tags = [Tag(), Tag()]
    session.add(User(tags=tags))
    session.commit()

    query = session.query(Tag.id, User.id)
    found = session.query(User).join(User.tags).filter(Tag.id == tags[0].id).all()

    assert len(found) == 1
    assert query.join(UserTag).join(User, UserTag.user_id == User.id).count() == 2


def test_condition_is_added_to_that_of_the_relationship(session: Session) -> None:
    text = str(session.query(User).outer_join(User.tags, Tag.id > 5))

    assert 'LEFT JOIN "tags" ON "tags"."id" = "user_tags"."tag_id" AND "tags"."id" > ?' in text


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param(Post, "more than one foreign key", id="two"),
        pytest.param(Tag, "there is no foreign key", id="none"),
    ],
)
def test_a_condition_is_asked_for(session: Session, target: type[Model], message: str) -> None:
    with pytest.raises(MappingError, match=f"needs a condition.*{message}"):
        session.query(User).join(target)


def test_only_models_and_relationships_are_joined(session: Session) -> None:
    with pytest.raises(MappingError, match="relationship or a model"):
        session.query(User).join("posts")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong on purpose


def test_the_first_table_is_where_a_query_starts() -> None:
    assert single_source((func.count(Post.id).label("n"),)) == "posts"
    assert single_source((func.now(), User.id)) == "users"
    assert single_source((func.now(),)) is None
