"""Log records as lines: JSON for programs, text for people.  Nothing in a record can break them.

    {"timestamp": "2024-01-15T10:30:45.123Z", "level": "ERROR", "logger": "app.handlers",
     "message": "Failed to process payment", "request_id": "req-12345", "user_id": 42,
     "exception": "PaymentProcessorError", "stack_trace": "..."}

    10:30:45.123 ERROR app.handlers: Failed to process payment  request_id=req-12345 user_id=42
      | Traceback (most recent call last): ...

One record is one line of JSON, in ASCII, so that no line break of any alphabet is in it.  As text
it is one line, and what belongs to it below is indented: a client's text cannot pose as a record.
Fields that were given as ``extra`` are kept, secrets are masked, and an object that cannot be
written down is named instead.
"""

import logging
import time
import traceback
from collections.abc import Mapping
from json.encoder import JSONEncoder, encode_basestring_ascii
from math import isfinite
from typing import Any, TypeVar

from groundup_errors.facts import is_group, is_mapping, one_line
from groundup_errors.redact import MASK, is_secret_key, redact, redact_text

__all__ = ["ConsoleFormatter", "JSONFormatter"]

MAX_MESSAGE = 16_384  # characters
MAX_TRACE = 32_768
MAX_DEPTH = 8
MAX_HEADS = 1024  # names of fields, or of loggers

MILLISECONDS = [f".{number:03d}Z" for number in range(1001)]  # a look-up, not a format, per line

# What every record has; the rest came as `extra` or from the context.
STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {
    "message",
    "asctime",
    "taskName",
}

OWN = frozenset({"timestamp", "level", "logger", "exception", "stack_trace"})

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")

encode = JSONEncoder(allow_nan=False).encode


class RecordReader:
    """What both formatters take out of a record.  Safe to share between threads."""

    def __init__(self, *, redact: bool = True) -> None:
        self._redact = redact
        self._second = (-1, "")  # the last second that was written, and how

    def read_time(self, created: float) -> str:
        """Return a moment in UTC, to the millisecond."""
        second = int(created)
        known, text = self._second
        if known != second:
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second, text  # one assignment: another thread sees the old or the new
        return text + MILLISECONDS[int((created - second) * 1000)]

    def read_message(self, message: object, args: Any) -> str:
        """Return the message, also if its arguments do not fit."""
        try:
            text = message if type(message) is str else str(message)
            if args:
                text = text % args
        except Exception as error:  # noqa: BLE001 - a wrong format, or somebody's __str__
            text = f"{message!r:.1000} (arguments do not fit: {type(error).__name__})"
        if len(text) > MAX_MESSAGE:
            text = text[:MAX_MESSAGE] + "…"
        return redact_text(text) if self._redact else text

    def read_trace(self, record: logging.LogRecord) -> str:
        """Return the traceback and the stack, or ""."""
        parts: list[str] = []
        if record.exc_info and record.exc_info[1] is not None:
            parts.append("".join(traceback.format_exception(*record.exc_info)).rstrip())
        elif record.exc_text:
            parts.append(record.exc_text)
        if record.stack_info:
            parts.append(record.stack_info)
        text = "\n".join(parts)
        if len(text) > MAX_TRACE:  # the end has the line that raised
            text = f"{text[: MAX_TRACE // 4]}\n…\n{text[-MAX_TRACE // 4 * 3 :]}"
        return redact_text(text) if self._redact else text

    def read_extra(self, record: logging.LogRecord) -> dict[str, Any]:
        """Return the fields that are not of every record."""
        names = record.__dict__
        return {name: names[name] for name in names if name not in STANDARD}

    def mask(self, name: str, value: Any) -> Any:
        """Return the value of a field as it may be shown."""
        if not self._redact or value is None or type(value) is int:
            return value
        return MASK if is_secret_key(name) else redact(value)


