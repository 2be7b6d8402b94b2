"""groundup_orm.saving: what changed is written once, kept as a whole, or undone as a whole."""

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
    StaleDataError,
    String,
    ValidationError,
)


class Base(Model, abstract=True):
    registry = Registry()


class Account(Base):
    __tablename__ = "accounts"

    id = Column(Integer, primary_key=True)
    name = Column(String(20), unique=True, nullable=False)
    cents = Column(Integer, default=0)
    version = Column(Integer, version=True)
    entries = Relationship("Entry", back_populates="account", cascade="delete")


class Entry(Base):
    __tablename__ = "entries"

    id = Column(Integer, primary_key=True)
    cents = Column(Integer, nullable=False)
    account_id = Column(Integer, ForeignKey("accounts.id"), nullable=False)
    account = Relationship("Account", back_populates="entries")


@pytest.fixture(autouse=True)
def tables(database: Database) -> None:
    database.create_all(Account, Entry)


def names(database: Database) -> list[str]:
    return [row["name"] for row in database.fetch("SELECT name FROM accounts ORDER BY name")]


def test_only_changed_columns_are_updated(database: Database, session: Session) -> None:
    account = Account(name="alice", cents=5)
    session.add(account)
    session.commit()

    with database.record() as runs:
        account.cents = 6
        session.commit()

    (update,) = [run.sql for run in runs if run.sql.startswith("UPDATE")]
    assert '"cents" =' in update
    assert '"name" =' not in update


