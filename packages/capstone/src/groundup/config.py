"""Settings: defaults, then ``groundup.toml``, then the environment, then what the command says.

    host = "0.0.0.0"          # groundup.toml, [groundup]
    GROUNDUP_HOST=0.0.0.0     # the environment
    --host 0.0.0.0            # the command line wins

Each setting remembers where it came from, so ``groundup config`` can show it.  Secrets have no
default outside debug mode: a default secret is a published one.
"""

import math
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from groundup.errors import ConfigError

__all__ = ["Config", "load_config"]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a site.  Frozen, so it may be shared freely.

    Attributes:
        debug: Show errors with their source; reload templates.  Never on the open internet.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        server: ``async`` for the asyncio server, ``threads`` for a thread a connection.
        workers: Processes that share the port; more than one needs POSIX and the async server.
        data: The folder for database, uploads and keys of the blog.
        database_url: Such as ``sqlite:///blog.db`` or ``postgresql://user@host/name``.
        redis_url: Where sessions, rooms and limits are shared; empty means this process only.
        redis_prefix: What every key there begins with; sites that share a Redis need two.
        secret_key: Signs tokens; at least 32 characters.
        max_body: The largest request body in bytes.
        grace: Seconds that open requests get at shutdown.
        metrics: Whether ``/metrics`` answers, for Prometheus; keep it from the open internet.
        log_file: A file for log lines in JSON, renamed at 10 MiB; for one worker.
        log_syslog: The system's log as well: a socket such as ``/dev/log``, or ``host:port``.
        course_url: Where the course is served; the debug page links to its chapters.
        parts: Parts of yours that the example blog runs on, with commas:
            ``router=my_router:Router``.
        trusted_hosts: Values of ``Host`` that are answered, with commas; ``*`` means any.
        trusted_proxies: Addresses and networks of our own proxies, with commas: they say who the
            client is.
    """

    debug: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    server: str = "async"
    workers: int = 1
    data: str = "blog-data"
    database_url: str = ""
    redis_url: str = ""
    redis_prefix: str = "groundup:"
    secret_key: str = field(default="", repr=False)
    max_body: int = 16 * 1024 * 1024
    grace: float = 10.0
    metrics: bool = False
    log_file: str = ""
    log_syslog: str = ""
    course_url: str = ""
    parts: str = ""
    trusted_hosts: str = "*"
    trusted_proxies: str = ""
    origins: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, compare=False)

    def secret(self) -> str:
        """Return the signing key.

        Raises:
            ConfigError: There is none and the site is not in debug mode, or it is too short.
        """
        if not self.secret_key and self.debug:
            return secrets.token_urlsafe(32)
        if len(self.secret_key) < MIN_SECRET:
            got = "none" if not self.secret_key else f"{len(self.secret_key)}"
            msg = (
                f"secret_key must have at least {MIN_SECRET} characters, got {got}: "
                "set GROUNDUP_SECRET_KEY"
            )
            raise ConfigError(msg)
        return self.secret_key


MIN_SECRET = 32
SETTINGS = {setting.name: setting for setting in fields(Config) if setting.name != "origins"}
CHOICES = {"server": ("async", "threads")}
RANGES = {"port": (0, 65535), "workers": (1, 256), "max_body": (1, 2**40), "grace": (0, 3600)}
TRUE, FALSE = frozenset(("1", "true", "yes", "on")), frozenset(("0", "false", "no", "off", ""))


def load_config(
    *,
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Config:
    """Collect the settings from their four places.

    Args:
        file: A TOML file with a table ``[groundup]``; None means ``groundup.toml`` if it is there.
        environ: Where ``GROUNDUP_<NAME>`` is looked up; None means the process's environment.
        arguments: What the command line said; None values count as not said.

    Raises:
        ConfigError: A setting is unknown or has the wrong type; the message names its place.
    """
    values: dict[str, Any] = {}
    origins = dict.fromkeys(SETTINGS, "default")
    environ = os.environ if environ is None else environ
    from_environ = {
        name: environ[f"GROUNDUP_{name.upper()}"]
        for name in SETTINGS
        if f"GROUNDUP_{name.upper()}" in environ
    }
    said = {name: value for name, value in (arguments or {}).items() if value is not None}
    path = file or Path("groundup.toml")
    places = ((str(path), read_file(path, must_exist=file is not None)),)
    for place, found in (*places, ("environment", from_environ), ("argument", said)):
        for name, value in found.items():
            values[name] = convert(name, value, place)
            origins[name] = place
    return Config(**values, origins=origins)


def read_file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    """Return the ``[groundup]`` table of a file, empty when it may be missing and is."""
    if not path.is_file() and not must_exist:
        return {}
    import tomllib  # noqa: PLC0415 - costs time to start, and most sites have no such file

    try:
        with path.open("rb") as stream:
            table: Any = tomllib.load(stream).get("groundup", {})
    except OSError as error:
        msg = f"cannot read settings from {str(path)!r}: {error.strerror}"
        raise ConfigError(msg) from error
    except ValueError as error:  # a TOMLDecodeError, or bytes that are no UTF-8
        msg = f"{path} must be TOML: {error}"
        raise ConfigError(msg) from error
    if not isinstance(table, dict):
        msg = f"[groundup] in {path} must be a table, got {table!r:.40}"
        raise ConfigError(msg)
    return cast("dict[str, Any]", table)


def convert(name: str, value: Any, place: str) -> Any:
    """Return a setting's value in its own type."""
    setting = SETTINGS.get(name)
    if setting is None:
        msg = f"unknown setting {name!r} in {place}: known are {', '.join(sorted(SETTINGS))}"
        raise ConfigError(msg)
    kind: Any = type(setting.default)  # pyright: ignore[reportUnknownVariableType]  # of anything
    try:
        converted = READERS[kind](value)
    except (TypeError, ValueError) as error:
        shown = "a value of another type" if name == "secret_key" else repr(value)[:40]
        msg = f"setting {name!r} in {place} must be {kind.__name__}, got {shown}"
        raise ConfigError(msg) from error
    if name in CHOICES and converted not in CHOICES[name]:
        msg = f"setting {name!r} in {place} must be one of {CHOICES[name]}, got {converted!r}"
        raise ConfigError(msg)
    low, high = RANGES.get(name, (None, None))
    if low is not None and high is not None and not low <= converted <= high:
        msg = f"setting {name!r} in {place} must be {low} to {high}, got {converted!r}"
        raise ConfigError(msg)
    return converted


def parse_bool(value: Any) -> bool:
    """Return the truth that a setting spells."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in TRUE | FALSE:
        raise ValueError(word)
    return word in TRUE


def parse_int(value: Any) -> int:
    """Return a whole number; 1.5 and true are none."""
    if isinstance(value, str) or type(value) is int:
        return int(value)
    raise TypeError(value)


def parse_float(value: Any) -> float:
    """Return a number that is finite."""
    number = float(value) if isinstance(value, str) or type(value) in {int, float} else math.nan
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def parse_text(value: Any) -> str:
    """Return a text; in a file, several may stand in a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):  # pyright: ignore[reportUnknownVariableType]  # of anything
        return ",".join(value)  # pyright: ignore[reportUnknownArgumentType]  # of str, as was asked
    raise TypeError("no text")


READERS: Mapping[type[Any], Callable[[Any], Any]] = {
    bool: parse_bool,
    int: parse_int,
    float: parse_float,
    str: parse_text,
}
