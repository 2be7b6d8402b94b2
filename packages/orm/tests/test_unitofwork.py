"""groundup_orm.unitofwork: few statements, in an order that the database accepts."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundup_orm import (
    Column,
    Database,
    ForeignKey,
    Integer,
    Model,
    Registry,
    Relationship,
    Session,
    String,
)
from groundup_orm.unitofwork import parents_first


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String(20))
    posts = Relationship("Post", back_populates="author", cascade="delete")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    title = Column(String(20))
    author_id = Column(Integer, ForeignKey("users.id"), nullable=False)
    author = Relationship("User", back_populates="posts")


class Node(Base):
    __tablename__ = "nodes"

    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey("nodes.id"))
    parent = Relationship("Node", back_populates="children")
    children = Relationship("Node", back_populates="parent", many=True)


@pytest.fixture
def filled(database: Database) -> Database:
    database.create_all(User, Post, Node)
    return database


def test_rows_of_one_shape_are_one_statement(filled: Database) -> None:
    with Session(filled) as session, filled.record() as runs:
        session.add_all(
            [User(name=str(n), posts=[Post(title="a"), Post(title="b")]) for n in range(9)]
        )
        session.commit()

    inserts = [run for run in runs if run.sql.startswith("INSERT")]
    assert [(run.rows, run.sql.split()[2]) for run in inserts] == [(9, '"users"'), (18, '"posts"')]


def test_parents_are_inserted_first_whatever_was_added_first(filled: Database) -> None:
    with Session(filled) as session:
        session.add(Post(title="a", author=User(name="alice")))
        session.commit()

    assert (
        filled.fetch("SELECT name FROM posts JOIN users ON users.id = author_id")["name"] == "alice"
    )


def test_keys_are_those_of_their_rows(filled: Database) -> None:
    with Session(filled) as session:
        users = [User(name=f"user {number}") for number in range(100)]
        session.add_all(users)
        session.commit()

        rows = filled.fetch("SELECT id, name FROM users")

        assert {user.id: user.name for user in users} == {row["id"]: row["name"] for row in rows}


def test_updates_of_one_shape_are_one_statement(filled: Database) -> None:
    with Session(filled) as session:
        users = [User(name="a") for _ in range(5)]
        session.add_all(users)
        session.commit()
        with filled.record() as runs:
            for user in users:
                user.name = "b"
            session.commit()

    assert [run.rows for run in runs if run.sql.startswith("UPDATE")] == [5]


def test_two_rows_may_follow_each_other(filled: Database) -> None:
    with Session(filled) as session:
        first, second = Node(), Node()
        first.parent, second.parent = second, first
        session.add(first)
        session.commit()

        assert (first.parent_id, second.parent_id) == (second.id, first.id)


def test_a_row_may_follow_itself(filled: Database) -> None:
    with Session(filled) as session:
        node = Node()
        node.parent = node
        session.add(node)
        session.commit()

        assert node.parent_id == node.id


def test_parents_come_before_children() -> None:
    nodes: list[Any] = [Node() for _ in range(5)]
    for child, parent in itertools.pairwise(nodes):
        child.parent = parent

    def parents(node: Any) -> list[Any]:
        return [node.parent] if node.parent is not None else []

    ordered = parents_first(Node.__mapper__, nodes, parents)

    assert [nodes.index(node) for node in ordered] == [4, 3, 2, 1, 0]


@given(shape=st.lists(st.integers(0, 8), min_size=1, max_size=9))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_forest_is_saved_changed_and_deleted(filled: Database, shape: list[int]) -> None:
    nodes: list[Any] = [Node() for _ in shape]
    for number, parent in enumerate(shape):
        nodes[number].parent = nodes[parent] if parent < number else None
    with Session(filled) as session:
        session.add_all(reversed(nodes))
        session.commit()
        expected = [nodes[p].id if p < n else None for n, p in enumerate(shape)]
        stored = {row["id"]: row["parent_id"] for row in filled.fetch("SELECT * FROM nodes")}
        assert [stored[node.id] for node in nodes] == expected

        for node in nodes:
            session.delete(node)
        session.commit()

        assert filled.fetch("SELECT * FROM nodes") == []
