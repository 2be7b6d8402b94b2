"""Set logging up: where lines go, and in which form.  Opens files and a thread, if asked to.

    configure_logging()                          people at a terminal, JSON anywhere else
    configure_logging(file="app.log")            ... and a file that is rotated at 10 MiB
    configure_logging(queued=True)               ... written by a thread: logging never waits

A record goes     logger ─► root ─► handler: filter adds the context ─► formatter ─► stream
and with a queue  logger ─► root ─► queue: filter adds the context ─► thread ─► formatter ─► stream

The queue is bounded.  When the disk is slower than the program for long, records are dropped and
counted, and a line says how many: a program that waits for its log is down.
"""

import atexit
import logging
import logging.handlers
import queue
import sys
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO, cast

from groundup_errors.context import ContextFilter
from groundup_errors.formatters import ConsoleFormatter, JSONFormatter

__all__ = ["Logging", "configure_logging"]

MEBIBYTE = 1024 * 1024


class TerminalHandler(logging.StreamHandler[Any]):
    """Writes text; what the alphabet of the stream has not got is escaped, not lost."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record in characters that can be written."""
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        return super().format(record).encode(encoding, "backslashreplace").decode(encoding)


class BoundedQueueHandler(logging.handlers.QueueHandler):
    """Puts records into a queue, and never waits for a place in it."""

    dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Fix the message now: its arguments may change before the thread comes to it."""
        try:
            record.msg, record.args = record.getMessage(), None
        except Exception:  # noqa: BLE001 - the formatter says what is wrong with it
            return record
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Put a record in, or count it as dropped."""
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1  # under the handler's lock
            return
        if self.dropped:
            count, self.dropped = self.dropped, 0
            text = f"{count} records were dropped: the log could not be written fast enough"
            self.enqueue(logging.makeLogRecord({"name": "groundup.logs", "msg": text} | WARNING))


WARNING = {"levelno": logging.WARNING, "levelname": "WARNING"}


class Listener(logging.handlers.QueueListener):
    """Writes what is in the queue, in a thread."""

    def enqueue_sentinel(self) -> None:
        """Say that nothing more comes; wait for a place, which the thread is making."""
        cast("queue.Queue[Any]", self.queue).put(None)


class Logging:
    """What `configure_logging` set up; ``close`` takes it down again.  Also a context manager."""

    def __init__(self, logger: logging.Logger, handlers: list[logging.Handler]) -> None:
        self._logger = logger
        self._handlers = handlers
        self._installed = handlers
        self._before = (list(logger.handlers), logger.level)
        self._listener: Listener | None = None

    def install(self, level: int, context: ContextFilter, size: int) -> None:
        """Put the handlers onto the logger, behind a queue if it has a size."""
        if size:
            waiting: queue.Queue[Any] = queue.Queue(size)
            self._listener = Listener(waiting, *self._handlers, respect_handler_level=True)
            self._installed = [BoundedQueueHandler(waiting)]
            self._listener.start()
        for handler in self._installed:
            handler.addFilter(context)
        self._logger.handlers[:] = self._installed
        self._logger.setLevel(level)
        atexit.register(self.close)

    def close(self) -> None:
        """Write what is waiting, close files, and put back what was there; again is nothing."""
        global current  # noqa: PLW0603 - there is one root logger
        if current is self:
            current = None
        atexit.unregister(self.close)
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        if self._logger.handlers == self._installed:
            self._logger.handlers[:], level = self._before
            self._logger.setLevel(level)
        for handler in {*self._handlers, *self._installed}:
            handler.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


current: Logging | None = None


def configure_logging(  # noqa: PLR0913 - one call that reads as the list of what there is to choose
    level: int | str = logging.INFO,
    *,
    json: bool | None = None,
    stream: TextIO | None = None,
    file: str | Path | None = None,
    max_bytes: int = 10 * MEBIBYTE,
    backups: int = 5,
    handlers: Iterable[logging.Handler] = (),
    redact: bool = True,
    fields: Mapping[str, Any] | None = None,
    context_vars: Mapping[str, ContextVar[Any]] | None = None,
    queued: bool | int = False,
) -> Logging:
    """Send the records of all loggers to a stream, and to a file if one is named.

    The handlers that the root logger has are replaced until ``close``, and so is an earlier set-up
    of this function.

    Args:
        level: The least level that is written, such as ``"DEBUG"``.
        json: JSON lines or text; None chooses text for a terminal and JSON for anything else.
        stream: By default standard error.
        file: A file for JSON lines as well.
        max_bytes: How far the file grows before it is renamed and a new one begun.
        backups: How many of the renamed ones are kept.
        handlers: More of them, such as a ``SysLogHandler``; JSON unless they have a formatter.
        redact: Mask what looks like a secret.
        fields: To add to every line of JSON.
        context_vars: Context variables of others to add, by the name of the field.
        queued: Write in a thread, from a queue of so many records (True: 10,000).

    Raises:
        OSError: The file cannot be opened.
        ValueError: There is no such level.
    """
    global current  # noqa: PLW0603 - there is one root logger
    number = check_level(level)
    stream = stream or sys.stderr  # which is None in a program without a console
    terminal = bool(stream and stream.isatty())
    as_json = JSONFormatter(redact=redact, fields=fields)
    main = TerminalHandler(stream) if stream else logging.NullHandler()
    text = ConsoleFormatter(redact=redact, colour=terminal)
    main.setFormatter(as_json if (not terminal if json is None else json) else text)
    targets: list[logging.Handler] = [main]
    if file is not None:
        rotating = logging.handlers.RotatingFileHandler(
            file, maxBytes=max_bytes, backupCount=backups, encoding="utf-8"
        )
        rotating.setFormatter(as_json)
        targets.append(rotating)
    for handler in handlers:
        if handler.formatter is None:
            handler.setFormatter(as_json)
        targets.append(handler)
    if current is not None:
        current.close()
    current = Logging(logging.getLogger(), targets)
    current.install(number, ContextFilter(context_vars), 10_000 if queued is True else int(queued))
    return current


def check_level(level: int | str) -> int:
    """Return a level as a number."""
    if isinstance(level, int):
        return level
    levels = logging.getLevelNamesMapping()
    if level.upper() not in levels:
        names = ", ".join(sorted(levels, key=levels.__getitem__))
        raise ValueError(f"level must be one of {names}, got {level[:40]!r}")
    return levels[level.upper()]
