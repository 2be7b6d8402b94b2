"""groundup_orm.session: objects are loaded once, written together, and lost to nobody."""

import gc
import threading
import warnings
from typing import Any

import pytest

from groundup_orm import (
    Column,
    Database,
    ForeignKey,
    Integer,
    LazyLoadError,
    Model,
    Registry,
    Relationship,
    Session,
    SessionError,
    String,
    UncommittedWarning,
    ValidationError,
    set_default_database,
)


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String(50), unique=True)
    posts = Relationship("Post", back_populates="author")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    title = Column(String(200))
    author_id = Column(Integer, ForeignKey("users.id"))
    author = Relationship("User", back_populates="posts")


@pytest.fixture(autouse=True)
def tables(database: Database) -> None:
    database.create_all(User, Post)


def test_what_is_committed_is_seen_by_another_session(database: Database) -> None:
    with Session(database) as session:
        session.add(User(name="alice"))
        session.commit()

    with Session(database) as other:
        assert other.query(User).one().name == "alice"


def test_one_row_is_one_object(session: Session) -> None:
    user = User(name="alice")
    session.add(user)
    session.commit()

    assert session.get(User, user.id) is user
    assert session.query(User).filter(User.name == "alice").one() is user


def test_get_asks_the_database_once(database: Database, session: Session) -> None:
    database.execute("INSERT INTO users (name) VALUES ('alice')")
    (key,) = session.query(User.id).all()

    with database.record() as runs:
        session.get(User, key)
        session.get(User, key)

    assert len([run for run in runs if run.sql.startswith("SELECT")]) == 1


def test_get_of_a_missing_row_is_none(session: Session) -> None:
    assert session.get(User, 4711) is None


@pytest.mark.parametrize("key", ["1", None, 1.0, True, [1]])
def test_get_refuses_a_key_of_another_type(session: Session, key: Any) -> None:
    with pytest.raises(ValidationError, match="key of User must be an integer"):
        session.get(User, key)


def test_values_can_be_read_after_commit_and_close(database: Database) -> None:
    with Session(database) as session:
        user = User(name="alice", posts=[Post(title="Hello")])
        session.add(user)
        session.commit()

    assert user.name == "alice"
    assert user.posts[0].title == "Hello"


def test_next_transaction_sees_what_others_wrote(database: Database, session: Session) -> None:
    user = User(name="alice")
    session.add(user)
    session.commit()
    database.execute("UPDATE users SET name = 'bob'")

    session.query(Post).all()  # the next statement

    assert user.name == "bob"


def test_a_commit_costs_no_query_by_itself(database: Database, session: Session) -> None:
    user = User(name="alice")
    session.add(user)

    with database.record() as runs:
        session.commit()
        assert user.name == "alice"

    assert not [run for run in runs if run.sql.startswith("SELECT")]


def test_missing_values_cannot_be_loaded_after_close(database: Database) -> None:
    with Session(database) as session:
        session.add(User(name="alice"))
        session.commit()
    with Session(database) as session:
        user = session.query(User).one()

    with pytest.raises(LazyLoadError, match=r"User.posts must be loaded before"):
        user.posts.append(Post())


def test_closed_session_can_do_nothing(database: Database) -> None:
    session = Session(database)
    session.close()
    session.close()  # twice is fine

    with pytest.raises(SessionError, match="open"):
        session.add(User(name="alice"))
    with pytest.raises(SessionError, match="open"):
        session.query(User)
    with pytest.raises(SessionError, match="open"):
        session.get(User, 1)


def test_object_of_a_closed_session_can_go_on_in_another(database: Database) -> None:
    with Session(database) as first:
        user = User(name="alice")
        first.add(user)
        first.commit()

    user.name = "bob"
    with Session(database) as second:
        second.add(user)
        second.commit()

    with Session(database) as third:
        assert third.query(User).one().name == "bob"


