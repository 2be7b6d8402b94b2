"""groundup_orm.cascades: what goes with a deleted object, what stays, and what is taken along."""

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
    SessionError,
)
from groundup_orm.cascades import reachable


class Base(Model, abstract=True):
    registry = Registry()


class Parent(Base):
    __tablename__ = "parents"

    id = Column(Integer, primary_key=True)
    free = Relationship("Free", back_populates="parent")
    bound = Relationship("Bound", back_populates="parent")
    owned = Relationship("Owned", back_populates="parent", cascade="delete-orphan")
    left = Relationship("Left", back_populates="parent", cascade="database")


class Free(Base):
    __tablename__ = "free"

    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey("parents.id"))
    parent = Relationship("Parent", back_populates="free")


class Bound(Base):
    __tablename__ = "bound"

    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey("parents.id"), nullable=False)
    parent = Relationship("Parent", back_populates="bound")


class Owned(Base):
    __tablename__ = "owned"

    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey("parents.id"), nullable=False)
    parent = Relationship("Parent", back_populates="owned")
    parts = Relationship("Part", back_populates="owned", cascade="delete")


class Part(Base):
    __tablename__ = "parts"

    id = Column(Integer, primary_key=True)
    owned_id = Column(Integer, ForeignKey("owned.id"), nullable=False)
    owned = Relationship("Owned", back_populates="parts")


class Left(Base):
    __tablename__ = "left_to_database"

    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey("parents.id", ondelete="CASCADE"), nullable=False)
    parent = Relationship("Parent", back_populates="left")


@pytest.fixture(autouse=True)
def tables(database: Database) -> None:
    database.create_all(Parent, Free, Bound, Owned, Part, Left)


def count(database: Database, table: str) -> int:
    found: int = database.fetch(f"SELECT count(*) AS n FROM {table}")["n"]
    return found


def save(session: Session, parent: Parent) -> Parent:
    session.add(parent)
    session.commit()
    return parent


def test_children_are_freed(database: Database, session: Session) -> None:
    parent = save(session, Parent(free=[Free(), Free()]))

    session.delete(parent)
    session.commit()

    assert count(database, "free") == 2
    assert count(database, "parents") == 0


def test_children_that_cannot_be_free_are_named(database: Database, session: Session) -> None:
    parent = save(session, Parent(bound=[Bound()]))
    session.delete(parent)

    with pytest.raises(SessionError, match=r"Bound.parent_id must not be None.*Parent.bound"):
        session.commit()

    assert count(database, "parents") == 1


def test_children_are_deleted_with_theirs(database: Database, session: Session) -> None:
    parent = save(session, Parent(owned=[Owned(parts=[Part(), Part()]), Owned(parts=[Part()])]))

    session.delete(parent)
    session.commit()

    assert count(database, "owned") == count(database, "parts") == count(database, "parents") == 0


def test_children_are_loaded_with_one_query_for_each_relationship(
    database: Database, session: Session
) -> None:
    parents = [Parent(owned=[Owned(parts=[Part()]) for _ in range(5)]) for _ in range(5)]
    session.add_all(parents)
    session.commit()

    with database.record() as runs, Session(database) as other:
        for parent in other.query(Parent).all():
            other.delete(parent)
        other.commit()

    # parents, their free, bound and owned, the parts of those
    assert len([run for run in runs if run.sql.startswith("SELECT")]) == 5
    assert count(database, "parts") == 0


def test_the_database_deletes_what_is_left_to_it(database: Database, session: Session) -> None:
    parent = save(session, Parent(left=[Left()]))

    session.delete(parent)
    session.commit()

    assert count(database, "left_to_database") == 0


def test_orphan_is_deleted(database: Database, session: Session) -> None:
    parent = save(session, Parent(owned=[Owned(parts=[Part()])]))

    parent.owned.clear()
    session.commit()

    assert count(database, "owned") == count(database, "parts") == 0
    assert count(database, "parents") == 1


