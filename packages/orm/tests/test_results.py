"""groundup_orm.results: objects, values, or rows of both."""

from datetime import UTC, datetime

import pytest

from groundup_orm import (
    JSON,
    Boolean,
    Column,
    Database,
    DateTime,
    Integer,
    Model,
    Registry,
    Session,
    String,
    func,
)
from groundup_orm.results import row_class


class Event(Model):
    __tablename__ = "events"
    registry = Registry()

    id = Column(Integer, primary_key=True)
    at = Column(DateTime)
    open = Column(Boolean)
    data = Column(JSON)
    name = Column(String(10))
    size = Column(Integer)


NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rows(database: Database) -> None:
    database.create_all(Event)
    with Session(database) as session:
        session.add(Event(at=NOON, open=True, data={"a": 1}, name="x", size=3))
        session.add(Event(size=4))
        session.commit()


def test_values_are_converted_like_attributes(session: Session) -> None:
    query = session.query(Event.at, Event.open, Event.data).order_by(Event.id)

    assert query.all() == [(NOON, True, {"a": 1}), (None, None, None)]


def test_functions_keep_the_type_of_what_they_choose_from(session: Session) -> None:
    assert session.query(func.max(Event.at)).scalar() == NOON
    assert session.query(func.min(Event.at).label("first")).scalar() == NOON


def test_sums_and_means_have_one_type_on_all_databases(session: Session) -> None:
    total, mean = session.query(func.sum(Event.size), func.avg(Event.size)).one()

    assert (total, type(total)) == (7, int)
    assert (mean, type(mean)) == (3.5, float)


def test_objects_and_values_side_by_side(session: Session) -> None:
    found = session.query(Event, Event.size * 2, Event.name).order_by(Event.id).first()

    assert found is not None
    assert isinstance(found.Event, Event)
    assert found[1] == 6
    assert found.name == "x"


def test_names_that_cannot_be_attributes_become_numbers() -> None:
    row = row_class(("class", "a", "a"))(1, 2, 3)

    assert row._fields == ("_0", "a", "_2")
