"""Write a log line without a record, where nobody would see the record.

    logger.info(...) ─► handlers of ours alone? ─► line ─► stream or queue           2 to 4 µs
                                 │ no
                                 └─► record ─► filters ─► handlers ─► formatter      9 to 14 µs

Half of the time of a line goes into the ``LogRecord``: who called from where, in which thread and
process, two dozen attributes that a line of JSON has no use for.  So while `configure_logging` is
in force, loggers look whether their record would meet anything but our own handler.  A filter, a
handler of somebody else (a test's, a tracker's), a factory for records, a method of the standard
library that a tracker has replaced, an exception to show: any of them, and the record is made as
ever.

It works for every ``logging.getLogger``: the loggers that there are change their class to one that
differs in this method alone, and change it back at the end.
"""

import logging
import time
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from groundup_errors.context import ContextFilter, current_bound
from groundup_errors.formatters import STANDARD, JSONFormatter
from groundup_errors.sinks import LineHandler

__all__ = ["DirectLogger", "ShortCut", "close_shortcut", "open_shortcut"]


def find_original(name: str) -> Any:
    """Return a method of the standard library's loggers, or None if somebody has replaced it."""
    method: Any = getattr(logging.Logger, name)
    file = logging.addLevelName.__code__.co_filename
    own = isinstance(method, FunctionType) and method.__code__.co_filename == file
    return method if own else None


# What trackers of errors replace to see every record; looked at for each line.
MAKE, HANDLE, CALL = map(find_original, ("makeRecord", "handle", "callHandlers"))


class ShortCut:
    """The way from a logger to the one handler of the root logger, without a record."""

    def __init__(
        self, handler: LineHandler, formatter: JSONFormatter, context: ContextFilter
    ) -> None:
        self._handler = handler
        self._formatter = formatter
        self._root = logging.getLogger()
        self._handlers: list[logging.Handler] = [handler]
        self._filters = [context]
        self._context = context

    def fits(self, logger: logging.Logger, level: int) -> bool:
        """Return whether a record of this logger would meet our handler, and nothing else."""
        handler, root, standard = self._handler, self._root, logging.Logger
        if (
            standard.callHandlers is not CALL
            or standard.handle is not HANDLE
            or standard.makeRecord is not MAKE
            or root.handlers != self._handlers
            or logger.filters
            or level < handler.level
            or handler.filters != self._filters
            or logging.getLogRecordFactory() is not logging.LogRecord
        ):
            return False
        at: logging.Logger | None = logger
        while at is not root:
            if at is None or at.handlers or not at.propagate:
                return False
            at = at.parent
        return True

    def write(
        self, name: str, level: int, message: object, args: Any, extra: Mapping[str, object] | None
    ) -> bool:
        """Write the line and return True, unless a field has the name of a record's own."""
        fields, members = self._find_fields(extra)
        if fields and not STANDARD.isdisjoint(fields):
            return False
        if args and len(args) == 1 and isinstance(args[0], Mapping) and args[0]:
            args = args[0]  # "%(name)s", as records have it
        line = self._formatter.write_line(
            time.time(), logging.getLevelName(level), name, message, args, fields, members
        )
        self._handler.write_line(line)
        return True

    def _find_fields(self, extra: Mapping[str, object] | None) -> tuple[Mapping[str, object], str]:
        """Return the fields to be written, and those that were written for an earlier line."""
        bound = current_bound()
        values, written = bound.values, bound.written
        if written is None or written[0] is not self:
            bound.written = written = (self, self._write_bound(values))
        if written[1] is None or (extra and not values.keys().isdisjoint(extra)):
            own = extra or NOTHING
            fields, members = {**own, **values, **own}, ""  # in this order, and theirs count
        elif self._context.variables:
            fields, members = {**(extra or NOTHING)}, written[1]
        else:
            return extra or NOTHING, written[1]
        self._context.add_variables(fields)
        return fields, members

    def _write_bound(self, values: Mapping[str, Any]) -> str | None:
        """Return what is bound as members, or None if each line must see to them."""
        formatter = self._formatter
        if (
            any(type(value) not in FIXED for value in values.values())  # what can change
            or not STANDARD.isdisjoint(values)
            or not formatter.fields.keys().isdisjoint(values)
        ):
            return None
        try:
            return formatter.write_members(values)
        except ValueError:  # a number of thousands of digits
            return None


FIXED = frozenset({str, int, float, bool})  # types whose values cannot change
NOTHING: Mapping[str, object] = {}


class DirectLogger(logging.Logger):
    """A logger that takes the short cut when there is one and it fits."""

    def _log(
        self,
        level: int,
        msg: object,
        args: Any,
        exc_info: Any = None,
        extra: Mapping[str, object] | None = None,
        stack_info: bool = False,  # noqa: FBT001, FBT002 - as above
        stacklevel: int = 1,
    ) -> None:
        cut = shortcut
        if (
            cut is not None
            and not exc_info
            and not stack_info
            and cut.fits(self, level)
            and cut.write(self.name, level, msg, args, extra)
        ):
            return
        # Not super(): a set-up that ends in another thread may just have changed our class back.
        # One level more, because the caller is not this method.
        standard: Any = logging.Logger
        standard._log(self, level, msg, args, exc_info, extra, stack_info, stacklevel + 1)  # noqa: SLF001 - what we override


shortcut: ShortCut | None = None


def open_shortcut(cut: ShortCut) -> None:
    """Let all loggers of the standard class take the short cut, also those to come."""
    change_class(logging.Logger, DirectLogger, cut)


def close_shortcut() -> None:
    """Make loggers again what they were."""
    change_class(DirectLogger, logging.Logger, None)


def change_class(
    before: type[logging.Logger], after: type[logging.Logger], cut: ShortCut | None
) -> None:
    """Change the class of the loggers that have just this one; those of others keep their own."""
    global shortcut  # noqa: PLW0603 - there is one tree of loggers
    shortcut = cut
    if logging.getLoggerClass() is before:
        logging.setLoggerClass(after)
    loggers: list[Any] = list(logging.Logger.manager.loggerDict.values())
    for logger in loggers:
        if type(logger) is before:
            logger.__class__ = after
