"""groundup_orm.wiring: foreign keys decide, and ask where they cannot."""

from typing import Any

import pytest

from groundup_orm import Column, ForeignKey, Integer, MappingError, Model, Registry, Relationship
from groundup_orm.wiring import Wiring


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    written = Relationship("Post", foreign_key="author_id", back_populates="author")
    ambiguous = Relationship("Post")
    friends = Relationship("User", secondary="friendships", foreign_key="one_id")
    friend_of = Relationship("User", secondary="friendships", foreign_key="other_id")
    lonely = Relationship("Lonely")
    unknown = Relationship("Nobody")
    no_table = Relationship("Post", secondary="nothing")
    wrong_table = Relationship("Post", secondary="lonely")
    wrong_back = Relationship("Post", foreign_key="author_id", back_populates="title")
    one_sided = Relationship("Post", foreign_key="author_id", back_populates="author")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("users.id"))
    editor_id = Column(Integer, ForeignKey("users.id"))
    author = Relationship(User, foreign_key="author_id", back_populates="written")
    title = Column(Integer)


class Friendship(Base):
    __tablename__ = "friendships"

    one_id = Column(Integer, ForeignKey("users.id"), primary_key=True)
    other_id = Column(Integer, ForeignKey("users.id"), primary_key=True)


class Lonely(Base):
    __tablename__ = "lonely"

    id = Column(Integer, primary_key=True)


def names(columns: Any) -> list[str]:
    return [str(column) for column in columns]


def wiring_of(name: str) -> Wiring:
    relationship: Relationship = User.__mapper__.relationships[name]
    return relationship.wiring


def test_the_side_with_the_foreign_key_is_the_one_of_many() -> None:
    wiring = Post.author.wiring

    assert (wiring.direction, wiring.many) == ("many to one", False)
    assert (names(wiring.local), names(wiring.remote)) == (["Post.author_id"], ["User.id"])
    assert wiring.parent is User.__mapper__
    assert wiring.targets_key
    assert wiring.back is User.written


def test_the_other_side_has_many() -> None:
    wiring = User.written.wiring

    assert (wiring.direction, wiring.many) == ("one to many", True)
    assert (names(wiring.local), names(wiring.remote)) == (["User.id"], ["Post.author_id"])
    assert wiring.parent is User.__mapper__


def test_a_table_between_has_two_directions() -> None:
    there, back = User.friends.wiring, User.friend_of.wiring

    assert there.direction == back.direction == "many to many"
    assert (names(there.near), names(there.far)) == (["Friendship.one_id"], ["Friendship.other_id"])
    assert (names(back.near), names(back.far)) == (["Friendship.other_id"], ["Friendship.one_id"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ambiguous", "must say foreign_key=, as there are several: author_id, editor_id"),
        ("lonely", "needs a foreign key between 'users' and 'lonely'"),
        ("unknown", "refers to 'Nobody', and no model has that name"),
        ("no_table", "needs a model of the table 'nothing'"),
        ("wrong_table", "needs 'lonely' to have one foreign key to 'users' and one to 'posts'"),
        ("wrong_back", r"names Post.title, which is no relationship"),
        ("one_sided", r"Post.author must say back_populates='one_sided'"),
    ],
)
def test_what_cannot_be_told_is_asked(name: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        wiring_of(name)


def test_relationship_of_no_model_says_so() -> None:
    with pytest.raises(MappingError, match="must belong to a model"):
        _ = Relationship("User").wiring
