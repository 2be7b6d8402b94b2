"""Stand-ins for what a test does not want to happen, and the list of what was asked of them.

    query = Mock(return_value=None)
    get_user(query)
    query.assert_called_once_with("SELECT ...", 999)

A mock takes any call and has any attribute, so a misspelled assertion would pass for ever.  Names
that begin with ``assert`` are therefore refused when they are none of ours.
"""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

__all__ = ["AsyncMock", "Call", "Mock"]

_unset: Any = object()
MISSING: Any = object()


class Call(NamedTuple):
    """One call of a mock."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __str__(self) -> str:
        parts = [repr(value) for value in self.args]
        parts += [f"{name}={value!r}" for name, value in self.kwargs.items()]
        return f"({', '.join(parts)})"


class Mock:
    """Takes any call, has any attribute, and remembers.

    >>> query = Mock(return_value=None)
    >>> query("SELECT 1", limit=5)
    >>> query.assert_called_once_with("SELECT 1", limit=5)
    >>> query.assert_called_once_with("SELECT 2")
    Traceback (most recent call last):
    AssertionError: mock must have been called with ('SELECT 2'), got ('SELECT 1', limit=5)

    Threads may call it together; each call is one step of a list.

    Args:
        return_value: What a call returns; by default a mock that is always the same.
        side_effect: An exception to raise, a function to call instead, or values to return one
            after the other.
        name: What messages call it.
        attributes: Values of attributes.
    """

    def __init__(
        self,
        *,
        return_value: Any = _unset,
        side_effect: Any = None,
        name: str = "mock",
        **attributes: Any,
    ) -> None:
        self._name = name
        self._return_value = return_value
        self._effects: Iterator[Any] | None = None
        self.side_effect = side_effect
        self.calls: list[Call] = []
        """Every call, the first one first."""
        for key, value in attributes.items():
            setattr(self, key, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "assert")):
            raise AttributeError(f"a mock has no {name!r}: see dir(Mock) for its assertions")
        child = type(self)(name=f"{self._name}.{name}")
        self.__dict__[name] = child
        return child

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "side_effect":
            iterates = isinstance(value, Iterable) and not isinstance(value, type)
            self.__dict__["_effects"] = iter(value) if iterates else None  # pyright: ignore[reportUnknownArgumentType]  # of anything
        super().__setattr__(name, value)

    @property
    def return_value(self) -> Any:
        """What a call returns."""
        if self._return_value is _unset:
            self._return_value = type(self)(name=f"{self._name}()")
        return self._return_value

    @return_value.setter
    def return_value(self, value: Any) -> None:
        self._return_value = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Note the call, and do what the mock was told."""
        return self._answer(args, kwargs)

    def _answer(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.calls.append(Call(args, kwargs))
        effect = self.side_effect
        if self._effects is not None:
            effect = next(self._effects, MISSING)
            if effect is MISSING:
                raise AssertionError(f"{self._name} was called more often than it has side effects")
            if not is_error(effect):
                return effect
        if is_error(effect):
            raise effect
        return effect(*args, **kwargs) if callable(effect) else self.return_value

    # -- what was asked -----------------------------------------------------------------------

    @property
    def called(self) -> bool:
        """Whether it has been called."""
        return bool(self.calls)

    @property
    def call_count(self) -> int:
        """How often it has been called."""
        return len(self.calls)

    @property
    def call_args(self) -> Call | None:
        """The last call."""
        return self.calls[-1] if self.calls else None

    def reset_mock(self) -> None:
        """Forget all calls."""
        self.calls.clear()

    def assert_called(self) -> None:
        """Check that it has been called."""
        if not self.calls:
            raise AssertionError(f"{self._name} must have been called")

    def assert_not_called(self) -> None:
        """Check that it has not been called."""
        if self.calls:
            raise AssertionError(f"{self._name} must not have been called, got {self._list()}")

    def assert_called_once(self) -> None:
        """Check that it has been called exactly once."""
        if len(self.calls) != 1:
            raise AssertionError(
                f"{self._name} must have been called once, got {len(self.calls)}: {self._list()}"
            )

    def assert_called_with(self, *args: Any, **kwargs: Any) -> None:
        """Check the last call."""
        self.assert_called()
        wanted = Call(args, kwargs)
        if self.calls[-1] != wanted:
            raise AssertionError(
                f"{self._name} must have been called with {wanted}, got {self.calls[-1]}"
            )

    def assert_called_once_with(self, *args: Any, **kwargs: Any) -> None:
        """Check that there was one call, and which."""
        self.assert_called_once()
        self.assert_called_with(*args, **kwargs)

    def assert_any_call(self, *args: Any, **kwargs: Any) -> None:
        """Check that one of the calls was this."""
        wanted = Call(args, kwargs)
        if wanted not in self.calls:
            raise AssertionError(
                f"{self._name} must have been called with {wanted}, got {self._list()}"
            )

    def _list(self) -> str:
        return ", ".join(map(str, self.calls)) or "no call"


class AsyncMock(Mock):
    """A mock whose calls are awaited."""

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Note the call, and do what the mock was told."""
        result = self._answer(args, kwargs)
        return await result if inspect.isawaitable(result) else result

    @property
    def return_value(self) -> Any:
        """What awaiting a call returns: a plain mock by default."""
        if self._return_value is _unset:
            self._return_value = Mock(name=f"{self._name}()")
        return self._return_value

    @return_value.setter
    def return_value(self, value: Any) -> None:
        self._return_value = value


def is_error(value: Any) -> bool:
    """Whether a value can be raised."""
    kind = value if isinstance(value, type) else type(value)  # pyright: ignore[reportUnknownVariableType]  # of anything
    return issubclass(kind, BaseException)