def test_object_of_a_closed_session_is_not_taken_twice(database: Database) -> None:
    with Session(database) as first:
        user = User(name="alice")
        first.add(user)
        first.commit()

    with Session(database) as second:
        second.query(User).one()
        with pytest.raises(SessionError, match="must not have its row already"):
            second.add(user)


def test_closing_with_uncommitted_changes_warns_and_undoes(database: Database) -> None:
    session = Session(database)
    session.add(User(name="alice"))

    with pytest.warns(UncommittedWarning, match="call commit"):
        session.close()

    assert database.fetch("SELECT * FROM users") == []


def test_flushed_but_uncommitted_changes_warn_too(database: Database) -> None:
    session = Session(database)
    session.add(User(name="alice"))
    session.flush()

    with pytest.warns(UncommittedWarning):
        session.close()

    assert database.fetch("SELECT * FROM users") == []


def test_an_exception_undoes_without_a_warning(database: Database) -> None:
    def fail() -> None:
        with Session(database) as session:
            session.add(User(name="alice"))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert database.fetch("SELECT * FROM users") == []
    assert database.pool.taken == 0


def test_reading_alone_does_not_warn(database: Database) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Session(database) as session:
            session.query(User).all()


def collect(held: list[Session]) -> None:
    held.clear()
    gc.collect()


def test_a_forgotten_session_gives_its_connection_back(database: Database) -> None:
    session = Session(database)
    session.add(User(name="alice"))
    session.flush()
    assert database.pool.taken == 1

    held = [session]
    del session
    with pytest.warns(ResourceWarning, match="not closed"):
        collect(held)

    assert database.pool.taken == 0
    assert database.fetch("SELECT * FROM users") == []


def test_plain_sql_runs_in_the_same_transaction(database: Database, session: Session) -> None:
    session.add(User(name="alice"))

    changed = session.execute("UPDATE users SET name = ? WHERE name = ?", "bob", "alice")

    assert changed == 1
    assert session.fetch("SELECT name FROM users")["name"] == "bob"
    assert session.fetch_one("SELECT name FROM users WHERE name = ?", "eve") is None
    session.rollback()
    assert database.fetch("SELECT * FROM users") == []


def test_query_sees_what_is_waiting(session: Session) -> None:
    session.add(User(name="alice"))

    assert session.query(User).count() == 1


def test_without_autoflush_a_query_does_not(database: Database) -> None:
    session = Session(database, autoflush=False)
    session.add(User(name="alice"))

    assert session.query(User).count() == 0
    session.rollback()
    session.close()


def test_membership(session: Session) -> None:
    user = User(name="alice")

    assert user not in session
    session.add(user)
    assert user in session


def test_hostile_values_are_values(session: Session) -> None:
    hostile = "x'); DROP TABLE users; --"
    session.add(User(name=hostile))
    session.commit()

    assert session.query(User).filter(User.name == hostile).one().name == hostile
    assert session.query(User).filter(User.name == "' OR '1'='1").first() is None
    assert session.query(User).count() == 1


def test_many_threads_write_without_losing_anything(database: Database) -> None:
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                with Session(database) as session, session.begin():
                    session.add(User(name=f"user {number}/{turn}"))
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert database.fetch("SELECT count(*) AS n FROM users")["n"] == 40
    assert database.pool.taken == 0


def test_default_database_makes_tables_as_they_are_used() -> None:
    class Note(Base):
        __tablename__ = "notes"

        id = Column(Integer, primary_key=True)
        text = Column(String(20))

    set_default_database(None)
    with Session() as session:
        session.add(Note(text="first"))
        session.commit()
        assert session.query(Note).filter(Note.text == "first").count() == 1
        session.query(Note).delete()
        session.commit()


def test_default_database_can_be_chosen(database: Database) -> None:
    set_default_database(database)
    try:
        with Session() as session:
            assert session.database is database
    finally:
        set_default_database(None)
