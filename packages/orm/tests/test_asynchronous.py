"""groundup_orm.asynchronous: the same session, awaited; cancelled in the middle; never blocking."""

import asyncio
import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from groundup_orm import (
    AsyncSession,
    Column,
    Database,
    ForeignKey,
    Integer,
    IntegrityError,
    LazyLoadError,
    Model,
    PoolTimeout,
    Registry,
    Relationship,
    SessionError,
    String,
    UncommittedWarning,
    func,
)

SLEEPING = """
SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%' AND state = 'active'
AND datname = current_database()
"""


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
    title = Column(String(50))
    author_id = Column(Integer, ForeignKey("users.id"))
    author = Relationship("User", back_populates="posts")


@pytest.fixture(autouse=True)
def tables(database: Database) -> None:
    database.create_all(User, Post)


@pytest.fixture
def small(database_url: str) -> Iterator[Database]:
    with Database(database_url, pool_size=2, pool_timeout=10) as found:
        yield found


async def test_objects_are_saved_and_loaded(database: Database) -> None:
    async with AsyncSession(database) as session:
        session.add(User(name="alice", posts=[Post(title="Hello")]))
        await session.commit()

    async with AsyncSession(database) as session:
        query = session.query(User).filter(User.name == "alice").order_by(User.id)
        user = await query.include(User.posts).one()
        assert user.posts[0].title == "Hello"
        assert await session.get(User, user.id) is user
        assert await query.count() == 1
        assert await query.exists()
        assert await query.first() is user
        assert await query.one_or_none() is user
        assert (await query.page(1)).items == [user]
        assert await session.query(func.max(User.name)).scalar() == "alice"


async def test_queries_are_built_as_the_others_are(database: Database) -> None:
    async with AsyncSession(database) as session:
        query = session.query(User.name).outer_join(User.posts).filter(User.id > 0)
        built = query.group_by(User.name).having(func.count(Post.id) > 0).distinct()
        text = str(built.limit(3).offset(1).sql())

        assert "LEFT JOIN" in text
        assert " JOIN" in str(session.query(User).join(Post).for_update().sql())
        assert "HAVING" in text
        assert await built.all() == []


async def test_rows_are_changed_at_once(database: Database) -> None:
    async with AsyncSession(database) as session, session.begin():
        session.add_all([User(name="alice"), User(name="bob")])
        assert await session.query(User).filter_by(name="bob").update(name="eve") == 1
        assert await session.query(User).filter(User.name == "alice").delete() == 1
        assert await session.execute("UPDATE users SET name = ?", "carol") == 1
        assert (await session.fetch("SELECT name FROM users"))["name"] == "carol"
        assert await session.fetch_one("SELECT 1 AS one") == {"one": 1}

    assert database.fetch("SELECT name FROM users")["name"] == "carol"


async def test_missing_attribute_is_refused_on_the_loop(database: Database) -> None:
    async with AsyncSession(database) as session:
        session.add(User(name="alice"))
        await session.commit()
        await session.query(Post).all()
        user = await session.query(User).one()

        with pytest.raises(LazyLoadError, match=r"User.posts must be loaded before.*include"):
            _ = user.posts

        assert await session.run(lambda: list(user.posts)) == []
        await session.refresh(user)
        assert user.name == "alice"


async def test_errors_roll_back(database: Database) -> None:
    async with AsyncSession(database) as session:
        session.add_all([User(name="alice"), User(name="alice")])
        with pytest.raises(IntegrityError):
            await session.commit()
        session.add(User(name="alice"))
        await session.flush()
        await session.rollback()

    async def fail() -> None:
        async with AsyncSession(database) as session, session.begin():
            session.add(User(name="bob"))
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert database.fetch("SELECT * FROM users") == []
    assert database.pool.taken == 0