def test_child_that_moves_is_no_orphan(database: Database, session: Session) -> None:
    child = Owned()
    first, second = save(session, Parent(owned=[child])), save(session, Parent())

    first.owned.remove(child)
    second.owned.append(child)
    session.commit()

    assert child.parent_id == second.id
    assert count(database, "owned") == 1


def test_child_that_was_never_saved_is_forgotten(database: Database, session: Session) -> None:
    parent = save(session, Parent())
    child = Owned()
    parent.owned.append(child)

    parent.owned.remove(child)
    session.commit()

    assert count(database, "owned") == 0
    assert child not in session


def test_deleted_child_leaves_the_loaded_list(session: Session) -> None:
    parent = save(session, Parent(free=[Free(), Free()]))
    gone = parent.free[0]

    session.delete(gone)
    session.flush()

    assert len(parent.free) == 1
    assert gone not in parent.free


def test_reference_from_elsewhere_is_an_integrity_error(
    database: Database, session: Session
) -> None:
    parent = save(session, Parent())
    parent.bound  # noqa: B018 - loaded while it is empty
    database.execute("INSERT INTO bound (parent_id) VALUES (?)", parent.id)
    session.delete(parent)

    with pytest.raises(IntegrityError) as caught:
        session.flush()

    assert caught.value.kind == "foreign key"


def test_all_that_is_reached_is_taken_along() -> None:
    part = Part()
    owned = Owned(parts=[part])
    parent = Parent(owned=[owned])

    assert {id(found) for found in reachable(part)} == {id(part), id(owned), id(parent)}


def test_new_child_of_a_deleted_parent_is_free(database: Database, session: Session) -> None:
    parent = save(session, Parent())
    session.add(Free(parent=parent))
    session.add(Owned(parent=parent))

    session.delete(parent)
    session.commit()

    assert database.fetch("SELECT parent_id FROM free")["parent_id"] is None
    assert count(database, "owned") == 0


def test_child_that_has_moved_does_not_go_with_its_old_parent(
    database: Database, session: Session
) -> None:
    first, second = save(session, Parent(owned=[Owned()], free=[Free()])), save(session, Parent())
    with Session(database, autoflush=False) as other:
        owned, free = other.query(Owned).one(), other.query(Free).one()
        old, new = other.get(Parent, first.id), other.get(Parent, second.id)
        assert old is not None
        owned.parent = new
        free.parent_id = second.id

        other.delete(old)
        other.commit()

    assert database.fetch("SELECT parent_id FROM owned")["parent_id"] == second.id
    assert database.fetch("SELECT parent_id FROM free")["parent_id"] == second.id


def test_new_parent_that_is_not_saved_after_all_frees_its_children(
    database: Database, session: Session
) -> None:
    parent, free, owned = Parent(), Free(), Owned()
    parent.free.append(free)
    parent.owned.append(owned)
    session.add(parent)

    session.delete(parent)
    session.commit()

    assert free.parent is None
    assert owned not in session
    assert count(database, "free") == 1
    assert count(database, "owned") == count(database, "parents") == 0


def test_new_child_that_is_not_saved_after_all_leaves_its_list(session: Session) -> None:
    parent = save(session, Parent())
    child = Free()
    parent.free.append(child)

    session.delete(child)

    assert list(parent.free) == []


def test_child_read_from_a_list_leaves_it_when_it_is_deleted(
    database: Database, session: Session
) -> None:
    save(session, Parent(free=[Free(), Free()]))
    with Session(database) as other:
        parent = other.query(Parent).one()

        other.delete(parent.free[0])  # it has not been asked for its parent

        assert len(parent.free) == 1
        other.rollback()
        assert len(parent.free) == 2


def test_children_of_another_session_are_refused(database: Database, session: Session) -> None:
    parent = save(session, Parent())
    with Session(database) as other:
        child = Free()
        other.add(child)
        with pytest.raises(SessionError, match="another session"):
            parent.free.append(child)
        with pytest.raises(SessionError, match="another session"):
            child.parent = parent
        assert list(parent.free) == []
        assert child.parent is None
        other.rollback()
