"""Set logging up: where lines go, and in which form.  Opens files and a thread, if asked to.

    configure_logging()                          people at a terminal, JSON anywhere else
    configure_logging(file="app.log")            ... and a file that is rotated at 10 MiB
    configure_logging(syslog="/dev/log")         ... and the system's log
    configure_logging(queued=True)               ... written by a thread: logging never waits

A record goes     logger ─► root ─► handler: filter adds the context ─► formatter ─► stream
and with a queue  logger ─► root ─► queue: filter adds the context ─► thread ─► formatter ─► stream

Where all of them write JSON, a line is made at once and without the record: see `direct`.
"""

import atexit
import logging
import os
import sys
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from groundup_errors.context import ContextFilter
from groundup_errors.direct import ShortCut, close_shortcut, open_shortcut
from groundup_errors.formatters import ConsoleFormatter, JSONFormatter
from groundup_errors.sinks import (
    BoundedQueueHandler,
    LineHandler,
    Listener,
    RotatingHandler,
    StreamHandler,
    SyslogHandler,
    takes_lines,
)

__all__ = ["Logging", "configure_logging"]

MEBIBYTE = 1024 * 1024


class Logging:
    """What `configure_logging` set up; ``close`` takes it down again.  Also a context manager."""

    def __init__(self, logger: logging.Logger, handlers: list[logging.Handler]) -> None:
        self._logger = logger
        self._handlers = handlers
        self._installed = handlers
        self._before = (list(logger.handlers), logger.level)
        self._listener: Listener | None = None

    def install(
        self, level: int, context: ContextFilter, size: int, formatter: JSONFormatter
    ) -> None:
        """Put the handlers onto the logger, behind a queue if it has a size."""
        direct = all(takes_lines(handler, formatter) for handler in self._handlers)
        if size:
            waiting = BoundedQueueHandler(size)
            self._installed = [waiting]
            self._listen(waiting)
        for handler in self._installed:
            handler.addFilter(context)
        self._logger.handlers[:] = self._installed
        self._logger.setLevel(level)
        only = self._installed[0]
        if direct and len(self._installed) == 1 and isinstance(only, LineHandler):
            open_shortcut(ShortCut(only, formatter, context))
        atexit.register(self.close)

    def _listen(self, waiting: BoundedQueueHandler) -> None:
        """Start the thread that writes what comes into the queue."""
        self._listener = Listener(waiting.queue, *self._handlers, respect_handler_level=True)
        self._listener.start()
        waiting.read = True

    def begin_in_child(self) -> None:
        """Start the thread again in a process that was forked, which has none of its parent's."""
        for waiting in self._installed:
            if isinstance(waiting, BoundedQueueHandler):
                waiting.empty()  # what is in it, the parent writes
                self._listen(waiting)

    def close(self) -> None:
        """Write what is waiting, close files, and put back what was there; again is nothing."""
        global current  # noqa: PLW0603 - there is one root logger
        if current is self:
            current = None
            close_shortcut()
        atexit.unregister(self.close)
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
            for handler in self._installed:
                if isinstance(handler, BoundedQueueHandler):
                    handler.read = False
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


def begin_in_child() -> None:
    """Let the set-up that is in force go on in a forked process."""
    if current is not None:
        current.begin_in_child()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=begin_in_child)


def configure_logging(  # noqa: PLR0913 - one call that reads as the list of what there is to choose
    level: int | str = logging.INFO,
    *,
    json: bool | None = None,
    stream: TextIO | None = None,
    file: str | Path | None = None,
    max_bytes: int = 10 * MEBIBYTE,
    backups: int = 5,
    syslog: str | tuple[str, int] | None = None,
    program: str = "python",
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
        syslog: The system's log as well: a socket's path (``"/dev/log"``), or host and port (UDP).
        program: What the system's log calls this program.
        handlers: More of them; JSON unless they have a formatter.
        redact: Mask what looks like a secret.
        fields: To add to every line of JSON.
        context_vars: Context variables of others to add, by the name of the field.
        queued: Write in a thread, from a queue of so many records (True: 10,000).

    Raises:
        OSError: The file cannot be opened, or there is no such socket.
        ValueError: There is no such level.
    """
    global current  # noqa: PLW0603 - there is one root logger
    number = check_level(level)
    as_json = JSONFormatter(redact=redact, fields=fields)
    targets = [make_stream(stream or sys.stderr, as_json, json=json, redact=redact)]
    if file is not None:
        targets.append(RotatingHandler(file, max_bytes, backups))
    if syslog is not None:
        try:
            targets.append(SyslogHandler(syslog, program))
        except OSError:
            targets[-1].close()  # the file
            raise
    targets.extend(handlers)
    for handler in targets:
        if handler.formatter is None:
            handler.setFormatter(as_json)
    if current is not None:
        current.close()
    current = Logging(logging.getLogger(), targets)
    size = 10_000 if queued is True else int(queued)
    current.install(number, ContextFilter(context_vars), size, as_json)
    return current


def make_stream(
    stream: TextIO | None, as_json: JSONFormatter, *, json: bool | None, redact: bool
) -> logging.Handler:
    """Return the handler of a stream, with the formatter that is asked for or fits."""
    if stream is None:  # standard error, in a program without a console
        return logging.NullHandler()
    terminal = stream.isatty()
    handler = StreamHandler(stream)
    if not terminal if json is None else json:
        handler.setFormatter(as_json)
    else:
        handler.setFormatter(ConsoleFormatter(redact=redact, colour=terminal))
    return handler


def check_level(level: int | str) -> int:
    """Return a level as a number."""
    if isinstance(level, int):
        return level
    levels = logging.getLevelNamesMapping()
    if level.upper() not in levels:
        names = ", ".join(sorted(levels, key=levels.__getitem__))
        raise ValueError(f"level must be one of {names}, got {level[:40]!r}")
    return levels[level.upper()]
