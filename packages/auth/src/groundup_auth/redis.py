"""Count attempts in Redis, exact for any number of processes.  Talks to the network.

One script looks at every key and counts under all of them or none, by the clock of the server.  A
key expires when it would be forgotten, so memory is bounded by what happened within one window.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from groundup_auth.attempts import MAX_DOUBLINGS, Charge
from groundup_auth.errors import BackendUnavailable

__all__ = ["RedisAttempts"]

TIMEOUTS: Mapping[str, Any] = {"socket_timeout": 5, "socket_connect_timeout": 5}  # seconds

NOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
"""

# For each key its rule: free, first, cap, window.  Times in milliseconds.
BEGIN = (
    NOW
    + """
local wait = 0
for i, key in ipairs(KEYS) do
    wait = math.max(wait, tonumber(redis.call('HGET', key, 'until') or 0) - now)
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
    local at = (i - 1) * 4
    local free, first = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]) * 1000
    local cap, window = tonumber(ARGV[at + 3]) * 1000, tonumber(ARGV[at + 4]) * 1000
    local count = redis.call('HINCRBY', key, 'count', 1)
    local blocked = 0
    if count > free then
        local doublings = math.min(count - free - 1, "MAX_DOUBLINGS")
        blocked = now + math.min(cap, first * 2 ^ doublings)
    end
    redis.call('HSET', key, 'until', string.format('%.0f', blocked))
    redis.call('PEXPIRE', key, window)
end
return 0
""".replace('"MAX_DOUBLINGS"', str(MAX_DOUBLINGS))
)

REFUND = """
for i, key in ipairs(KEYS) do
    if redis.call('EXISTS', key) == 1 then
        redis.call('HSET', key, 'until', 0)
        if redis.call('HINCRBY', key, 'count', -1) <= 0 then redis.call('DEL', key) end
    end
end
"""


class RedisAttempts:
    """Attempts that all processes share.  May be shared between threads.

    Args:
        redis: A URL (``redis://localhost:6379/0``), or a client of ``redis``.
        prefix: What the keys begin with.

    Redis that does not answer is an error, never "no attempts so far".  One server, or one with
    replicas; the keys of one attempt do not lie in one slot of a cluster.
    """

    def __init__(self, redis: Any, *, prefix: str = "groundup:auth:") -> None:
        self._owns_client = isinstance(redis, str)
        self._client = connect(redis) if isinstance(redis, str) else redis
        self._begin = self._client.register_script(BEGIN)
        self._refund = self._client.register_script(REFUND)
        self._prefix = prefix

    def begin(self, charges: Sequence[Charge], /) -> float:
        """Count an attempt under every key, or under none if one of them must wait.

        Raises:
            BackendUnavailable: The server did not answer, or not so.
        """
        keys = [self._prefix + charge.key for charge in charges]
        rules = [charge.rule for charge in charges]
        numbers = [n for rule in rules for n in (rule.free, rule.first, rule.cap, rule.window)]
        with asking():
            return float(self._begin(keys=keys, args=numbers)) / 1000

    def refund(self, keys: Sequence[str], /) -> None:
        """Take back one attempt under each key, and the wait that it caused."""
        with asking():
            self._refund(keys=[self._prefix + key for key in keys])

    def forget(self, key: str, /) -> None:
        """Forget every attempt under a key."""
        with asking():
            self._client.delete(self._prefix + key)

    def trust(self, key: str, seconds: int, /) -> None:
        """Remember a key that has done well."""
        with asking():
            self._client.set(self._prefix + key, 1, ex=seconds)

    def is_trusted(self, key: str, /) -> bool:
        """Return whether a key has done well."""
        with asking():
            return bool(self._client.exists(self._prefix + key))

    def close(self) -> None:
        """Close the connections, unless the client was given."""
        if self._owns_client:
            self._client.close()


def connect(url: str) -> Any:
    """Return a client for a URL; it connects at its first use."""
    try:
        import redis  # noqa: PLC0415 - an extra: who counts in memory needs none
    except ImportError:
        msg = "attempts in Redis need the extra: pip install 'groundup-auth[redis]'"
        raise ImportError(msg) from None
    client: Any = redis.Redis.from_url(url, **TIMEOUTS)  # pyright: ignore[reportUnknownMemberType]  # the client declares **kwargs without types
    return client


@contextmanager
def asking() -> Generator[None]:
    """Turn every error of the client into the one that this package has for it."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "redis":
            raise
        raise BackendUnavailable(
            f"redis must answer to count attempts, got {error!r:.80}"
        ) from error
