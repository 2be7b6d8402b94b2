"""Sessions against a model of dictionaries: any order of work gives what the model says."""

from copy import copy
from itertools import count
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


class Base(Model, abstract=True):
    registry = Registry()


class Parent(Base):
    __tablename__ = "parents"

    id = Column(Integer, primary_key=True)
    name = Column(String(20), unique=True)
    version = Column(Integer, version=True)
    children = Relationship("Child", back_populates="parent")


class Child(Base):
    __tablename__ = "children"

    id = Column(Integer, primary_key=True)
    name = Column(String(20), unique=True)
    parent_id = Column(Integer, ForeignKey("parents.id"))
    parent = Relationship("Parent", back_populates="children")
    tags = Relationship("Tag", secondary="child_tags", back_populates="children")


class Tag(Base):
    __tablename__ = "tags"

    id = Column(Integer, primary_key=True)
    name = Column(String(20), unique=True)
    children = Relationship("Child", secondary="child_tags", back_populates="tags")


class ChildTag(Base):
    __tablename__ = "child_tags"

    child_id = Column(Integer, ForeignKey("children.id"), primary_key=True)
    tag_id = Column(Integer, ForeignKey("tags.id"), primary_key=True)


class Undo(Exception):  # noqa: N818 - not an error
    """Ends a savepoint."""


