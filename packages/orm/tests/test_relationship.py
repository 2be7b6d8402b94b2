"""groundup_orm.relationship: both sides agree, in memory and in the database."""

from typing import Any

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
    String,
)


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String(50))
    posts = Relationship("Post", back_populates="author", order_by="title")
    profile = Relationship("Profile", back_populates="user", many=False)


class Profile(Base):
    __tablename__ = "profiles"

    id = Column(Integer, primary_key=True)
    bio = Column(String(50))
    user_id = Column(Integer, ForeignKey("users.id"), unique=True)
    user = Relationship("User", back_populates="profile")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    title = Column(String(200))
    author_id = Column(Integer, ForeignKey("users.id"))
    author = Relationship("User", back_populates="posts")
    tags = Relationship("Tag", secondary="post_tags", back_populates="posts", order_by="name")


class Tag(Base):
    __tablename__ = "tags"

    id = Column(Integer, primary_key=True)
    name = Column(String(30), unique=True)
    posts = Relationship("Post", secondary="post_tags", back_populates="tags")


class PostTag(Base):
    __tablename__ = "post_tags"

    post_id = Column(Integer, ForeignKey("posts.id"), primary_key=True)
    tag_id = Column(Integer, ForeignKey("tags.id"), primary_key=True)


class Node(Base):
    __tablename__ = "nodes"

    id = Column(Integer, primary_key=True)
    name = Column(String(20))
    parent_id = Column(Integer, ForeignKey("nodes.id"))
    parent = Relationship("Node", back_populates="children")
    children = Relationship("Node", back_populates="parent", many=True, order_by="-name")


ALL = (User, Profile, Post, Tag, PostTag, Node)


@pytest.fixture
def tables(database: Database) -> None:
    database.create_all(*ALL)


def titles(posts: Any) -> list[str]:
    return [post.title for post in posts]


# -- in memory, without a database ---------------------------------------------------------------


def test_setting_the_parent_fills_its_list() -> None:
    user, post = User(name="alice"), Post(title="Hello")

    post.author = user

    assert list(user.posts) == [post]


def test_appending_sets_the_parent() -> None:
    user, post = User(name="alice"), Post(title="Hello")

    user.posts.append(post)

    assert post.author is user


def test_moving_a_child_leaves_the_old_list() -> None:
    alice, bob, post = User(), User(), Post()
    alice.posts.append(post)

    bob.posts.append(post)

    assert list(alice.posts) == []
    assert list(bob.posts) == [post]
    assert post.author is bob


def test_setting_none_leaves_the_list() -> None:
    user, post = User(), Post()
    user.posts.append(post)

    post.author = None

    assert list(user.posts) == []


def test_assigning_a_list_replaces_it() -> None:
    first, second, third = Post(), Post(), Post()
    user = User(posts=[first, second])

    user.posts = [second, third]

    assert list(user.posts) == [second, third]
    assert first.author is None
    assert third.author is user


def test_one_to_one_has_one_on_each_side() -> None:
    user, old, new = User(), Profile(), Profile()
    user.profile = old

    new.user = user

    assert user.profile is new
    assert old.user is None


def test_many_to_many_is_seen_from_both_sides() -> None:
    post, tag = Post(), Tag()

    post.tags.append(tag)

    assert list(tag.posts) == [post]
    tag.posts.remove(post)
    assert list(post.tags) == []


def test_a_list_takes_objects_of_its_model_only() -> None:
    with pytest.raises(TypeError, match=r"User.posts takes Post objects, got 'Hello'"):
        User().posts.append("Hello")
    with pytest.raises(TypeError, match="takes Post objects"):
        User(posts=[Tag()])
    with pytest.raises(TypeError, match="takes a list"):
        User(posts=7)
    with pytest.raises(TypeError, match=r"Post.author takes User objects"):
        Post(author=Tag())


def test_unknown_cascade_is_refused() -> None:
    cascade: Any = "everything"

    with pytest.raises(MappingError, match="must be one of"):
        Relationship("Post", cascade=cascade)


# -- in the database -----------------------------------------------------------------------------


@pytest.mark.usefixtures("tables")
def test_parent_and_children_are_saved_together(database: Database, session: Session) -> None:
    session.add(User(name="alice", posts=[Post(title="b"), Post(title="a")]))
    session.commit()

    with Session(database) as other:
        user = other.query(User).one()
        assert titles(user.posts) == ["a", "b"]
        assert user.posts[0].author is user


@pytest.mark.usefixtures("tables")
def test_what_is_put_into_a_stored_object_is_saved(database: Database, session: Session) -> None:
    user = User(name="alice")
    session.add(user)
    session.commit()

    user.posts.append(Post(title="Hello"))
    session.commit()
    post = session.query(Post).one()
    post.author = User(name="bob")
    session.commit()

    rows = database.fetch("SELECT name FROM users JOIN posts ON users.id = author_id")
    assert rows["name"] == "bob"


