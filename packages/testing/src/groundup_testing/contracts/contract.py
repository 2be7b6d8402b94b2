"""A list of named checks for one kind of part."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Check", "Contract", "ContractError"]

Make = Callable[[], Any]


class ContractError(AssertionError):
    """A part does not do what its place asks for; ``failures`` names each check with its error."""

    def __init__(self, name: str, failures: "list[tuple[Check, Exception]]") -> None:
        lines = [f"a {name} must pass its checks, {len(failures)} failed:"]
        lines += [f"  {check.name}: {type(error).__name__}: {error}" for check, error in failures]
        super().__init__("\n".join(lines))
        self.failures = failures


class Check:
    """One thing that a part must do.  Call it with a function that makes a part."""

    def __init__(self, function: Callable[[Make], Any]) -> None:
        self._function = function
        self.name = function.__name__.replace("_", " ")
        self.description = inspect.getdoc(function) or ""

    def __call__(self, make: Make) -> None:
        """Check a part; async checks get a loop of their own.

        Raises:
            AssertionError: The part does something else.
        """
        result = self._function(make)
        if inspect.iscoroutine(result):
            asyncio.run(result)

    def __repr__(self) -> str:
        return self.name


class Contract:
    """The checks of one kind of part, in the order in which they are worth reading.

    >>> check_greeter = Contract("greeter")
    >>> @check_greeter.add
    ... def it_says_hello(make):
    ...     assert make()() == "hello"
    >>> check_greeter(lambda: lambda: "hello")
    >>> [(check.name, error) for check, error in check_greeter.report(lambda: lambda: "hello")]
    [('it says hello', None)]
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.checks: list[Check] = []

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def add(self, function: Callable[[Make], Any]) -> Check:
        """Add a function as a check; its name is that of the check."""
        check = Check(function)
        self.checks.append(check)
        return check

    def report(self, make: Make) -> Iterator[tuple[Check, Exception | None]]:
        """Yield each check with its error, or None when the part passes."""
        for check in self.checks:
            try:
                check(make)
            except Exception as error:  # noqa: BLE001 - a part may raise anything
                yield check, error
            else:
                yield check, None

    def __call__(self, make: Make) -> None:
        """Run all checks.

        Raises:
            ContractError: Some fail.
        """
        failures = [(check, error) for check, error in self.report(make) if error is not None]
        if failures:
            raise ContractError(self.name, failures)


def equal(found: Any, wanted: Any, what: str) -> None:
    """Check that two values are the same, and say of what.

    Raises:
        AssertionError: They are not.
    """
    if found != wanted:
        raise AssertionError(f"{what} must be {wanted!r}, got {found!r}")


def holds(condition: object, what: str) -> None:
    """Check a condition, and say which.

    Raises:
        AssertionError: It does not hold.
    """
    if not condition:
        raise AssertionError(what)


def refused(call: Callable[[], Any], what: str) -> None:
    """Check that a call raises.

    Raises:
        AssertionError: It returns.
    """
    try:
        found = call()
    except Exception:  # noqa: BLE001 - whichever error the part likes
        return
    raise AssertionError(f"{what} must be an error, got {found!r}")
