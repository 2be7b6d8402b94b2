"""groundup_orm.explain: the plan of a query, in one form on both databases."""

import pytest

from groundup_orm import Column, Database, Integer, Model, Plan, Registry, Session, String


class Base(Model, abstract=True):
    registry = Registry()


class Word(Base):
    __tablename__ = "words"

    id = Column(Integer, primary_key=True)
    text = Column(String(20), unique=True)
    note = Column(String(20))


@pytest.fixture(autouse=True)
def tables(database: Database) -> None:
    database.create_all(Word)


def test_a_plan_can_be_read(session: Session) -> None:
    plan = session.query(Word).filter(Word.note == "x").explain()

    assert "words" in str(plan)
    assert "SCAN" in str(plan).upper()
    assert plan.sql == str(session.query(Word).filter(Word.note == "x"))


def test_sqlite_says_when_it_uses_an_index(sqlite: Database) -> None:
    sqlite.create_all(Word)
    with Session(sqlite) as session:
        plan = session.query(Word).filter(Word.text == "x").explain()

    assert str(plan).startswith("SEARCH words USING INDEX")


def test_the_query_is_not_run(database: Database, session: Session) -> None:
    with database.record() as runs:
        session.query(Word).explain()

    assert [run.sql for run in runs if run.sql.startswith("SELECT")] == []


def test_steps_are_indented_by_their_depth() -> None:
    assert str(Plan("", ((0, "a"), (1, "b"), (2, "c"), (0, "d")))) == "a\n  b\n    c\nd"


def test_plans_of_postgresql_have_depths(postgresql: Database) -> None:
    postgresql.create_all(Word)
    with Session(postgresql) as session:
        plan = session.query(Word).order_by(Word.note).explain()

    assert [(depth, text.split()[0]) for depth, text in plan.lines] == [
        (0, "Sort"),
        (1, "Sort"),  # its key
        (1, "Seq"),
    ]
