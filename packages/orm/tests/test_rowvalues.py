"""groundup_orm.rowvalues: what one object has to write."""

from typing import Any

import pytest

from groundup_orm import (
    JSON,
    Column,
    Database,
    Integer,
    Model,
    Registry,
    Session,
    String,
    ValidationError,
)
from groundup_orm.rowvalues import changed_json, insert_values, update_values


class Note(Model):
    __tablename__ = "notes"
    registry = Registry()

    id = Column(Integer, primary_key=True)
    text = Column(String(10))
    state = Column(String(10), server_default="'new'")
    data = Column(JSON)
    edits = Column(Integer, default=0, onupdate=lambda: 7)
    version = Column(Integer, version=True)


@pytest.fixture(autouse=True)
def tables(database: Database) -> None:
    database.create_all(Note)


def test_a_new_row_leaves_to_the_database_what_it_makes() -> None:
    values = insert_values(Note.__mapper__, Note(text="a"))

    assert values == {"text": "a", "data": None, "edits": 0, "version": 1}


def test_a_key_that_was_given_is_written() -> None:
    assert insert_values(Note.__mapper__, Note(id=9))["id"] == 9


def test_changes_inside_json_are_found(database: Database) -> None:
    with Session(database) as session:
        session.add(Note(data={"list": [1]}))
        session.commit()
    with Session(database) as session:
        note: Any = session.query(Note).one()
        assert changed_json(Note.__mapper__, note) == []
        note.data["list"].append(2)
        assert changed_json(Note.__mapper__, note) == ["data"]
        session.commit()
        note.data["list"].append(3)
        session.query(Note.id).all()  # the next transaction does not drop it
        session.commit()
    with Session(database) as session:
        assert session.query(Note.data).one() == {"list": [1, 2, 3]}


def test_json_that_was_only_read_is_not_written(database: Database) -> None:
    with Session(database) as session:
        session.add(Note(data={"b": 1, "a": 1.0}))
        session.commit()
    with Session(database) as session, database.record() as runs:
        assert session.query(Note).one().data == {"a": 1, "b": 1}
        session.commit()

    assert not [run for run in runs if run.sql.startswith("UPDATE")]


def test_updates_make_their_values(database: Database) -> None:
    with Session(database) as session:
        note = Note(text="a")
        session.add(note)
        session.commit()
        note.text = "b"

        assert update_values(Note.__mapper__, note) == {"text": "b", "edits": 7, "version": 2}
        session.rollback()


def test_true_is_not_one(database: Database) -> None:
    with Session(database) as session:
        note: Any = Note(edits=1)
        session.add(note)
        session.commit()
        note.edits = True

        with pytest.raises(ValidationError, match=r"Note.edits must be an integer, got True"):
            session.commit()