def test_writing_the_same_value_sends_nothing(database: Database, session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()

    with database.record() as runs:
        account.name = "alice"
        session.commit()

    assert not [run for run in runs if run.sql.startswith("UPDATE")]


def test_rollback_makes_new_objects_new_again(database: Database, session: Session) -> None:
    account = Account(name="alice", entries=[Entry(cents=1)])
    session.add(account)
    session.flush()
    assert account.id is not None

    session.rollback()

    assert account.id is None
    assert account not in session
    assert account.entries[0].account_id is None
    session.add(account)
    session.commit()
    assert names(database) == ["alice"]
    assert database.fetch("SELECT account_id FROM entries")["account_id"] == account.id


def test_rollback_drops_what_was_written_to_objects(session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()

    account.name = "bob"
    session.rollback()

    assert account.name == "alice"


def test_rollback_brings_deleted_objects_back(session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()

    session.delete(account)
    session.flush()
    session.rollback()

    assert account in session
    assert account.name == "alice"
    account.name = "bob"
    session.commit()
    assert session.query(Account).one().name == "bob"


def test_failed_commit_keeps_nothing_and_the_session_goes_on(
    database: Database, session: Session
) -> None:
    session.add(Account(name="alice"))
    session.commit()
    session.add_all([Account(name="bob"), Account(name="alice")])

    with pytest.raises(IntegrityError) as caught:
        session.commit()

    assert caught.value.columns == ("name",)
    assert names(database) == ["alice"]
    session.add(Account(name="carol"))
    session.commit()
    assert names(database) == ["alice", "carol"]


def test_failed_flush_must_be_rolled_back_first(database: Database, session: Session) -> None:
    session.add(Account(name="alice"))
    session.flush()
    session.add(Account(name="alice"))
    with pytest.raises(IntegrityError):
        session.flush()

    with pytest.raises(SessionError, match="must be rolled back after IntegrityError"):
        session.commit()
    with pytest.raises(SessionError, match="must be rolled back"):
        session.query(Account).all()

    session.rollback()
    assert names(database) == []
    assert session.query(Account).all() == []


def test_failed_statement_must_be_rolled_back_first(database: Database, session: Session) -> None:
    session.add(Account(name="alice"))
    session.flush()
    with pytest.raises(IntegrityError):
        session.execute("INSERT INTO accounts (name) VALUES (?)", "alice")

    with pytest.raises(SessionError, match="must be rolled back"):
        session.commit()

    session.rollback()
    assert names(database) == []


def test_values_are_checked_before_anything_is_sent(database: Database, session: Session) -> None:
    account = Account(name="x" * 21)
    session.add(account)

    with database.record() as runs, pytest.raises(ValidationError, match=r"Account.name must have"):
        session.flush()

    assert not [run for run in runs if run.sql.startswith("INSERT")]
    account.name = "x" * 20  # nothing was sent: it can be mended
    session.commit()
    assert names(database) == ["x" * 20]


def test_missing_value_names_its_attribute(session: Session) -> None:
    session.add(Account())

    with pytest.raises(ValidationError, match=r"Account.name must not be None") as caught:
        session.commit()

    assert caught.value.column == "Account.name"


def test_begin_commits_at_its_end(database: Database, session: Session) -> None:
    with session.begin():
        session.add(Account(name="alice"))

    assert names(database) == ["alice"]


def test_begin_rolls_back_on_an_exception(database: Database, session: Session) -> None:
    def fail() -> None:
        with session.begin():
            session.add(Account(name="alice"))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert names(database) == []


def test_begin_does_not_keep_half_of_the_work_after_a_swallowed_error(
    database: Database, session: Session
) -> None:
    def swallow() -> None:
        with session.begin():
            session.add(Account(name="alice"))
            session.flush()
            session.add(Account(name="alice"))
            with pytest.raises(IntegrityError):
                session.flush()

    with pytest.raises(SessionError, match="must be rolled back"):
        swallow()

    assert names(database) == []
    assert database.pool.taken == 0
    with session.begin():
        session.add(Account(name="bob"))
    assert names(database) == ["bob"]


def test_begin_inside_begin_is_refused(session: Session) -> None:
    with pytest.raises(SessionError, match="savepoint"), session.begin(), session.begin():
        pass


def test_savepoint_undoes_its_block_alone(database: Database, session: Session) -> None:
    session.add(Account(name="alice"))
    inner = Account(name="bob")

    def fail() -> None:
        with session.savepoint():
            session.add(inner)
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert inner not in session
    assert inner.id is None
    session.commit()
    assert names(database) == ["alice"]


def test_savepoint_forgives_a_failed_statement(database: Database, session: Session) -> None:
    session.add(Account(name="alice"))

    with pytest.raises(IntegrityError), session.savepoint():
        session.add(Account(name="alice"))

    session.add(Account(name="bob"))
    session.commit()
    assert names(database) == ["alice", "bob"]


def test_savepoints_nest(database: Database, session: Session) -> None:
    def fail() -> None:
        with session.savepoint():
            session.add(Account(name="inner"))
            raise KeyError

    with session.savepoint():
        session.add(Account(name="outer"))
        with pytest.raises(KeyError):
            fail()
        with session.savepoint():
            session.add(Account(name="kept"))
    session.commit()

    assert names(database) == ["kept", "outer"]


def test_kept_savepoint_is_undone_with_its_transaction(session: Session) -> None:
    account = Account(name="alice")
    with session.savepoint():
        session.add(account)

    session.rollback()

    assert account not in session
    assert account.id is None


def test_commit_inside_a_savepoint_is_refused(session: Session) -> None:
    with pytest.raises(SessionError, match="outside of savepoints"), session.savepoint():
        session.commit()


def test_version_notices_a_lost_update(database: Database, session: Session) -> None:
    session.add(Account(name="alice"))
    session.commit()
    with Session(database) as other:
        theirs = other.query(Account).one()
        mine = session.query(Account).one()
        theirs.cents = 10
        other.commit()

    mine.cents = 20
    with pytest.raises(StaleDataError, match="somebody else"):
        session.commit()

    assert database.fetch("SELECT cents FROM accounts")["cents"] == 10
    mine.cents = 20  # loaded again: this is on top of theirs
    session.commit()
    assert mine.version == 3


def test_version_notices_an_update_between_commit_and_write(
    database: Database, session: Session
) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()
    with Session(database) as other:
        other.query(Account).one().cents = 10
        other.commit()

    account.cents = 20

    with pytest.raises(StaleDataError):
        session.commit()


def test_version_notices_a_change_before_a_delete(database: Database, session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()
    database.execute("UPDATE accounts SET version = version + 1")

    session.delete(account)

    with pytest.raises(StaleDataError):
        session.commit()


def test_update_of_a_deleted_row_is_noticed(database: Database, session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()
    account.cents = 1
    database.execute("DELETE FROM accounts")

    with pytest.raises(StaleDataError):
        session.commit()


def test_reading_a_deleted_row_is_noticed(database: Database, session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()
    database.execute("DELETE FROM accounts")
    session.expire(account)

    with pytest.raises(StaleDataError, match="somebody deleted it"):
        _ = account.name


def test_object_of_another_session_is_refused(database: Database, session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    with Session(database) as other:
        with pytest.raises(SessionError, match="another session"):
            other.add(account)
        with pytest.raises(SessionError, match="belong to this session"):
            other.delete(account)
        with pytest.raises(SessionError, match="row of this session"):
            other.refresh(account)


def test_deleting_a_pending_object_forgets_it(database: Database, session: Session) -> None:
    account = Account(name="alice")
    session.add(account)

    session.delete(account)
    session.commit()

    assert names(database) == []


def test_deleted_object_cannot_be_added_before_the_commit(session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()
    session.delete(account)

    with pytest.raises(SessionError, match="must not be deleted"):
        session.add(account)

    session.commit()
    session.add(account)  # afterwards it is a new one with the same values
    session.commit()
    assert session.query(Account).one() is account


def test_deleted_object_is_not_found(session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()
    key = account.id

    session.delete(account)

    assert session.get(Account, key) is None
    assert session.query(Account).all() == []


def test_refresh_drops_changes_and_loads_now(database: Database, session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()
    account.name = "mine"
    database.execute("UPDATE accounts SET name = 'theirs'")

    session.refresh(account)

    assert account.name == "theirs"
    session.commit()
    assert names(database) == ["theirs"]


def test_clear_forgets_objects_and_changes(database: Database, session: Session) -> None:
    session.add(Account(name="alice"))
    session.commit()
    account = session.query(Account).one()
    account.name = "bob"
    session.add(Account(name="carol"))

    session.clear()
    session.commit()

    assert account not in session
    assert names(database) == ["alice"]


def test_key_of_a_row_cannot_change(session: Session) -> None:
    account = Account(name="alice")
    session.add(account)
    session.commit()

    with pytest.raises(SessionError, match="primary key"):
        account.id = 99