class JSONFormatter(logging.Formatter):
    """Formats a record as one line of JSON.

    >>> record = logging.LogRecord("app", logging.INFO, "app.py", 1, "hello %s", ("Ada",), None)
    >>> JSONFormatter().format(record)[42:]
    '"level": "INFO", "logger": "app", "message": "hello Ada"}'

    Args:
        redact: Mask what looks like a secret.
        fields: To add to every line, such as the name of the service.
    """

    def __init__(self, *, redact: bool = True, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._redact = redact
        self._reader = RecordReader(redact=redact)
        self.fields = dict(fields or {})
        self._heads: dict[str, tuple[str, bool]] = {}
        self._sources: dict[tuple[str, str], str] = {}

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; whatever is in the record, it does not raise."""
        line = self.write_line(
            record.created,
            record.levelname,
            record.name,
            record.msg,
            record.args,
            self._reader.read_extra(record),
        )
        if record.exc_info or record.exc_text or record.stack_info:
            return f"{line[:-1]}{self._write_trace(record)}}}"
        return line

    def write_line(
        self,
        created: float,
        level: str,
        name: str,
        message: object,
        args: Any,
        extra: Mapping[str, Any],
        members: str = "",
    ) -> str:
        """Return the line of what would be a record, without one; it does not raise.

        Args:
            created: When, in seconds since 1970.
            level: Its name.
            name: Of the logger.
            message: What `args` are put into.
            args: A tuple or a mapping, as records have them.
            extra: The fields.
            members: More of them, as `write_members` wrote them.
        """
        reader = self._reader
        moment = reader.read_time(created)
        try:
            source = self._sources.get((level, name)) or self._write_source(level, name)
            text = encode_basestring_ascii(reader.read_message(message, args))
            fields = {**self.fields, **extra} if self.fields else extra
            own = self.write_members(fields) if fields else ""
            return f'{{"timestamp": "{moment}", {source}{text}{own}{members}}}'
        except Exception as error:  # noqa: BLE001 - a log line must not end a request
            text = f"a record could not be written: {type(error).__name__}"
            source = self._write_source(str(level), "groundup.logs")
            return f'{{"timestamp": "{moment}", {source}{encode_basestring_ascii(text)}}}'

    def _write_source(self, level: str, name: str) -> str:
        """Return what stands between the time and the message; it is remembered."""
        quote = encode_basestring_ascii
        source = f'"level": {quote(level)}, "logger": {quote(name)}, "message": '
        remember(self._sources, (level, name), source)
        return source

    def write_members(self, fields: Mapping[str, Any]) -> str:
        """Return fields as members of an object, each with a comma before it."""
        parts: list[str] = []
        heads, quote, redacted = self._heads, encode_basestring_ascii, self._redact
        for name, value in fields.items():
            start, secret = heads.get(name) or self._write_head(name)
            kind = type(value)  # pyright: ignore[reportUnknownVariableType]  # of anything
            # Most values are text or numbers, and quoting that is all there is to do.
            if kind is str:
                if secret:
                    parts.append(f'{start}"{MASK}"')
                elif redacted and not value.isalnum():
                    parts.append(start + quote(redact_text(value)))
                else:
                    parts.append(start + quote(value))
            elif kind is int or (kind is float and not secret and isfinite(value)):
                parts.append(f"{start}{value!r}")
            else:
                parts.append(start + write_value(self._reader.mask(name, value)))
        return "".join(parts)

    def _write_head(self, name: str) -> tuple[str, bool]:
        """Return what stands before the value of a field, and whether that is a secret.

        It is remembered as well: a program has few names, and writes them again and again.
        """
        shown = f"{name}_" if name in OWN else name
        head = f", {encode_basestring_ascii(shown)}: ", self._redact and is_secret_key(name)
        remember(self._heads, name, head)
        return head

    def _write_trace(self, record: logging.LogRecord) -> str:
        """Return the members for an exception and a stack."""
        quote, name = encode_basestring_ascii, ""
        if record.exc_info and record.exc_info[0] is not None:
            name = f', "exception": {quote(record.exc_info[0].__name__)}'
        try:
            text = self._reader.read_trace(record)
        except Exception as error:  # noqa: BLE001 - somebody's traceback
            text = f"a traceback could not be written: {type(error).__name__}"
        return f'{name}, "stack_trace": {quote(text)}'


class ConsoleFormatter(logging.Formatter):
    """Formats a record for people.

    Args:
        redact: Mask what looks like a secret.
        colour: Colour the level, for terminals.
    """

    COLOURS = ((logging.ERROR, "31"), (logging.WARNING, "33"), (logging.INFO, "32"))

    def __init__(self, *, redact: bool = True, colour: bool = False) -> None:
        super().__init__()
        self._reader = RecordReader(redact=redact)
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and what belongs to it indented below; it does not raise."""
        reader = self._reader
        try:
            message = one_line(reader.read_message(record.msg, record.args), MAX_MESSAGE)
            extra = " ".join(
                f"{one_line(name)}={one_line(show(reader.mask(name, value)), 200)}"
                for name, value in reader.read_extra(record).items()
            )
            trace = reader.read_trace(record)
        except Exception as error:  # noqa: BLE001 - a log line must not end a request
            message, extra, trace = f"a record could not be written: {type(error).__name__}", "", ""
        clock = reader.read_time(record.created)[11:-1]
        level = self._paint(record.levelno, f"{record.levelname:<7}")
        line = f"{clock} {level} {one_line(record.name)}: {message}"
        if extra:
            line += f"  {extra}"
        below = "".join(f"\n  | {one_line(part)}" for part in trace.splitlines())
        return line + below

    def _paint(self, level: int, text: str) -> str:
        if not self._colour:
            return text
        code = next((code for least, code in self.COLOURS if level >= least), "2")
        return f"\x1b[{code}m{text}\x1b[0m"


def remember(known: dict[KeyT, ValueT], key: KeyT, value: ValueT) -> None:
    """Keep a text that will be needed again, unless names are made up as one goes."""
    if len(known) >= MAX_HEADS:
        known.clear()
    known[key] = value


def write_value(value: Any) -> str:
    """Return a value as JSON, as far as JSON goes."""
    try:
        return encode(value)
    except (TypeError, ValueError, RecursionError):
        return encode(make_plain(value))


def make_plain(value: Any, depth: int = 0) -> Any:
    """Return what JSON can say of a value."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if depth > MAX_DEPTH:
        return "…"
    if is_mapping(value):
        return {show(key): make_plain(item, depth + 1) for key, item in value.items()}
    if is_group(value):
        return [make_plain(item, depth + 1) for item in value]
    return show(value)


def show(value: object) -> str:
    """Return a value as text, also if it refuses."""
    try:
        return redact_text(str(value)[:MAX_MESSAGE])
    except Exception as error:  # noqa: BLE001 - somebody's __str__
        return f"<{type(value).__name__}, whose str raises {type(error).__name__}>"
