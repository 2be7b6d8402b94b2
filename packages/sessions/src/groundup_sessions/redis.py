"""Keep sessions in Redis: shared by every process of every machine.  Talks to the network.

    groundup:session:3fa0…   a hash    :e     1700043200.0     when it is too old
                                       :u     1700001234.5     when it was used
                                       =name  "Alice"          a value, as JSON

Each value is a field of its own, and each step is one script, which Redis runs as a whole: so two
requests that change two values both keep them.  A session is dead by the clock of whoever asks, as
in every store; Redis forgets it a minute later.
"""

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from groundup_sessions.errors import (
    SessionBackendError,
    SessionExpired,
    SessionTooLarge,
    UnknownSession,
)
from groundup_sessions.store import Moment
from groundup_sessions.values import SessionLimits

__all__ = ["RedisStore"]

TIMEOUTS: Mapping[str, Any] = {"socket_timeout": 5, "socket_connect_timeout": 5}  # seconds
UNKNOWN, EXPIRED, TOO_MANY, TOO_LARGE = -1, -2, -3, -4

# KEYS[1] the session; ARGV[1] now, ARGV[2] the idle time.  Dead sessions stay a minute longer.
COMMON = """
local now, idle = tonumber(ARGV[1]), tonumber(ARGV[2])
local function state(key)
    local times = redis.call('HMGET', key, ':e', ':u')
    if not times[1] then return -1 end
    if now >= tonumber(times[1]) or now >= tonumber(times[2]) + idle then return -2 end
    return 0
end
local function use(key)
    redis.call('HSET', key, ':u', ARGV[1])
    local left = math.min(idle, tonumber(redis.call('HGET', key, ':e')) - now) + 60
    redis.call('PEXPIRE', key, math.ceil(left * 1000))
end
"""
CREATE = """
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], ':e', ARGV[3])
for at = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
use(KEYS[1])
"""
LOAD = """
if state(KEYS[1]) ~= 0 then return false end
use(KEYS[1])
return redis.call('HGETALL', KEYS[1])
"""
EXISTS = "return state(KEYS[1])"
# ARGV[3] most values, ARGV[4] most bytes, ARGV[5] how many names to remove, these, then pairs.
UPDATE = """
local dead = state(KEYS[1])
if dead ~= 0 then return {dead, 0} end
local texts, raw = {}, redis.call('HGETALL', KEYS[1])
for at = 1, #raw, 2 do
    if string.sub(raw[at], 1, 1) == '=' then texts[raw[at]] = raw[at + 1] end
end
local first = 6 + tonumber(ARGV[5])
for at = 6, first - 1 do texts[ARGV[at]] = nil end
for at = first, #ARGV, 2 do texts[ARGV[at]] = ARGV[at + 1] end
local count, size = 0, 0
for name, text in pairs(texts) do
    count, size = count + 1, size + #name - 1 + #text
end
if count > tonumber(ARGV[3]) then return {-3, count} end
if size > tonumber(ARGV[4]) then return {-4, size} end
for at = 6, first - 1 do redis.call('HDEL', KEYS[1], ARGV[at]) end
for at = first, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
use(KEYS[1])
return {0, 0}
"""
ROTATE = """
local dead = state(KEYS[1])
if dead ~= 0 then return dead end
redis.call('RENAME', KEYS[1], KEYS[2])
use(KEYS[2])
return 0
"""


class RedisStore:
    """Sessions in Redis.  May be shared between threads.

    Args:
        redis: A URL (``redis://localhost:6379/0``), or a client of ``redis``.
        prefix: What the keys begin with.
    """

    blocking = True

    def __init__(self, redis: Any, *, prefix: str = "groundup:session:") -> None:
        self._owns_client = isinstance(redis, str)
        self._client = connect(redis) if isinstance(redis, str) else redis
        self._prefix = prefix
        self._create = self._client.register_script(COMMON + CREATE)
        self._load = self._client.register_script(COMMON + LOAD)
        self._exists = self._client.register_script(COMMON + EXISTS)
        self._update = self._client.register_script(COMMON + UPDATE)
        self._rotate = self._client.register_script(COMMON + ROTATE)

    def create(self, key: str, texts: Mapping[str, str], moment: Moment, expires_at: float) -> None:
        """Begin a session."""
        self._run(self._create, [key], [*moment, expires_at, *flatten(texts)])

    def load(self, key: str, moment: Moment) -> dict[str, str] | None:
        """Return the values of a session that is alive, which is a use of it."""
        found = self._run(self._load, [key], [*moment])
        if not found:
            return None
        raw = [item.decode() if isinstance(item, bytes) else str(item) for item in found]
        pairs = zip(raw[::2], raw[1::2], strict=True)
        return {name[1:]: text for name, text in pairs if name.startswith("=")}

    def exists(self, key: str, moment: Moment) -> bool:
        """Return whether a session is alive, which is no use of it."""
        return bool(self._run(self._exists, [key], [*moment]) == 0)

    def update(
        self,
        key: str,
        changes: Mapping[str, str],
        removed: Collection[str],
        moment: Moment,
        limits: SessionLimits,
    ) -> None:
        """Set and remove values, which is a use of the session."""
        names = [f"={name}" for name in removed]
        bounds = [limits.max_keys, limits.max_size, len(names)]
        found = self._run(self._update, [key], [*moment, *bounds, *names, *flatten(changes)])
        result, number = int(found[0]), int(found[1])
        if result == TOO_MANY:
            raise SessionTooLarge(
                f"session must have at most {limits.max_keys} values, got {number}"
            )
        if result == TOO_LARGE:
            raise SessionTooLarge(
                f"session must have at most {limits.max_size} bytes, got {number}"
            )
        require_alive(result)

    def rotate(self, key: str, new: str, moment: Moment) -> None:
        """Give a session another key; the old one is unknown from now on."""
        require_alive(int(self._run(self._rotate, [key, new], [*moment])))

    def delete(self, key: str) -> bool:
        """End a session."""
        with asking():
            return bool(self._client.delete(self._prefix + key))

    def purge(self, moment: Moment) -> int:  # noqa: ARG002 - Redis forgets by itself
        """Do nothing and return 0: Redis forgets by itself."""
        return 0

    def close(self) -> None:
        """Close the connections, unless the client was given."""
        if self._owns_client:
            self._client.close()

    def _run(self, script: Any, keys: list[str], values: list[Any]) -> Any:
        with asking():
            return script(keys=[self._prefix + key for key in keys], args=values)


def flatten(texts: Mapping[str, str]) -> list[str]:
    """Return fields and values in turn."""
    return [item for name, text in texts.items() for item in (f"={name}", text)]


def require_alive(result: int) -> None:
    """Raise what the state of a session means."""
    if result == UNKNOWN:
        raise UnknownSession
    if result == EXPIRED:
        raise SessionExpired


@contextmanager
def asking() -> Generator[None]:
    """Turn every error of the client into the one that this package has for it."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "redis":
            raise
        raise SessionBackendError(
            f"redis must answer to read and keep sessions, got {error!r:.80}"
        ) from error


def connect(url: str) -> Any:
    """Return a client for a URL; it connects at its first use."""
    try:
        import redis  # noqa: PLC0415 - an extra: who keeps sessions in files needs none
    except ImportError:
        msg = "sessions in Redis need the extra: pip install 'groundup-sessions[redis]'"
        raise ImportError(msg) from None
    client: Any = redis.Redis.from_url(url, **TIMEOUTS)  # pyright: ignore[reportUnknownMemberType]  # the client declares **kwargs without types
    return client
