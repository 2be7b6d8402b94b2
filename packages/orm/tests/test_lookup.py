"""groundup_orm.lookup: what is missing is loaded once, and only where that can work."""

from datetime import datetime

import pytest

from groundup_orm import (
    Column,
    Database,
    DateTime,
    ForeignKey,
    Integer,
    LazyLoadError,
    Model,
    Registry,
    Relationship,
    Session,
    SessionError,
    String,
    ValidationError,
)
from groundup_orm.lookup import check_key


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String(20))
    posts = Relationship("Post", back_populates="author")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("users.id"))
    author = Relationship("User", back_populates="posts")


class Visit(Base):
    __tablename__ = "visits"

    day = Column(DateTime(timezone=False), primary_key=True)
    place = Column(Integer, primary_key=True)


@pytest.fixture(autouse=True)
def tables(database: Database) -> None:
    database.create_all(User, Post, Visit)


def test_expired_values_are_loaded_together(database: Database, session: Session) -> None:
    user = User(name="alice")
    session.add(user)
    session.commit()
    session.expire(user)

    with database.record() as runs:
        assert (user.name, user.id) == ("alice", 1)

    assert len([run for run in runs if run.sql.startswith("SELECT")]) == 1


def test_parent_is_loaded_once_for_all_children(database: Database, session: Session) -> None:
    session.add(User(posts=[Post(), Post(), Post()]))
    session.commit()
    with Session(database) as other, database.record() as runs:
        authors = {id(post.author) for post in other.query(Post).all()}

    assert len(authors) == 1
    assert len([run for run in runs if run.sql.startswith("SELECT")]) == 2


def test_no_key_means_no_query(database: Database, session: Session) -> None:
    post = Post()
    session.add(post)
    session.commit()
    found = session.query(Post).one()
    session.refresh(found)

    with database.record() as runs:
        assert found.author is None

    assert runs == []


def test_object_whose_row_was_deleted_keeps_what_it_has(session: Session) -> None:
    session.add(User(name="alice"))
    session.flush()
    user = session.query(User).one()

    session.query(User).delete()

    assert user not in session
    assert user.name == "alice"
    session.rollback()


def test_object_whose_row_was_deleted_comes_back_with_it(session: Session) -> None:
    session.add(User(name="alice"))
    session.commit()
    user = session.query(User).one()

    session.query(User).delete()
    session.rollback()

    assert user in session
    assert session.query(User).one() is user
    assert user.name == "alice"


def test_object_that_was_deleted_unread_does_not_pass_for_an_empty_one(session: Session) -> None:
    user = User(name="alice")
    session.add(user)
    session.commit()
    session.expire(user)

    session.query(User).delete()
    session.commit()

    with pytest.raises(LazyLoadError, match=r"User.name must be loaded before"):
        _ = user.name
    with pytest.raises(SessionError, match="must have its values"):
        session.add(user)


def test_deleted_object_cannot_load(session: Session) -> None:
    session.add(User(name="alice"))
    session.commit()
    session.query(Post).all()
    user = session.query(User).one()
    session.delete(user)
    session.flush()
    del user.__dict__["name"]

    with pytest.raises(
        LazyLoadError, match=r"User.name must be loaded before its object is deleted"
    ):
        _ = user.name


@pytest.mark.parametrize("key", [7, (7,), (7, 8, 9), "x"])
def test_keys_of_several_columns_are_tuples(key: object) -> None:
    with pytest.raises(ValidationError, match="key of Visit"):
        check_key(Visit.__mapper__, key)


def test_keys_of_several_columns_are_checked() -> None:
    noon = datetime(2030, 1, 1, 12)  # noqa: DTZ001 - a wall clock's time

    assert check_key(Visit.__mapper__, (noon, 7)) == (noon, 7)
    with pytest.raises(ValidationError, match="key of Visit must be an integer"):
        check_key(Visit.__mapper__, (noon, "7"))


def test_a_tuple_for_one_column_is_refused() -> None:
    with pytest.raises(ValidationError, match="key of User must be an integer"):
        check_key(User.__mapper__, (7,))
