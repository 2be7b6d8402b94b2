"""groundup_orm.instance: what an object is before, in and after a session."""

from groundup_orm import (
    Column,
    Database,
    ForeignKey,
    Integer,
    Model,
    Registry,
    Relationship,
    Session,
)
from groundup_orm.instance import ABSENT


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


def test_life_of_an_object(sqlite: Database) -> None:
    sqlite.create_all(User, Post)
    user = User()
    assert (user.__session__, user.__pending__) == (None, False)

    with Session(sqlite) as session:
        session.add(user)
        assert (user.__session__, user.__pending__) == (session, True)
        assert list(user.posts) == []  # asks no database
        session.commit()
        assert (user.__session__, user.__pending__) == (session, False)
        session.expire(user)
        assert user.__expired__
        assert user.id == 1
        session.delete(user)
        session.commit()

    assert (user.__session__, user.__deleted__) == (None, False)


def test_a_loaded_object_carries_nothing_but_its_values(sqlite: Database) -> None:
    sqlite.create_all(User, Post)
    sqlite.execute("INSERT INTO posts DEFAULT VALUES")

    with Session(sqlite) as session:
        post = session.query(Post).one()

        assert set(post.__dict__) == {"id", "author_id", "__session__"}


def test_absent_is_not_none() -> None:
    assert ABSENT is not None