@pytest.mark.usefixtures("tables")
def test_foreign_key_set_by_hand_wins(session: Session) -> None:
    alice, bob = User(name="alice"), User(name="bob")
    post = Post(title="Hello", author=alice)
    session.add_all([alice, bob, post])
    session.commit()

    post.author_id = bob.id
    session.commit()

    assert post.author is bob
    session.refresh(alice)
    assert titles(alice.posts) == []


@pytest.mark.usefixtures("tables")
def test_removed_child_loses_its_parent(database: Database, session: Session) -> None:
    user = User(name="alice", posts=[Post(title="Hello")])
    session.add(user)
    session.commit()

    del user.posts[0]
    session.commit()

    assert database.fetch("SELECT author_id FROM posts")["author_id"] is None


@pytest.mark.usefixtures("tables")
def test_pairs_are_written_and_removed(database: Database, session: Session) -> None:
    post = Post(title="Hello", tags=[Tag(name="a"), Tag(name="b")])
    session.add(post)
    session.commit()
    assert len(database.fetch("SELECT * FROM post_tags")) == 2

    del post.tags[0]
    post.tags.append(Tag(name="c"))
    session.commit()

    session.refresh(post)
    assert [tag.name for tag in post.tags] == ["b", "c"]
    assert len(database.fetch("SELECT * FROM post_tags")) == 2


@pytest.mark.usefixtures("tables")
def test_pair_that_comes_and_goes_is_never_written(database: Database, session: Session) -> None:
    post, tag = Post(title="Hello"), Tag(name="a")
    session.add_all([post, tag])
    session.commit()
    assert not post.tags
    assert not tag.posts  # loaded: no query sends the pair in between

    post.tags.append(tag)
    tag.posts.remove(post)
    with database.record() as runs:
        session.commit()

    assert not [run for run in runs if "post_tags" in run.sql and "SELECT" not in run.sql]


@pytest.mark.usefixtures("tables")
def test_deleting_one_end_removes_its_pairs(database: Database, session: Session) -> None:
    post = Post(title="Hello", tags=[Tag(name="a")])
    session.add(post)
    session.commit()

    session.delete(post)
    session.commit()

    assert database.fetch("SELECT * FROM post_tags") == []
    assert len(database.fetch("SELECT * FROM tags")) == 1


@pytest.mark.usefixtures("tables")
def test_deleted_end_leaves_the_lists_of_the_others(database: Database, session: Session) -> None:
    session.add(Post(title="Hello", tags=[Tag(name="a"), Tag(name="b")]))
    session.commit()
    with Session(database) as other:
        post = other.query(Post).one()
        gone = post.tags[0]

        other.delete(gone)
        other.flush()

        assert [tag.name for tag in post.tags] == ["b"]
        other.rollback()
        assert len(post.tags) == 2


@pytest.mark.usefixtures("tables")
def test_tree_is_saved_and_loaded(database: Database, session: Session) -> None:
    root = Node(name="root", children=[Node(name="a"), Node(name="b", children=[Node(name="c")])])
    session.add(root)
    session.commit()

    with Session(database) as other:
        found = other.query(Node).filter(Node.name == "root").one()
        assert [child.name for child in found.children] == ["b", "a"]
        assert found.children[0].children[0].parent.parent is found
        assert found.parent is None


@pytest.mark.usefixtures("tables")
def test_tree_is_deleted_from_its_leaves(database: Database, session: Session) -> None:
    root = Node(name="root", children=[Node(name="a", children=[Node(name="b")])])
    session.add(root)
    session.commit()

    for node in session.query(Node).all():
        session.delete(node)
    session.commit()

    assert database.fetch("SELECT * FROM nodes") == []


@pytest.mark.usefixtures("tables")
def test_parent_that_is_loaded_already_costs_no_query(database: Database, session: Session) -> None:
    session.add(User(name="alice", posts=[Post(title="Hello")]))
    session.commit()
    with Session(database) as other:
        user = other.query(User).one()
        post = other.query(Post).one()

        with database.record() as runs:
            assert post.author is user

        assert runs == []


@pytest.mark.usefixtures("tables")
def test_related_rows_can_be_a_condition(session: Session) -> None:
    session.add(User(name="alice", posts=[Post(title="Hello")]))
    session.add(User(name="bob"))
    session.flush()

    found = session.query(User).filter(User.posts.any(Post.title == "Hello")).all()
    others = session.query(User).filter(~User.posts.any()).all()

    assert [user.name for user in found] == ["alice"]
    assert [user.name for user in others] == ["bob"]


def test_related_rows_of_the_same_table_are_refused() -> None:
    with pytest.raises(MappingError, match="two tables"):
        Node.children.any()


def test_text_names_model_and_attribute() -> None:
    assert str(User.posts) == "User.posts"
    assert repr(User.posts) == "<Relationship posts -> Post>"
