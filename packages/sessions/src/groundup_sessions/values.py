"""Turn the values of a session into text and back: JSON, RFC 8259, without a change on the way.

    {"user_id": 42}  ─►  {"user_id": "42"}  ─►  memory, a file, Redis

Each value is a text of its own, so that two requests can change two of them without knowing of
each other.  What JSON would change on the way (a tuple into a list, the keys of a dict into
strings, NaN into nothing that others can read) is refused, with the name of the value: a session
that works in memory and breaks in Redis would be found in production.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundup_sessions.errors import ConfigurationError, InvalidValue, SessionTooLarge

__all__ = ["SessionLimits", "decode_value", "encode_value", "encode_values"]

# One encoder for all: json.dumps with arguments makes one at each call, which takes longer than
# what it does.
encode_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
PLAIN = (str, int, bool, type(None))  # JSON has these as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """How much may be kept."""

    max_keys: int = 256
    """Values in one session."""
    max_name: int = 128
    """Characters in the name of a value."""
    max_size: int = 65_536
    """Bytes of one session: its names and its values as JSON."""
    max_sessions: int = 100_000
    """Sessions in memory; one more makes the one that was not used for longest be forgotten."""

    def __post_init__(self) -> None:
        numbers = (self.max_keys, self.max_name, self.max_size, self.max_sessions)
        if min(numbers) < 1:
            raise ConfigurationError(f"limits must be at least 1, got {self}")

    def check(self, texts: Mapping[str, str]) -> None:
        """Accept the values of a session.

        Raises:
            SessionTooLarge: They are too many, or too much.
        """
        if len(texts) > self.max_keys:
            raise SessionTooLarge(
                f"session must have at most {self.max_keys} values, got {len(texts)}"
            )
        size = sum(len(name.encode()) + len(text) for name, text in texts.items())
        if size > self.max_size:
            raise SessionTooLarge(f"session must have at most {self.max_size} bytes, got {size}")


def encode_value(name: str, value: Any) -> str:
    """Return a value as JSON in ASCII.

    Raises:
        InvalidValue: It would come back as something else.

    >>> encode_value("cart", [1, "tea"])
    '[1,"tea"]'
    """
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # session[7] = 1
        raise InvalidValue(f"name of a value must be a str, got {name!r:.40}")
    try:
        text = encode_json(value)
        same = type(value) in PLAIN or json.loads(text) == value
    except (TypeError, ValueError, RecursionError):
        same, text = False, ""
    if not same:
        raise InvalidValue(
            f"value of {name!r:.40} must be made of dict with str keys, list, str, int, float, "
            f"bool and None, got {type(value).__name__}"
        )
    return text


def decode_value(text: str) -> Any:
    """Return the value of a text that ``encode_value`` made."""
    return json.loads(text)


def encode_values(values: Mapping[str, Any], limits: SessionLimits) -> dict[str, str]:
    """Return values as texts.

    Raises:
        InvalidValue: A name or a value cannot be kept.
    """
    return {check_name(name, limits): encode_value(name, value) for name, value in values.items()}


def check_name(name: object, limits: SessionLimits) -> str:
    """Return the name of a value, if it can be one."""
    if not isinstance(name, str) or not 1 <= len(name) <= limits.max_name:
        raise InvalidValue(
            f"name of a value must be a str of 1 to {limits.max_name} characters, got {name!r:.40}"
        )
    try:
        name.encode()
    except UnicodeEncodeError:
        raise InvalidValue(f"name of a value must be UTF-8, got {name!r:.40}") from None
    return name
