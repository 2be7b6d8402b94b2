"""A clock to turn, and every store that there is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from groundup_sessions import FileStore, MemoryStore, RedisStore, SessionManager, SessionStore


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


@pytest.fixture(params=["memory", "file", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SessionStore]:
    """Every store that keeps the contract."""
    store: SessionStore
    if request.param == "memory":
        store = MemoryStore()
    elif request.param == "file":
        store = FileStore(tmp_path / "sessions")
    else:
        pytest.importorskip("redis")
        prefix: str = request.getfixturevalue("redis_prefix")
        store = RedisStore(request.getfixturevalue("redis_url"), prefix=prefix)
    yield store
    store.close()


@pytest.fixture
def sessions(store: SessionStore, clock: Callable[[], float]) -> SessionManager:
    """A manager over each store."""
    return SessionManager(store, clock=clock)
