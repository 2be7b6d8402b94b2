"""What the processes of a site share: by way of Redis where there is one, else each has its own.

                 without redis_url            with redis_url
sessions         files in the data folder     Redis
rooms            this process                 Redis's publish and subscribe
rate limits      this process                 Redis
log-in failures  this process                 Redis
"""

import inspect
import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundup.config import Config
from groundup.errors import ConfigError
from groundup_auth import AttemptStore, RedisAttempts
from groundup_compose import Buckets, RedisBuckets
from groundup_orm import OrmError
from groundup_sessions import RedisStore, SessionManager
from groundup_websockets import RedisRooms, Rooms

__all__ = ["Shared", "make_shared", "naming_setting"]

logger = logging.getLogger("groundup.blog")


@dataclass(frozen=True, slots=True)
class Shared:
    """What is shared.  None means: what the user of it takes by default."""

    sessions: SessionManager
    rooms: Rooms
    buckets: Buckets | None = None
    attempts: AttemptStore | None = None

    async def start(self) -> None:
        """Connect the rooms, so that threads can publish.

        Raises:
            ConfigError: Redis does not answer.
        """
        if isinstance(self.rooms, RedisRooms):
            try:
                await self.rooms.start()
            except TimeoutError:
                msg = "Redis does not answer: start it, or change redis_url"
                raise ConfigError(msg) from None

    async def close(self) -> None:
        """Disconnect."""
        for part in (self.rooms, self.buckets, self.attempts, self.sessions):
            close = getattr(part, "close", None)
            ended: Any = None if close is None else close()
            if inspect.isawaitable(ended):
                await ended


def make_shared(config: Config, data: Path) -> Shared:
    """Return what the site's processes share.

    Raises:
        ConfigError: The URL is none of Redis, or the extra is not installed.
    """
    if not config.redis_url:
        if config.workers > 1:
            logger.warning(
                "%d workers without redis_url: live comments and limits are each worker's own",
                config.workers,
            )
        return Shared(SessionManager("file", directory=data / "sessions"), Rooms())
    url, prefix = config.redis_url, config.redis_prefix
    with naming_setting("redis_url"):
        return Shared(
            SessionManager(RedisStore(url, prefix=f"{prefix}session:")),
            RedisRooms(url, prefix=prefix),
            RedisBuckets(url, prefix=f"{prefix}rate:"),
            RedisAttempts(url, prefix=f"{prefix}auth:"),
        )


@contextmanager
def naming_setting(name: str) -> Generator[None, None, None]:
    """Turn what a part says of a value into one line about the setting that it came from.

    Raises:
        ConfigError: In place of the part's error.
    """
    try:
        yield
    except (OrmError, ValueError, ImportError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"setting {name!r} cannot be used: {reason}") from error
