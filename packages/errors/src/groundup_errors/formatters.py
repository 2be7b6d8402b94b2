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
from typing import Any

from groundup_errors.facts import is_group, is_mapping, one_line
from groundup_errors.redact import MASK, is_secret_key, redact, redact_text

__all__ = ["ConsoleFormatter", "JSONFormatter"]

MAX_MESSAGE = 16_384  # characters
MAX_TRACE = 32_768
MAX_DEPTH = 8

# What every record has; the rest came as `extra` or from the context.
STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {
    "message",
    "asctime",
    "taskName",
}

OWN = frozenset({"timestamp", "level", "logger", "exception", "stack_trace"})

encode = JSONEncoder(allow_nan=False).encode


class RecordReader:
    """What both formatters take out of a record.  Safe to share between threads."""

    def __init__(self, *, redact: bool = True) -> None:
        self._redact = redact
        self._second = (-1, "")  # the last second that was written, and how

    def read_time(self, record: logging.LogRecord) -> str:
        """Return the moment in UTC, to the millisecond."""
        second = int(record.created)
        known, text = self._second
        if known != second:
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second, text  # one assignment: another thread sees the old or the new
        return f"{text}.{int(record.msecs):03d}Z"

    def read_message(self, record: logging.LogRecord) -> str:
        """Return the message, also of a record whose arguments do not fit."""
        try:
            text = record.getMessage()
        except Exception as error:  # noqa: BLE001 - a wrong format, or somebody's __str__
            text = f"{record.msg!r:.1000} (arguments do not fit: {type(error).__name__})"
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
        extra = {name: names[name] for name in names if name not in STANDARD}
        if self._redact:
            for name, value in extra.items():
                if value is not None and type(value) is not int:
                    extra[name] = MASK if is_secret_key(name) else redact(value)
        return extra


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
        self._reader = RecordReader(redact=redact)
        self._fields = dict(fields or {})

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; whatever is in the record, it does not raise."""
        quote, reader = encode_basestring_ascii, self._reader
        head = f'{{"timestamp": "{reader.read_time(record)}", "level": {quote(record.levelname)}'
        try:
            parts = [head, f'"logger": {quote(record.name)}']
            parts.append(f'"message": {quote(reader.read_message(record))}')
            for name, value in self._collect(record).items():
                # Most values are text, and quoting that is all there is to do.
                text = quote(value) if type(value) is str else write_value(value)
                parts.append(f"{quote(name)}: {text}")
        except Exception as error:  # noqa: BLE001 - a log line must not end a request
            name = type(error).__name__
            return f'{head}, "message": {quote(f"a record could not be written: {name}")}}}'
        return ", ".join(parts) + "}"

    def _collect(self, record: logging.LogRecord) -> dict[str, Any]:
        data = {**self._fields, **self._reader.read_extra(record)}
        for name in OWN.intersection(data):
            data[f"{name}_"] = data.pop(name)
        if record.exc_info or record.exc_text or record.stack_info:
            if record.exc_info and record.exc_info[0] is not None:
                data["exception"] = record.exc_info[0].__name__
            data["stack_trace"] = self._reader.read_trace(record)
        return data


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
            message = one_line(reader.read_message(record), MAX_MESSAGE)
            extra = " ".join(
                f"{one_line(name)}={one_line(show(value), 200)}"
                for name, value in reader.read_extra(record).items()
            )
            trace = reader.read_trace(record)
        except Exception as error:  # noqa: BLE001 - a log line must not end a request
            message, extra, trace = f"a record could not be written: {type(error).__name__}", "", ""
        clock = reader.read_time(record)[11:-1]
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


def write_value(value: Any) -> str:
    """Return a value as JSON, as far as JSON goes."""
    if type(value) is int:
        return repr(value)
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
