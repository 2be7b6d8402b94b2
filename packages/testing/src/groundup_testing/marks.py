"""What a test file says: fixtures, parameters, what to skip, what must raise.

The same words work under both runners.  Under pytest they are pytest's own; under ``groundup-test``
they leave marks on the functions, for discovery to find.
"""

import importlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, Literal, TypeVar, cast, overload

__all__ = [
    "FixtureMark",
    "Raised",
    "Scope",
    "Skipped",
    "TestMarks",
    "fail",
    "fixture",
    "mark",
    "marks_of",
    "parametrize",
    "raises",
    "read_marks",
    "skip",
]

F = TypeVar("F", bound=Callable[..., Any])
E = TypeVar("E", bound=BaseException)
Scope = Literal["function", "class", "module", "session"]

MARKS = "_groundup_marks"
FIXTURE = "_groundup_fixture"


class Backend:
    """Whose words these are: the plugin for pytest says so when it is loaded."""

    pytest = False


Axis = tuple[list[str], list[list[Any]], list[str] | None]
"""Names of parameters, rows of their values, and an id for each row."""


class Skipped(Exception):  # noqa: N818 - it is no error
    """The test does not want to run."""


@dataclass(frozen=True, slots=True)
class FixtureMark:
    """How a function makes something for tests."""

    function: Callable[..., Any]
    name: str
    scope: Scope = "function"
    autouse: bool = False


@dataclass(slots=True)
class TestMarks:
    """What decorators say of a test."""

    __test__ = False

    parameters: list[Axis] = field(default_factory=list[Axis])
    skip: str | None = None
    xfail: "Xfail | None" = None
    names: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, slots=True)
class Xfail:
    """A test that is known to fail."""

    reason: str = ""
    raises: tuple[type[BaseException], ...] = (Exception,)
    strict: bool = False


def marks_of(item: Any) -> TestMarks:
    """Return the marks of a function or class, its own to change."""
    marks = read_marks(item)
    setattr(item, MARKS, marks)
    return marks


def read_marks(item: Any) -> TestMarks:
    """Return the marks of a function or class, without those of its base classes."""
    own = cast("dict[str, Any]", vars(item))
    marks = own.get(MARKS)
    return marks if isinstance(marks, TestMarks) else TestMarks()


def real_pytest() -> Any:
    """Return pytest, for whom these words are said."""
    return importlib.import_module("pytest")


@overload
def fixture(function: F, /) -> F: ...
@overload
def fixture(
    *, scope: Scope = "function", name: str | None = None, autouse: bool = False
) -> Callable[[F], F]: ...
def fixture(
    function: Any = None,
    *,
    scope: Scope = "function",
    name: str | None = None,
    autouse: bool = False,
) -> Any:
    """Declare a function that makes something for tests which name it as a parameter.

    One that yields is gone on with at the end of its scope, to clean up.
    """

    def declare(made: Any) -> Any:
        if Backend.pytest:
            return real_pytest().fixture(scope=scope, name=name, autouse=autouse)(made)
        setattr(made, FIXTURE, FixtureMark(made, name or made.__name__, scope, autouse))
        return made

    return declare if function is None else declare(function)


def parametrize(
    names: str | Sequence[str], values: Iterable[Any], *, ids: Sequence[str] | None = None
) -> Callable[[F], F]:
    """Run a test once for each value; with several names, each value is a tuple of them."""
    if Backend.pytest:
        return real_pytest().mark.parametrize(names, list(values), ids=ids)  # type: ignore[no-any-return]
    split = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)
    rows = [list(value) if len(split) > 1 else [value] for value in values]
    for row in rows:
        if len(row) != len(split):
            raise ValueError(f"a row must have {len(split)} values for {split}, got {row!r}")
    if ids is not None and len(ids) != len(rows):
        raise ValueError(f"there must be {len(rows)} ids, got {len(ids)}")

    def declare(test: F) -> F:
        marks_of(test).parameters.append((split, rows, None if ids is None else list(ids)))
        return test

    return declare


def skip(reason: str = "") -> None:
    """End the running test without a verdict."""
    if Backend.pytest:
        real_pytest().skip(reason)
    raise Skipped(reason)


def fail(reason: str = "") -> None:
    """End the running test as failed."""
    raise AssertionError(reason)


class Marker:
    """``mark.skip``, ``mark.skipif``, ``mark.xfail``, ``mark.parametrize``, and any other name."""

    parametrize = staticmethod(parametrize)

    def skip(self, reason: str = "") -> Callable[[F], F]:
        """Do not run a test."""
        return self.skipif(True, reason=reason)  # noqa: FBT003 - the condition is the word itself

    def skipif(self, condition: bool, /, *, reason: str = "") -> Callable[[F], F]:  # noqa: FBT001 - as everybody writes it
        """Do not run a test where a condition holds."""
        if Backend.pytest:
            return real_pytest().mark.skipif(condition, reason=reason)  # type: ignore[no-any-return]

        def declare(test: F) -> F:
            if condition:
                marks_of(test).skip = reason or "no reason given"
            return test

        return declare

    def xfail(
        self,
        reason: str = "",
        *,
        raises: type[BaseException] | tuple[type[BaseException], ...] = Exception,
        strict: bool = False,
    ) -> Callable[[F], F]:
        """Expect a test to fail; with ``strict``, its success is a failure."""
        if Backend.pytest:
            return real_pytest().mark.xfail(reason=reason, raises=raises, strict=strict)  # type: ignore[no-any-return]

        def declare(test: F) -> F:
            kinds = raises if isinstance(raises, tuple) else (raises,)
            marks_of(test).xfail = Xfail(reason, kinds, strict)
            return test

        return declare

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if Backend.pytest:
            return getattr(real_pytest().mark, name)

        def declare(test: F) -> F:
            marks_of(test).names.add(name)
            return test

        return declare


mark = Marker()


class Raised(Generic[E]):
    """Waits for an exception; see `raises`."""

    value: E
    """What was raised; there once the block has ended."""

    def __init__(
        self, kinds: type[E] | tuple[type[E], ...], match: str | re.Pattern[str] | None
    ) -> None:
        self._kinds = kinds
        self._match = match

    def __enter__(self) -> "Raised[E]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> bool:
        if error is None:
            raise AssertionError(f"{self._names()} must be raised, got nothing")
        if not isinstance(error, self._kinds):
            return False
        self.value = error
        if self._match is not None and re.search(self._match, str(error)) is None:
            raise AssertionError(f"message must match {self._match!r}, got {str(error)!r}")
        return True

    def _names(self) -> str:
        kinds = self._kinds if isinstance(self._kinds, tuple) else (self._kinds,)
        return " or ".join(kind.__name__ for kind in kinds)


def raises(
    kinds: type[E] | tuple[type[E], ...], *, match: str | re.Pattern[str] | None = None
) -> Raised[E]:
    """Expect a block to raise.

    >>> with raises(ValueError, match="invalid literal") as caught:
    ...     int("x")
    >>> type(caught.value)
    <class 'ValueError'>
    """
    return Raised(kinds, match)
