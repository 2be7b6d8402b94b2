"""A clock to turn, a system that hashes fast, and every store that there is."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from groundup_auth import (
    AuthenticationSystem,
    AuthSettings,
    LockoutRules,
    MemoryAttempts,
    MemoryMailer,
    PostgreSQLStore,
    Rule,
    SQLiteStore,
    UserStore,
)

SECRET = "a secret of at least thirty-two bytes"
FAST = AuthSettings(bcrypt_cost=4)
WIDE = Rule(10_000, 1, 900, 3600)


@pytest.fixture
def time_passed() -> list[float]:
    """What the clock adds to its beginning."""
    return [0.0]


@pytest.fixture
def clock(time_passed: list[float]) -> Callable[[], float]:
    """A clock that goes when it is told to."""
    return lambda: 1_700_000_000.0 + time_passed[0]


@pytest.fixture
def wait(time_passed: list[float]) -> Callable[[float], None]:
    """Let seconds pass."""

    def wait(seconds: float) -> None:
        time_passed[0] += seconds

    return wait


@pytest.fixture
def mailer() -> MemoryMailer:
    return MemoryMailer()


@pytest.fixture
def last_token(mailer: MemoryMailer) -> Callable[[], str]:
    """Return the token of the mail that came last."""

    def find() -> str:
        return next(line for line in mailer.messages[-1].body.split("\n") if len(line) == 43)

    return find


@pytest.fixture
def make_auth(
    clock: Callable[[], float], mailer: MemoryMailer
) -> Iterator[Callable[..., AuthenticationSystem]]:
    """Build systems that live as long as the test."""
    with ExitStack() as stack:

        def make(
            store: UserStore | None = None, settings: AuthSettings = FAST, **options: Any
        ) -> AuthenticationSystem:
            given: dict[str, Any] = {
                "secret": SECRET,
                "mailer": mailer,
                "attempts": MemoryAttempts(clock=clock),
                "clock": clock,
            }
            users = store or stack.enter_context(SQLiteStore())
            return stack.enter_context(
                AuthenticationSystem(users, settings=settings, **{**given, **options})
            )

        yield make


@pytest.fixture
def auth(make_auth: Callable[..., AuthenticationSystem]) -> AuthenticationSystem:
    """A system in memory in which nobody is registered."""
    return make_auth()


@pytest.fixture
def unlimited() -> AuthSettings:
    """Settings for tests that knock a hundred times at once."""
    rules = LockoutRules(
        pair=WIDE, source=WIDE, account=WIDE, nowhere=WIDE, code=WIDE, visitor=WIDE, reset=WIDE
    )
    return AuthSettings(bcrypt_cost=4, rules=rules)


@pytest.fixture(params=["memory", "file", "postgresql"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[SQLiteStore | PostgreSQLStore]:
    """Every store that keeps the contract."""
    if request.param == "postgresql":
        psycopg: Any = pytest.importorskip("psycopg", reason="the driver is the application's")
        url: str = request.getfixturevalue("postgresql_server")
        # A schema for each test takes a hundredth of the time of a database.
        name = f"auth_{uuid4().hex}"
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"CREATE SCHEMA {name}")
        yield PostgreSQLStore(lambda: psycopg.connect(url, options=f"-c search_path={name}"))
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"DROP SCHEMA {name} CASCADE")
        return
    with SQLiteStore(":memory:" if request.param == "memory" else tmp_path / "users.db") as store:
        yield store
