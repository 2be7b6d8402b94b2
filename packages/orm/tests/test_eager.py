"""groundup_orm.eager: one query for each relationship, whatever the number of objects."""

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
from groundup_orm.eager import BATCH


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    posts = Relationship("Post", back_populates="author", order_by="-rank")
    broken = Relationship("Post", order_by="missing")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    rank = Column(Integer)
    author_id = Column(Integer, ForeignKey("users.id"))
    author = Relationship("User", back_populates="posts")
    tags = Relationship("Tag", secondary="post_tags")


class Tag(Base):
    __tablename__ = "tags"

    id = Column(Integer, primary_key=True)


class PostTag(Base):
    __tablename__ = "post_tags"

    post_id = Column(Integer, ForeignKey("posts.id"), primary_key=True)
    tag_id = Column(Integer, ForeignKey("tags.id"), primary_key=True)


@pytest.fixture(autouse=True)
def rows(database: Database) -> None:
    database.create_all(User, Post, Tag, PostTag)
    tag = Tag()
    with Session(database) as session:
        session.add(User())
        for _ in range(3):
            session.add(User(posts=[Post(rank=rank, tags=[tag]) for rank in range(2)]))
        session.add(Post(rank=9))
        session.commit()


def test_includes_go_on_from_what_was_included(database: Database, session: Session) -> None:
    with database.record() as runs:
        users = session.query(User).include(User.posts, Post.tags).order_by(User.id).all()
        tags = [len(post.tags) for user in users for post in user.posts]

    assert tags == [1] * 6
    assert [post.rank for post in users[1].posts] == [1, 0]
    assert list(users[0].posts) == []
    assert len([run for run in runs if run.sql.startswith("SELECT")]) == 3


def test_includes_of_pairs_start_from_the_objects(session: Session) -> None:
    query = session.query(User, func.count(Post.id)).outer_join(User.posts).group_by(User.id)

    found = query.include(User.posts).order_by(User.id).all()

    assert [(len(user.posts), number) for user, number in found] == [(0, 0), (2, 2), (2, 2), (2, 2)]


def test_objects_without_a_parent_have_none(session: Session) -> None:
    posts = session.query(Post).include(Post.author).order_by(Post.id).all()

    assert posts[-1].author is None
    assert posts[0].author.id == posts[1].author.id


def test_what_is_loaded_is_not_loaded_again(database: Database, session: Session) -> None:
    session.query(User).include(User.posts).all()

    with database.record() as runs:
        session.query(User).include(User.posts).all()

    assert len([run for run in runs if run.sql.startswith("SELECT")]) == 1


def test_many_objects_are_loaded_in_batches(database: Database) -> None:
    with Session(database) as session:
        session.add_all([User() for _ in range(BATCH)])
        session.commit()
    with Session(database) as session, database.record() as runs:
        users = session.query(User).include(User.posts).all()

    assert len(users) == BATCH + 4
    assert len([run for run in runs if run.sql.startswith("SELECT")]) == 3


def test_what_leads_to_it_must_be_included_first(session: Session) -> None:
    with pytest.raises(MappingError, match=r"include\(Post.tags\) needs what leads to it"):
        session.query(User).include(Post.tags).all()


def test_order_must_name_a_column(session: Session) -> None:
    with pytest.raises(MappingError, match=r"ordered by Post.missing, which is no column"):
        session.query(User).include(User.broken).all()