async def test_begin_does_not_keep_half_of_the_work(database: Database) -> None:
    async with AsyncSession(database) as session:

        async def swallow() -> None:
            async with session.begin():
                session.add(User(name="alice"))
                await session.flush()
                with pytest.raises(IntegrityError):
                    await session.execute("INSERT INTO users (name) VALUES ('alice')")

        with pytest.raises(SessionError, match="must be rolled back"):
            await swallow()

        assert database.pool.taken == 0
        assert await session.query(User).count() == 0
        await session.rollback()


async def test_more_sessions_than_connections_take_turns(small: Database) -> None:
    async def work(number: int) -> None:
        async with AsyncSession(small) as session:
            session.add(User(name=f"user {number}"))
            await session.flush()  # holds a connection from here
            await asyncio.sleep(0.001)
            await session.query(User).count()
            await session.commit()

    await asyncio.gather(*(work(number) for number in range(20)))

    assert small.fetch("SELECT count(*) AS n FROM users")["n"] == 20
    assert small.pool.taken == 0


async def test_cancelled_statement_is_interrupted(postgresql: Database) -> None:
    async with AsyncSession(postgresql) as session:
        task = asyncio.create_task(session.fetch("SELECT pg_sleep(30)"))
        while not await asyncio.to_thread(postgresql.fetch, SLEEPING):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.01)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)

        await session.rollback()
        assert (await session.fetch("SELECT 1 AS one"))["one"] == 1
        await session.rollback()


async def test_cancelled_read_of_sqlite_is_interrupted(sqlite: Database) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    async with AsyncSession(sqlite) as session:
        task = asyncio.create_task(session.fetch(endless))
        while not sqlite.pool.taken:  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.01)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)

        assert (await session.fetch("SELECT 1 AS one"))["one"] == 1


async def test_cancelled_before_it_ran_does_nothing(database: Database) -> None:
    async with AsyncSession(database) as session:
        session.add(User(name="alice"))
        task = asyncio.create_task(session.commit())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await session.rollback()

    assert database.fetch("SELECT * FROM users") == []


async def test_operations_of_one_session_wait_for_each_other(database: Database) -> None:
    async with AsyncSession(database) as session:
        session.add(User(name="alice"))

        counts = await asyncio.gather(*(session.query(User).count() for _ in range(10)))
        await session.commit()

    assert counts == [1] * 10


async def test_context_variables_reach_the_thread(database: Database) -> None:
    variable: ContextVar[str] = ContextVar("variable")
    variable.set("request 7")

    async with AsyncSession(database) as session:
        assert await session.run(variable.get) == "request 7"


async def test_waiting_for_a_thread_ends(database_url: str) -> None:
    with Database(database_url, pool_size=1, pool_timeout=0.05) as database:
        held = database.pool.acquire()
        sessions = [AsyncSession(database) for _ in range(3)]
        queries = [asyncio.create_task(session.fetch("SELECT 1")) for session in sessions]
        done = await asyncio.gather(*queries, return_exceptions=True)
        database.pool.release(held)

    assert all(isinstance(outcome, PoolTimeout) for outcome in done)


async def test_ending_without_a_transaction_needs_no_thread(database: Database) -> None:
    async with AsyncSession(database) as session:
        session.add(User(name="alice"))
        await session.commit()
        database.workers.close()
        threads = set(threading.enumerate())

        session.add(User(name="bob"))
        await session.rollback()

    assert set(threading.enumerate()) == threads
    assert session.sync.closed
    assert database.fetch("SELECT count(*) AS n FROM users")["n"] == 1


async def test_uncommitted_objects_are_told_of_when_the_session_ends(database: Database) -> None:
    with pytest.warns(UncommittedWarning):
        async with AsyncSession(database) as session:
            session.add(User(name="alice"))


async def test_delete_and_close(database: Database) -> None:
    session = AsyncSession(database)
    user = User(name="alice")
    session.add(user)
    await session.commit()
    session.delete(user)
    await session.commit()
    await session.close()

    assert database.fetch("SELECT * FROM users") == []
