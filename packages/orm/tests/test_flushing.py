"""groundup_orm.flushing: what was written can be undone in memory too."""

from typing import Any

import pytest

from groundup_orm import (
    Column,
    Database,
    ForeignKey,
    Integer,
    IntegrityError,
    Model,
    Registry,
    Relationship,
    Session,
    String,
    ValidationError,
)


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String(20), unique=True)
    posts = Relationship("Post")  # the posts do not know their author
    tags = Relationship("Tag", secondary="user_tags")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    title = Column(String(5))
    author_id = Column(Integer, ForeignKey("users.id"))


class Tag(Base):
    __tablename__ = "tags"

    id = Column(Integer, primary_key=True)


class UserTag(Base):
    __tablename__ = "user_tags"

    user_id = Column(Integer, ForeignKey("users.id"), primary_key=True)
    tag_id = Column(Integer, ForeignKey("tags.id"), primary_key=True)


@pytest.fixture(autouse=True)
def tables(database: Database) -> None:
    database.create_all(User, Post, Tag, UserTag)
    database.execute("INSERT INTO users (name) VALUES ('taken')")


def test_what_belongs_together_does_so_after_a_second_try(
    database: Database, session: Session
) -> None:
    user = User(name="taken", posts=[Post(title="a")], tags=[Tag()])
    session.add(user)
    with pytest.raises(IntegrityError):
        session.commit()
    user.name = "free"

    session.add(user)
    session.commit()

    assert database.fetch("SELECT author_id FROM posts")["author_id"] == user.id
    assert database.fetch("SELECT user_id FROM user_tags")["user_id"] == user.id


def test_failure_after_a_parent_was_written_does_not_keep_its_key(
    database: Database, session: Session
) -> None:
    post = Post(title="too long a title")
    user = User(name="alice", posts=[post])
    session.add(user)
    with pytest.raises(ValidationError):
        session.commit()
    assert post.author_id is None
    database.execute("INSERT INTO users (name) VALUES ('in between')")
    post.title = "short"

    session.add(user)
    session.commit()

    assert post.author_id == user.id


def test_inner_undoing_leaves_the_outer_part(session: Session) -> None:
    outer, inner = User(name="outer"), User(name="inner")
    session.add(outer)
    session.flush()

    def fail() -> None:
        with session.savepoint():
            session.delete(outer)
            session.add(inner)
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert outer in session
    assert inner not in session
    session.commit()
    assert session.query(User.name).order_by(User.name).all() == ["outer", "taken"]


def test_insert_and_delete_in_one_transaction_undo_to_new(session: Session) -> None:
    user = User(name="alice")
    session.add(user)
    session.flush()
    session.delete(user)
    session.flush()

    session.rollback()

    assert user not in session
    assert user.id is None
    session.add(user)
    session.commit()
    assert session.query(User).count() == 2


def test_keys_that_were_given_are_kept_by_a_rollback(session: Session) -> None:
    user: Any = User(id=77, name="alice")
    session.add(user)
    session.flush()

    session.rollback()

    assert user.id == 77
