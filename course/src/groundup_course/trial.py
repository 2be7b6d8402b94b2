"""What a milestone's test gets: it records what was done, and says what came of it.

A test is a function of the learner's module and a `Trial`:

    def m2_parameter(part, t):
        '''The text in the place of `:id` is captured.'''
        router = t.make(part.Router)               did   router = Router()
        router.add("/users/:id", "user")           did   router.add('/users/:id', 'user')
        found = router.match("/users/7")           did   router.match('/users/7')
        t.same(found["params"], {"id": "7"})       expected, got, and the rule above

Whatever is called through `make` or `call` is written down as a line that can be pasted into a
Python prompt.  A comparison looks at the types first: an object that says it is equal to everything
is equal to nothing here.
"""

import contextlib
import inspect
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from groundup_course.failure import Failure, point_at_difference, shorten

__all__ = ["Trial", "slowness"]

PLAIN = (str, bytes, int, float, bool, type(None))
MAX_DID = 40  # lines that are kept of what was done


def slowness() -> float:
    """Return the factor for every limit of time: ``GROUNDUP_SLOW``, 1 by default."""
    try:
        return max(1.0, float(os.environ.get("GROUNDUP_SLOW", "1")))
    except ValueError:
        return 1.0


class Recorder:
    """An object of the learner's whose calls are written down."""

    def __init__(self, trial: "Trial", name: str, target: Any) -> None:
        self.__trial, self.__name, self.__target = trial, name, target

    def __getattr__(self, name: str) -> Any:
        label = f"{self.__name}.{name}"
        value = self.__trial.guard(lambda: getattr(self.__target, name), label)
        if not callable(value):
            self.__trial.did(label)
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            return self.__trial.call(value, *args, named=label, **kwargs)

        return call


class Trial:
    """One run of one test.

    Attributes:
        rng: Random choices that ``--seed`` repeats.
        rule: The first line of the test's docstring.
        source: Where the rule comes from: an RFC's section, or the chapter.
        lines: What was done, each a line to paste.
    """

    def __init__(self, name: str, rule: str, source: str, *, seed: int, file: str = "") -> None:
        self.rng = random.Random(f"{seed}:{name}")  # noqa: S311 - to vary tests, not to hide
        self.name, self.rule, self.source = name, rule, source
        self.lines: list[str] = []
        self.error: BaseException | None = None  # what ended the test
        self.where = ""  # the learner's line that returned last
        self._file = file
        self._stack = contextlib.ExitStack()

    # -- doing ----------------------------------------------------------------------------------

    def did(self, line: str) -> None:
        """Write down what was done, as a line to paste into Python or a shell."""
        if len(self.lines) < MAX_DID:
            self.lines.append(line)
        elif len(self.lines) == MAX_DID:
            self.lines.append("...")

    def make(  # noqa: D417 - the rest is handed on
        self, kind: Callable[..., Any], *args: Any, named: str = "", **kwargs: Any
    ) -> Any:
        """Make an object of the learner's; its calls are recorded under the name of its class.

        Args:
            kind: The class, or a function that makes the object.
            args, kwargs: What it is made of.
            named: The variable's name; by default the class's in small letters.
        """
        label = getattr(kind, "__name__", "make")
        name = named or label.lower()
        made = self.call(kind, *args, named=label, into=name, **kwargs)
        return Recorder(self, name, made)

    def call(
        self,
        function: Callable[..., Any],
        *args: Any,
        named: str = "",
        into: str = "",
        **kwargs: Any,
    ) -> Any:
        """Call something of the learner's and write it down; what it raises is a failure."""
        label = named or getattr(function, "__name__", "call")
        given = [describe(arg) for arg in args]
        given += [f"{key}={describe(value)}" for key, value in kwargs.items()]
        line = f"{label}({', '.join(given)})"
        self.did(f"{into} = {line}" if into else line)
        plain = [arg._Recorder__target if isinstance(arg, Recorder) else arg for arg in args]  # noqa: SLF001  # pyright: ignore[reportAttributeAccessIssue]
        return self.guard(lambda: function(*plain, **kwargs), line)

    def guard(self, call: Callable[[], Any], line: str) -> Any:
        """Run a piece of the learner's code; an exception becomes a failure that names its line."""
        before, self.where = sys.getprofile(), ""
        sys.setprofile(self._watch)
        try:
            return call()
        except Failure:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a part may raise anything
            sys.setprofile(before)
            self.crashed(error, line)
        finally:
            sys.setprofile(before)

    def crashed(self, error: BaseException, line: str) -> NoReturn:
        """Fail with an exception that came out of the learner's code."""
        self.where = innermost(error, self._file) or self.where
        got = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise Failure("crash", expected="no exception", got=shorten(f"{line} raised {got}"))

    def _watch(self, frame: FrameType, event: str, _value: Any) -> None:
        if event == "return" and self._file and frame.f_code.co_filename == self._file:
            self.where = f"{Path(self._file).name}:{frame.f_lineno} in {frame.f_code.co_name}"

    # -- asserting ------------------------------------------------------------------------------

    def same(self, got: Any, want: Any, why: str = "") -> None:
        """Check that a value is the wanted one, in type and content.

        Raises:
            Failure: It is not.
        """
        if alike(got, want):
            return
        shown, caret = point_at_difference(got, want)
        raise Failure("assert", expected=shorten(want, quote=True), got=shown, caret=caret, why=why)

    def holds(self, condition: object, expected: str, got: Any = None, why: str = "") -> None:
        """Check a condition that says in words what is expected.

        Raises:
            Failure: It does not hold.
        """
        if condition is not True and not (isinstance(condition, PLAIN) and condition):
            raise Failure("assert", expected=expected, got=shorten(got, quote=True), why=why)

    def raises(
        self, kind: type[BaseException], function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> BaseException:
        """Check that a call raises an exception of a kind, and return it.

        Raises:
            Failure: It returns, or raises something else.
        """
        label = getattr(function, "__name__", "call")
        given = [*map(describe, args), *(f"{key}={value!r}" for key, value in kwargs.items())]
        mark = len(self.lines)
        try:
            found = function(*args, **kwargs)
        except Failure as failure:
            cause = failure.__context__
            if isinstance(cause, kind):
                return cause
            raise
        except kind as error:
            self.did(f"{label}({', '.join(given)})")
            return error
        if len(self.lines) == mark:
            self.did(f"{label}({', '.join(given)})")
        raise Failure("assert", expected=kind.__name__, got=shorten(found, quote=True))

    def fail(self, expected: str, got: str, why: str = "") -> NoReturn:
        """Fail in words."""
        raise Failure("assert", expected=expected, got=shorten(got), why=why)

    # -- waiting and cleaning -------------------------------------------------------------------

    def seconds(self, limit: float) -> float:
        """Return a limit of time as long as this machine needs: times ``GROUNDUP_SLOW``."""
        return limit * slowness()

    def until(self, condition: Callable[[], object], expected: str, seconds: float = 3) -> None:
        """Wait until something holds; never sleep for a guessed time instead.

        Raises:
            Failure: It does not hold in time.
        """
        end = time.monotonic() + self.seconds(seconds)
        while not condition():
            if time.monotonic() > end:
                raise Failure("assert", expected=expected, got=f"nothing within {seconds} s")
            time.sleep(0.005)

    def later(self, clean: Callable[[], Any]) -> None:
        """Call something at the end of the test, whatever becomes of it; last in, first out."""
        self._stack.callback(clean)

    def folder(self) -> Path:
        """Return a new empty folder that is gone after the test."""
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="groundup-")))

    def close(self) -> None:
        """Clean up."""
        self._stack.close()


