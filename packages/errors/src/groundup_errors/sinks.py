"""Where lines end: a stream, a file that is rotated, the system's log, and the queue before them.

    write_line("...")     a line of JSON that is finished, straight to where it ends
    emit(record)          the way of the standard library, for everything else

Nothing here raises into the program, whatever becomes of the disk, the terminal or the network; and
what waits for them is a thread, if there is a queue.  The queue is bounded.  When the disk is
slower than the program for long, lines are dropped and counted, and a line says how many: a program
that waits for its log is down.
"""

import logging
import logging.handlers
import queue
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

__all__ = [
    "BoundedQueueHandler",
    "LineHandler",
    "Listener",
    "RotatingHandler",
    "StreamHandler",
    "SyslogHandler",
    "takes_lines",
]


class Quiet(logging.Handler):
    """Tells on standard error what went wrong with a record, and nothing if that fails as well."""

    lock: Any  # a lock: the type of the standard library has None as well

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - named by logging
        """Tell, and do not raise: standard error may be what is broken."""
        with suppress(Exception):
            super().handleError(record)

    def fail(self, line: str) -> None:
        """Do the same for a line."""
        self.handleError(logging.makeLogRecord({"name": "groundup.logs", "msg": line}))


class LineHandler(Quiet):
    """A handler that can also be given a finished line."""

    def write_line(self, line: str, *, flush: bool = True) -> None:
        """Write a line of ASCII.  It does not raise."""
        raise NotImplementedError


def takes_lines(handler: logging.Handler, formatter: logging.Formatter) -> bool:
    """Return whether a handler writes just what a formatter makes, so that it may get the line."""
    return isinstance(handler, LineHandler) and handler.formatter is formatter


class StreamHandler(LineHandler, logging.StreamHandler[Any]):
    """Writes to a stream; what its alphabet has not got is escaped, not lost."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record in characters that can be written."""
        text = super().format(record)
        if text.isascii():
            return text
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        return text.encode(encoding, "backslashreplace").decode(encoding)

    def write_line(self, line: str, *, flush: bool = True) -> None:
        """Write a line of ASCII."""
        try:
            with self.lock:
                self.stream.write(f"{line}\n")
                if flush:
                    self.stream.flush()
        except Exception:  # noqa: BLE001 - the disk is full, the terminal gone, the stream closed
            self.fail(line)


class RotatingHandler(LineHandler, logging.handlers.RotatingFileHandler):
    """Writes to a file that is renamed when it is full."""

    stream: Any  # a file: it is opened at once

    def __init__(self, file: str | Path, max_bytes: int, backups: int) -> None:
        super().__init__(file, maxBytes=max_bytes, backupCount=backups, encoding="utf-8")
        if not Path(self.baseFilename).is_file():  # a device or a pipe: not to be renamed
            self.maxBytes = 0

    def write_line(self, line: str, *, flush: bool = True) -> None:
        """Write a line of ASCII, into a new file if there is no room in this one."""
        try:
            with self.lock:
                if self.maxBytes > 0:
                    self.stream.seek(0, 2)  # on Windows a file that was opened begins at 0
                    if self.stream.tell() + len(line) >= self.maxBytes:
                        self.doRollover()
                self.stream.write(f"{line}\n")
                if flush:
                    self.stream.flush()
        except Exception:  # noqa: BLE001 - the disk is full, or somebody took the folder away
            self.fail(line)


class SyslogHandler(Quiet, logging.handlers.SysLogHandler):
    """Sends to the system's log, or to one over the network: RFC 3164, with JSON as the message.

    Args:
        address: The path of a socket, such as ``"/dev/log"``, or host and port for UDP.
        program: Who says it; what the log is searched by.

    Raises:
        OSError: There is no such socket or host.
    """

    def __init__(self, address: str | tuple[str, int], program: str) -> None:
        if isinstance(address, str) and not Path(address).exists():
            # The standard library would try again with each record, and complain of each.
            msg = f"the system's log must have a socket, got {address!r}: is its service running?"
            raise FileNotFoundError(msg)
        super().__init__(address)
        # The mark in front of JSON by which rsyslog and syslog-ng know it (CEE).
        self.ident = f"{program}: @cee: "
        self.append_nul = False  # of a long gone syslogd; today's show it as a sign


class BoundedQueueHandler(LineHandler, logging.handlers.QueueHandler):
    """Puts records and lines into a queue, and never waits for a place in it."""

    def __init__(self, size: int) -> None:
        super().__init__(queue.SimpleQueue())
        self._size = size
        self.dropped = 0
        self.read = False  # by a listener

    def flush(self) -> None:
        """Wait until what is in the queue was written, but not for ever.

        ``logging.shutdown`` calls this, which is all that a forked process does at its end.
        """
        if self.read:
            written = threading.Event()
            self.queue.put_nowait(written)
            written.wait(PATIENCE)

    def empty(self) -> None:
        """Begin with an empty queue."""
        self.queue = queue.SimpleQueue()
        self.dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Fix the message now: its arguments may change before the thread comes to it."""
        try:
            record.msg, record.args = record.getMessage(), None
        except Exception:  # noqa: BLE001 - the formatter says what is wrong with it
            return record
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Put a record in, or count it as dropped."""
        self._put(record)

    def write_line(self, line: str, *, flush: bool = True) -> None:  # noqa: ARG002 - the thread does
        """Put a line in, or count it as dropped."""
        self._put(line)

    def _put(self, item: logging.LogRecord | str) -> None:
        waiting: Any = self.queue
        # A SimpleQueue is without bounds, but takes a thirtieth of the time of a Queue.  Threads
        # that look at its size at once may pass the bound by one record each.
        if waiting.qsize() >= self._size:
            with self.lock:
                self.dropped += 1
            return
        waiting.put(item)
        if self.dropped:
            with self.lock:
                count, self.dropped = self.dropped, 0
            text = f"{count} records were dropped: the log could not be written fast enough"
            waiting.put(logging.makeLogRecord({"name": "groundup.logs", "msg": text} | WARNING))


PATIENCE = 5.0  # seconds for a disk at the end of a process
WARNING = {"levelno": logging.WARNING, "levelname": "WARNING"}


class Listener(logging.handlers.QueueListener):
    """Writes what is in the queue, in a thread that outlives every error."""

    def handle(self, record: logging.LogRecord | str | threading.Event) -> None:
        """Write a record or a line; a stream is flushed when nothing more waits for it."""
        if isinstance(record, threading.Event):
            record.set()
            return
        with suppress(Exception):
            if isinstance(record, logging.LogRecord):
                super().handle(record)
                return
            waiting: Any = self.queue
            for handler in cast("tuple[LineHandler, ...]", self.handlers):
                handler.write_line(record, flush=waiting.empty())
