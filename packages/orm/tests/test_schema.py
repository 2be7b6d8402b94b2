"""groundup_orm.schema: tables in an order that works, names that cannot break out."""

import threading

import pytest

from groundup_orm import (
    JSON,
    Column,
    Database,
    ForeignKey,
    Index,
    Integer,
    IntegrityError,
    MappingError,
    Model,
    Registry,
    Relationship,
    Session,
    String,
    Unique,
)
from groundup_orm.schema import connected_models, sort_tables, table_statements


def test_parents_come_first() -> None:
    class Base(Model, abstract=True):
        registry = Registry()

    class C(Base):
        __tablename__ = "c"
        id = Column(Integer, primary_key=True)
        b_id = Column(Integer, ForeignKey("b.id"))

    class B(Base):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)
        a_id = Column(Integer, ForeignKey("a.id"))

    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)

    ordered, late = sort_tables([C.__mapper__, B.__mapper__, A.__mapper__])

    assert [mapper.table for mapper in ordered] == ["a", "b", "c"]
    assert late == []


def test_circles_are_made_and_written(database: Database) -> None:
    class Base(Model, abstract=True):
        registry = Registry()

    class Team(Base):
        __tablename__ = "teams"
        id = Column(Integer, primary_key=True)
        captain_id = Column(Integer, ForeignKey("players.id"))
        captain = Relationship("Player", foreign_key="captain_id")
        players = Relationship("Player", foreign_key="team_id", back_populates="team")

    class Player(Base):
        __tablename__ = "players"
        id = Column(Integer, primary_key=True)
        team_id = Column(Integer, ForeignKey("teams.id"), nullable=False)
        team = Relationship("Team", foreign_key="team_id", back_populates="players")

    database.create_all(Team, Player)
    with Session(database) as session:
        player = Player()
        team = Team(players=[player], captain=player)
        session.add(team)
        session.commit()
        session.refresh(team)
        assert team.captain_id == player.id
        assert player.team_id == team.id
    with pytest.raises(IntegrityError):
        database.execute("UPDATE teams SET captain_id = 99")
    database.drop_all(Team, Player)


def test_hostile_names_are_quoted(database: Database) -> None:
    class Odd(Model):
        __tablename__ = 'odd"; DROP TABLE x; --'
        registry = Registry()

        id = Column(Integer, primary_key=True)
        value = Column(String(20), name='va"lue', unique=True, index=True)
        select = Column(Integer, name="select")

    database.create_all(Odd)
    with Session(database) as session:
        session.add(Odd(value="a", select=1))
        session.commit()
        found = session.query(Odd).filter(Odd.value == "a", Odd.select == 1).one()
        found.value = "b"
        session.commit()
        session.delete(found)
        session.commit()
    database.drop_all(Odd)


def test_indexes_and_constraints_over_several_columns(database: Database) -> None:
    class Seat(Model):
        __tablename__ = "seats"
        __table_args__ = (Unique("row", "place"), Index("place", "row"), Index("note", unique=True))
        registry = Registry()

        id = Column(Integer, primary_key=True)
        row = Column(Integer)
        place = Column(Integer)
        note = Column(String(10))

    database.create_all(Seat)
    with Session(database) as session:
        session.add_all([Seat(row=1, place=1), Seat(row=1, place=2)])
        session.commit()
        session.add(Seat(row=1, place=2))
        with pytest.raises(IntegrityError) as caught:
            session.commit()
    assert caught.value.columns == ("row", "place")


def test_defaults_of_the_server_are_loaded(database: Database) -> None:
    class Job(Model):
        __tablename__ = "jobs"
        registry = Registry()

        id = Column(Integer, primary_key=True)
        state = Column(String(10), server_default="'new'")
        data = Column(JSON)

    database.create_all(Job)
    with Session(database) as session:
        job = Job()
        session.add(job)
        session.commit()
        assert job.state == "new"
        session.rollback()


def test_key_of_several_columns(database: Database) -> None:
    class Base(Model, abstract=True):
        registry = Registry()

    class Cell(Base):
        __tablename__ = "cells"
        x = Column(Integer, primary_key=True)
        y = Column(Integer, primary_key=True)
        notes = Relationship("Note", back_populates="cell")

    class Note(Base):
        __tablename__ = "notes"
        id = Column(Integer, primary_key=True)
        x = Column(Integer, ForeignKey("cells.x"))
        y = Column(Integer, ForeignKey("cells.y"))
        cell = Relationship("Cell", back_populates="notes")

    database.create_all(Cell, Note)
    with Session(database) as session:
        session.add_all([Cell(x=1, y=2, notes=[Note()]), Cell(x=1, y=3)])
        session.commit()
    with Session(database) as session:
        cell = session.get(Cell, (1, 2))
        assert cell is not None
        (note,) = session.query(Cell).include(Cell.notes).filter(Cell.y == 2).one().notes
        assert note.cell is cell
        session.delete(note)
        session.delete(cell)
        session.commit()
        assert session.query(Cell.y).all() == [3]


def test_many_may_make_the_same_tables_at_once(database_url: str) -> None:
    class Base(Model, abstract=True):
        registry = Registry()

    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)

    class B(Base):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)
        a_id = Column(Integer, ForeignKey("a.id"), index=True)

    errors: list[BaseException] = []
    barrier = threading.Barrier(5)

    def work() -> None:
        try:
            with Database(database_url, timeout=20) as own:
                own.fetch("SELECT 1")
                barrier.wait(20)
                own.create_all(A, B)
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []


def test_two_models_of_one_table_are_refused() -> None:
    class First(Model):
        __tablename__ = "same"
        registry = Registry()
        id = Column(Integer, primary_key=True)

    class Second(Model):
        __tablename__ = "same"
        registry = Registry()
        id = Column(Integer, primary_key=True)

    with pytest.raises(MappingError, match="has two models"):
        sort_tables([First.__mapper__, Second.__mapper__])


def test_definition_can_be_read(sqlite: Database) -> None:
    class Base(Model, abstract=True):
        registry = Registry()

    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
        name = Column(String(50), unique=True, nullable=False)
        boss_id = Column(Integer, ForeignKey("users.id", ondelete="SET NULL"), index=True)

    assert list(table_statements(User.__mapper__, sqlite.dialect)) == [
        (
            'CREATE TABLE IF NOT EXISTS "users" (\n'
            '  "id" INTEGER PRIMARY KEY AUTOINCREMENT,\n'
            '  "name" VARCHAR(50) NOT NULL,\n'
            '  "boss_id" INTEGER,\n'
            '  CONSTRAINT "uq_users_name" UNIQUE ("name"),\n'
            '  CONSTRAINT "fk_users_boss_id" FOREIGN KEY ("boss_id") REFERENCES "users" ("id") '
            "ON DELETE SET NULL\n)"
        ),
        'CREATE INDEX IF NOT EXISTS "ix_users_boss_id" ON "users" ("boss_id")',
    ]
    assert connected_models(User.__mapper__) == [User.__mapper__]