def describe(value: Any) -> str:
    """Return an argument as it is written in Python, as far as that is possible.

    >>> describe("/users"), describe(describe)
    ("'/users'", 'describe')
    """
    if isinstance(value, Recorder):
        return str(value._Recorder__name)  # noqa: SLF001  # pyright: ignore[reportAttributeAccessIssue]
    if inspect.isfunction(value) or inspect.isclass(value):
        return value.__name__
    return shorten(value, quote=True)


def alike(got: Any, want: Any) -> bool:
    """Return whether two values are equal and of the same kind, all the way down.

    A mapping may be of any class, and so may a sequence that is compared with a list; a plain
    value must have the very type.

    >>> alike({"id": "7"}, {"id": "7"}), alike({"id": 7}, {"id": "7"}), alike(True, 1)
    (True, False, False)
    """
    if isinstance(want, PLAIN):
        return type(got) is type(want) and got == want
    if isinstance(want, Mapping):
        return (
            isinstance(got, Mapping)
            and len(got) == len(want)  # pyright: ignore[reportUnknownArgumentType]
            and all(key in got and alike(got[key], want[key]) for key in want)  # pyright: ignore[reportUnknownVariableType]
        )
    if isinstance(want, tuple | list):
        kind = tuple if isinstance(want, tuple) else Sequence
        return (
            isinstance(got, kind)
            and len(got) == len(want)  # pyright: ignore[reportUnknownArgumentType]
            and all(map(alike, got, want))  # pyright: ignore[reportUnknownArgumentType]
        )
    if isinstance(want, set | frozenset):
        return isinstance(got, set | frozenset) and got == want
    return got is want or (type(got) is type(want) and bool(got == want))


def innermost(error: BaseException, file: str) -> str:
    """Return the deepest line of a file in a traceback, or nothing."""
    found, trace = "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if file and code.co_filename == file:
            found = f"{Path(file).name}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
    if not found and isinstance(error, SyntaxError) and error.filename == file:
        found = f"{Path(file).name}:{error.lineno}"
    return found
