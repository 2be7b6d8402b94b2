"""groundup_orm.database: addresses, plain SQL in both faces, and the default."""

import asyncio
import gc
import weakref
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundup_orm import (
    Column,
    Database,
    Integer,
    MappingError,
    Model,
    OperationalError,
    ProgrammingError,
    Registry,
    Session,
    String,
    default_database,
    set_default_database,
)


class Base(Model, abstract=True):
    registry = Registry()


class Item(Base):
    __tablename__ = "items"

    id = Column(Integer, primary_key=True)
    name = Column(String(20))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("mysql://host/name", "sqlite: or postgresql:, got 'mysql'", id="scheme"),
        pytest.param("data.db", "sqlite: or postgresql:", id="path"),
        pytest.param("", "sqlite: or postgresql:", id="empty"),
        pytest.param("sqlite://data.db", "sqlite:///path", id="two-slashes"),
        pytest.param("sqlite:///a.db?mode=ro", "sqlite:///path", id="query"),
    ],
)
def test_addresses_that_mean_nothing_are_refused(url: str, message: str) -> None:
    with pytest.raises(OperationalError, match=message):
        Database(url)


def test_folder_of_the_file_must_exist(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/missing/data.db")

    with pytest.raises(OperationalError, match="folder of the database must exist"):
        database.fetch("SELECT 1")
    database.close()


def test_unreachable_server_is_named_without_its_password() -> None:
    database = Database("postgresql://user:s3cret@127.0.0.1:1/name", timeout=2)

    with pytest.raises(OperationalError, match=r"cannot open postgresql://user:\*\*\*@") as caught:
        database.fetch("SELECT 1")

    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(database)
    database.close()


def test_rows_are_dictionaries(database: Database) -> None:
    rows = database.fetch("SELECT ? AS word, 2 AS number", "a")

    assert rows == [{"word": "a", "number": 2}]
    assert database.fetch_one("SELECT 1 AS one") == {"one": 1}
    assert database.fetch_one("SELECT 1 AS one WHERE 1 = 2") is None


def test_moments_may_be_parameters(database: Database) -> None:
    moment = datetime(2030, 1, 1, 12, tzinfo=UTC)
    database.create_all(Item)

    found = database.fetch("SELECT count(*) AS n FROM items WHERE ? = ?", moment, moment)

    assert found["n"] == 0


def test_hostile_parameters_are_values(database: Database) -> None:
    database.create_all(Item)
    hostile = "'; DROP TABLE items; --"

    database.execute("INSERT INTO items (name) VALUES (?)", hostile[:20])

    assert database.fetch("SELECT name FROM items")["name"] == hostile[:20]


def test_transaction_is_kept_or_undone(database: Database) -> None:
    database.create_all(Item)

    def fail() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO items (name) VALUES ('lost')")
            raise KeyError

    with database.transaction() as connection:
        connection.execute("INSERT INTO items (name) VALUES ('kept')")
    with pytest.raises(KeyError):
        fail()

    assert database.fetch("SELECT name FROM items")["name"] == "kept"
    assert database.pool.taken == 0


async def test_awaited_queries(database: Database) -> None:
    await database.execute_async("CREATE TABLE users (id INTEGER, github TEXT)")
    await database.execute_async("INSERT INTO users VALUES (?, ?)", 1, "alice")

    user = await database.query("SELECT * FROM users WHERE id = ?", 1)
    nobody = await database.query("SELECT * FROM users WHERE id = ?", 2)

    assert user["github"] == "alice"
    assert not nobody
    assert await database.query_one("SELECT id FROM users") == {"id": 1}


async def test_awaited_queries_run_side_by_side(database: Database) -> None:
    found = await asyncio.gather(*(database.query("SELECT ? AS n", str(n)) for n in range(50)))

    assert [rows["n"] for rows in found] == [str(n) for n in range(50)]


async def test_the_loop_goes_on_while_a_query_runs(postgresql: Database) -> None:
    query = asyncio.create_task(postgresql.query("SELECT pg_sleep(0.5)"))
    turns = 0
    while not query.done():
        await asyncio.sleep(0.01)
        turns += 1

    assert turns >= 3


def test_database_in_memory_is_one_for_all_threads() -> None:
    with Database("sqlite://") as database:
        database.create_all(Item)
        database.execute("INSERT INTO items (name) VALUES ('a')")

        assert asyncio.run(database.query("SELECT name FROM items"))["name"] == "a"


def test_create_all_leaves_what_exists(database: Database) -> None:
    database.create_all(Item)
    database.execute("INSERT INTO items (name) VALUES ('a')")

    database.create_all(Item)

    assert len(database.fetch("SELECT * FROM items")) == 1


def test_drop_all_removes_tables(database: Database) -> None:
    database.create_all(Item)

    database.drop_all(Item)
    database.drop_all(Item)

    with pytest.raises(ProgrammingError):
        database.fetch("SELECT * FROM items")


def test_tables_are_made_on_use(database_url: str) -> None:
    with Database(database_url, create_on_use=True) as database, Session(database) as session:
        assert session.query(Item).all() == []
        session.add(Item(name="a"))
        session.commit()


def test_tables_made_in_a_transaction_go_with_it(database_url: str) -> None:
    class Other(Base):
        __tablename__ = "others"

        id = Column(Integer, primary_key=True)

    with Database(database_url, create_on_use=True) as database, Session(database) as session:
        session.add(Item(name="a"))
        session.flush()
        assert session.query(Other).all() == []  # made inside the transaction that is open
        session.rollback()
        assert session.query(Other).all() == []
        session.add(Other())
        session.commit()


def test_two_models_of_one_table_are_told(database_url: str) -> None:
    class First(Model):
        __tablename__ = "same"
        registry = Registry()

        id = Column(Integer, primary_key=True)

    class Second(Model):
        __tablename__ = "same"
        registry = Registry()

        id = Column(Integer, primary_key=True)
        more = Column(Integer)

    with Database(database_url, create_on_use=True) as database, Session(database) as session:
        session.query(First).all()
        with pytest.raises(MappingError, match="made for another model"):
            session.query(Second)


def test_default_is_in_memory_until_one_is_chosen(database: Database) -> None:
    set_default_database(None)
    assert repr(default_database()) == "<Database sqlite://>"

    assert database.make_default() is database
    assert default_database() is database
    set_default_database(None)


def test_forgotten_database_closes_its_connections(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.fetch("SELECT 1")
    pool = weakref.ref(database.pool)

    del database
    gc.collect()

    assert pool() is None
