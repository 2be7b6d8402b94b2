"""Keep buckets and windows in Redis, exact for any number of processes.  Talks to the network.

One script reads, counts and writes in one step, by the clock of the server: two processes can not
take the same token, and it does not matter what time they think it is.  A bucket expires when it
would be full, a window when it would be empty.
"""

from typing import Any

from groundup_compose.buckets import Rate, Taken, judge
from groundup_compose.windows import check_window, judge_window

__all__ = ["RedisBuckets", "RedisWindows"]

MICROSECONDS = 1_000_000

# A hash of tokens and the time of the last change.  Redis cuts the fraction off a Lua number in a
# reply, so numbers with one go out as text.
TAKE = """
local capacity, refill = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'then')
local tokens = tonumber(bucket[1]) or capacity
local last = tonumber(bucket[2]) or now
tokens = math.min(capacity, tokens + math.max(0, now - last) * refill)
local allowed = 0
if tokens >= 1 then
    tokens = tokens - 1
    allowed = 1
end
local reset = (capacity - tokens) / refill
local left = string.format('%.9f', tokens)
redis.call('HSET', KEYS[1], 'tokens', left, 'then', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(reset * 1000) + 1000)
return {allowed, left}
"""

# A sorted set of the requests that passed, by their microsecond.  Two in the same one differ by how
# many there were before.
SLIDE = """
local count, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local text = string.format('%.0f', now)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local used = redis.call('ZCARD', KEYS[1])
local allowed = 0
if used < count then
    redis.call('ZADD', KEYS[1], text, text .. ':' .. used)
    redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000) + 1000)
    used = used + 1
    allowed = 1
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
return {allowed, used, first + window - now, last + window - now}
"""


class RedisStore:
    """A script and the connections to run it.  Belongs to the loop that first uses it."""

    def __init__(self, redis: Any, script: str, prefix: str) -> None:
        self._owns_client = isinstance(redis, str)
        self._client = connect(redis) if isinstance(redis, str) else redis
        self._script = self._client.register_script(script)
        self._prefix = prefix

    async def close(self) -> None:
        """Close the connections, unless the client was given."""
        if self._owns_client:
            await self._client.aclose()


class RedisBuckets(RedisStore):
    """Buckets that all processes share.  Belongs to the loop that first uses it.

    Args:
        redis: A URL (``redis://localhost:6379/0``), or a client of ``redis.asyncio``.
        prefix: What the keys begin with.
    """

    def __init__(self, redis: Any, *, prefix: str = "groundup:rate:") -> None:
        super().__init__(redis, TAKE, prefix)

    async def take(self, key: str, rate: Rate, /) -> Taken:
        """Take one token out of the bucket of this key.

        Raises:
            redis.exceptions.RedisError: The server did not answer, or not so.
        """
        arguments = [rate.capacity, repr(rate.refill)]
        allowed, left = await self._script(keys=[self._prefix + key], args=arguments)
        return judge(float(left), rate, allowed=bool(allowed))


class RedisWindows(RedisStore):
    """Sliding windows that all processes share.  Belongs to the loop that first uses it.

    Args:
        redis: A URL (``redis://localhost:6379/0``), or a client of ``redis.asyncio``.
        prefix: What the keys begin with.
    """

    def __init__(self, redis: Any, *, prefix: str = "groundup:window:") -> None:
        super().__init__(redis, SLIDE, prefix)

    def check(self, rate: Rate, /) -> None:
        """Raise ValueError if this rate cannot be counted here."""
        check_window(rate)

    async def take(self, key: str, rate: Rate, /) -> Taken:
        """Let one request into the window of this key, if there is room.

        Raises:
            redis.exceptions.RedisError: The server did not answer, or not so.
        """
        arguments = [rate.count, round(rate.seconds * MICROSECONDS)]
        allowed, used, *leaves = await self._script(keys=[self._prefix + key], args=arguments)
        first, last = (microseconds / MICROSECONDS for microseconds in leaves)
        return judge_window(rate, used, first, last, allowed=bool(allowed))


def connect(url: str) -> Any:
    """Return a client for a URL; it connects at its first use."""
    try:
        import redis.asyncio  # noqa: PLC0415 - an extra: who keeps buckets in memory needs none
    except ImportError:
        msg = "buckets in Redis need the extra: pip install 'groundup-compose[redis]'"
        raise ImportError(msg) from None
    client: Any = redis.asyncio.Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType]  # the client declares **kwargs without types
    return client
