"""groundup_orm.nplusone: the line that loads one by one is named."""

import inspect
import warnings

import pytest

from groundup_orm import (
    Column,
    Database,
    ForeignKey,
    Integer,
    Model,
    NPlusOneWarning,
    Registry,
    Relationship,
    Session,
)


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    posts = Relationship("Post", back_populates="author")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("users.id"))
    author = Relationship("User", back_populates="posts")


@pytest.fixture(autouse=True)
def rows(sqlite: Database) -> None:
    sqlite.create_all(User, Post)
    with Session(sqlite) as session:
        session.add_all([User(posts=[Post()]) for _ in range(10)])
        session.commit()


def read_all(session: Session) -> None:
    for user in session.query(User).all():
        _ = user.posts


def test_the_line_is_named(sqlite: Database) -> None:
    line = inspect.getsourcelines(read_all)[1] + 2

    with Session(sqlite) as session, pytest.warns(NPlusOneWarning) as caught:
        read_all(session)

    (warning,) = caught
    assert warning.filename == __file__
    assert warning.lineno == line
    assert "User.posts was loaded 10 times one by one" in str(warning.message)
    assert f"{__file__}:{line}: add .include(User.posts)" in str(warning.message)


def test_fewer_are_fine(sqlite: Database) -> None:
    with warnings.catch_warnings(), Session(sqlite) as session:
        warnings.simplefilter("error")
        for user in session.query(User).limit(9).all():
            _ = user.posts


def test_included_relationships_are_fine(sqlite: Database) -> None:
    with warnings.catch_warnings(), Session(sqlite) as session:
        warnings.simplefilter("error")
        for user in session.query(User).include(User.posts).all():
            _ = user.posts


def test_what_needs_no_query_does_not_count(sqlite: Database) -> None:
    with warnings.catch_warnings(), Session(sqlite) as session:
        warnings.simplefilter("error")
        users = session.query(User).all()
        authors = [post.author for post in session.query(Post).order_by(Post.id).all()]

        assert authors == users


def test_the_number_can_be_chosen(sqlite: Database) -> None:
    with Session(sqlite, warn_after=3) as session, pytest.warns(NPlusOneWarning, match="3 times"):
        read_all(session)
    with warnings.catch_warnings(), Session(sqlite, warn_after=0) as session:
        warnings.simplefilter("error")
        read_all(session)