class World:
    """A session, and what it should hold: names of parents, and the parent of each child."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.numbers = count(1)
        self.parents: dict[str, Any] = {}
        self.children: dict[str, Any] = {}
        self.homes: dict[str, str | None] = {}
        self.tags: dict[str, Any] = {}
        self.pairs: set[tuple[str, str]] = set()  # child and tag
        self.committed = self.remember()

    def remember(self) -> Any:
        mine = self.parents, self.children, self.homes, self.tags, self.pairs
        return tuple(map(copy, mine))

    def restore(self, memory: Any) -> None:
        self.parents, self.children, self.homes, self.tags, self.pairs = map(copy, memory)

    def pick(self, names: Any, number: int) -> str | None:
        ordered = sorted(names)
        return ordered[number % len(ordered)] if ordered else None

    # -- the steps -------------------------------------------------------------------------------

    def add_parent(self, _: int) -> None:
        name = f"p{next(self.numbers)}"
        self.parents[name] = Parent(name=name)
        self.session.add(self.parents[name])

    def add_child(self, number: int) -> None:
        name, home = f"c{next(self.numbers)}", self.pick(self.parents, number)
        child = Child(name=name)
        if home is not None and number % 2:
            self.parents[home].children.append(child)
        elif home is not None:
            child.parent = self.parents[home]
        self.session.add(child)
        self.children[name], self.homes[name] = child, home

    def move(self, number: int) -> None:
        name, home = self.pick(self.children, number), self.pick(self.parents, number // 3)
        if name is None or home is None:
            return
        if number % 2:
            self.parents[home].children.append(self.children[name])
        else:
            self.children[name].parent = self.parents[home]
        self.homes[name] = home

    def free(self, number: int) -> None:
        name = self.pick([name for name, home in self.homes.items() if home is not None], number)
        if name is None:
            return
        if number % 2:
            self.parents[str(self.homes[name])].children.remove(self.children[name])
        else:
            self.children[name].parent = None
        self.homes[name] = None

    def rename(self, number: int) -> None:
        old = self.pick(self.parents, number)
        if old is None:
            return
        new = f"r{next(self.numbers)}"
        self.parents[old].name = new
        self.parents[new] = self.parents.pop(old)
        self.homes = {child: new if home == old else home for child, home in self.homes.items()}

    def delete_parent(self, number: int) -> None:
        name = self.pick(self.parents, number)
        if name is None:
            return
        self.session.delete(self.parents.pop(name))
        freed = {child: None if home == name else home for child, home in self.homes.items()}
        self.session.flush()  # then the children are free
        self.homes = freed

    def delete_child(self, number: int) -> None:
        name = self.pick(self.children, number)
        if name is not None:
            self.session.delete(self.children.pop(name))
            del self.homes[name]
            self.pairs = {pair for pair in self.pairs if pair[0] != name}

    def add_tag(self, number: int) -> None:
        name, child = f"t{next(self.numbers)}", self.pick(self.children, number)
        self.tags[name] = Tag(name=name)
        if child is not None and number % 2:
            self.children[child].tags.append(self.tags[name])
            self.pairs.add((child, name))
        self.session.add(self.tags[name])

    def tag(self, number: int) -> None:
        child, tag = self.pick(self.children, number), self.pick(self.tags, number // 3)
        if child is None or tag is None:
            return
        if number % 2:
            self.tags[tag].children.append(self.children[child])
        else:
            self.children[child].tags.append(self.tags[tag])
        self.pairs.add((child, tag))

    def untag(self, number: int) -> None:
        if not self.pairs:
            return
        child, tag = sorted(self.pairs)[number % len(self.pairs)]
        if number % 2:
            self.tags[tag].children.remove(self.children[child])
        else:
            self.children[child].tags.remove(self.tags[tag])
        self.pairs.remove((child, tag))

    def delete_tag(self, number: int) -> None:
        name = self.pick(self.tags, number)
        if name is not None:
            self.session.delete(self.tags.pop(name))
            self.pairs = {pair for pair in self.pairs if pair[1] != name}

    def flush(self, _: int) -> None:
        self.session.flush()

    def commit(self, _: int) -> None:
        self.session.commit()
        self.committed = self.remember()

    def rollback(self, _: int) -> None:
        self.session.rollback()
        self.restore(self.committed)

    def expire(self, number: int) -> None:
        self.session.flush()
        everything = {**self.parents, **self.children, **self.tags}
        name = self.pick(everything, number)
        if name is not None:
            self.session.expire(everything[name])

    def check(self, _: int) -> None:
        self.session.flush()
        for name, child in self.children.items():
            home = self.homes[name]
            assert child.name == name
            assert child.parent is (None if home is None else self.parents[home])
            tags = {tag for other, tag in self.pairs if other == name}
            assert {tag.name for tag in child.tags} == tags
        for name, tag in self.tags.items():
            tagged = {child for child, other in self.pairs if other == name}
            assert {child.name for child in tag.children} == tagged
        for name, parent in self.parents.items():
            assert parent.name == name
            assert {child.name for child in parent.children} == {
                child for child, home in self.homes.items() if home == name
            }
        assert set(self.session.query(Parent).all()) == set(self.parents.values())
        assert set(self.session.query(Child).all()) == set(self.children.values())

    def savepoint(self, steps: list[Any], *, undo: bool) -> None:
        self.session.flush()
        before = self.remember()
        try:
            with self.session.savepoint():
                for step in steps:
                    self.take(step)
                if undo:
                    raise Undo  # noqa: TRY301 - it is the block that must see it
        except Undo:
            self.restore(before)

    def take(self, step: Any) -> None:
        name, argument = step
        if name in {"kept", "undone"}:
            self.savepoint(argument, undo=name == "undone")
        else:
            getattr(self, name)(argument)


INNER = (
    *("add_parent", "add_child", "add_child", "move", "move", "free", "rename"),
    *("add_tag", "tag", "tag", "untag", "delete_tag"),
    *("delete_parent", "delete_child", "flush", "expire", "check"),
)
inner_steps = st.tuples(st.sampled_from(INNER), st.integers(0, 30))
blocks = st.tuples(st.sampled_from(["kept", "undone"]), st.lists(inner_steps, max_size=5))
steps = st.lists(
    inner_steps | st.tuples(st.sampled_from(["commit", "rollback"]), st.just(0)) | blocks,
    max_size=25,
)


@pytest.fixture
def tables(database: Database) -> Database:
    database.create_all(Parent, Child, Tag, ChildTag)
    return database


@given(steps=steps)
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_order_of_work_gives_what_the_model_says(tables: Database, steps: list[Any]) -> None:
    for table in ("child_tags", "tags", "children", "parents"):
        tables.execute(f"DELETE FROM {table}")
    with Session(tables, warn_after=0) as session:
        world = World(session)
        for step in steps:
            world.take(step)
        world.commit(0)
        world.check(0)
        session.rollback()
        expected = {(name, home) for name, home in world.homes.items()}
        parents, pairs = set(world.parents), world.pairs

    rows = tables.fetch(
        "SELECT c.name, p.name AS home FROM children c LEFT JOIN parents p ON p.id = c.parent_id"
    )
    assert {(row["name"], row["home"]) for row in rows} == expected
    assert {row["name"] for row in tables.fetch("SELECT name FROM parents")} == parents
    rows = tables.fetch(
        "SELECT c.name, t.name AS tag FROM child_tags "
        "JOIN children c ON c.id = child_id JOIN tags t ON t.id = tag_id"
    )
    assert {(row["name"], row["tag"]) for row in rows} == pairs
    assert tables.pool.taken == 0
