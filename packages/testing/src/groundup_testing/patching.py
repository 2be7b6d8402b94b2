"""Replace something for the length of a test, and put it back on every path.

    with patch("app.database.query") as query:       a block
    @patch("app.database.query")                     a test: the mock is one more argument
    def test_missing_user(query): ...

Only what is there can be replaced: a misspelled name is an error, not a test of nothing.
"""

import functools
import inspect
from collections.abc import Callable, Generator, MutableMapping
from contextlib import contextmanager
from importlib import import_module
from types import TracebackType
from typing import Any, cast

from groundup_testing.mocks import AsyncMock, Mock

__all__ = ["Patch", "patch"]

_unset: Any = object()
MISSING: Any = object()
OWN_PARAMETERS = ("self", "cls")


class Patch:
    """One replacement: a context manager and a decorator.  See `patch`."""

    def __init__(self, find: Callable[[], tuple[Any, str]], new: Any, create: bool) -> None:  # noqa: FBT001 - internal
        self._find = find
        self._new = new
        self._create = create
        self._undo: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> Any:
        owner, name = self._find()
        old = getattr(owner, name, MISSING)
        if old is MISSING and not self._create:
            raise AttributeError(f"what is patched must be there, got no {name!r} in {owner!r:.60}")
        own = getattr(owner, "__dict__", {name: old}).get(name, MISSING)
        new = self._new
        if new is _unset:
            kind = AsyncMock if inspect.iscoroutinefunction(old) else Mock
            new = kind(name=name)
        self._undo.append((owner, name, own))
        setattr(owner, name, new)
        return new

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        at: TracebackType | None = None,
    ) -> None:
        owner, name, old = self._undo.pop()
        if old is MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, old)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Patch for the length of each call; the mock is one more argument, before fixtures."""
        patches: list[Patch] | None = getattr(function, "_groundup_patches", None)
        if patches is None:
            patches = []
            function = wrap(function, patches)
        patches.append(self)
        if self._new is _unset:
            function.__signature__ = without_first(inspect.signature(function))  # type: ignore[attr-defined]
        return function

    @property
    def makes_mock(self) -> bool:
        """Whether the mock is handed to the function."""
        return self._new is _unset


def wrap(function: Callable[..., Any], patches: list[Patch]) -> Callable[..., Any]:
    """Return a function that runs inside of patches."""

    @contextmanager
    def patched(args: tuple[Any, ...]) -> Generator[tuple[Any, ...], None, None]:
        entered: list[Patch] = []
        try:
            for one in patches:
                value = one.__enter__()
                entered.append(one)
                args = (*args, value) if one.makes_mock else args
            yield args
        finally:
            for one in reversed(entered):
                one.__exit__()

    @functools.wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        with patched(args) as given:
            return function(*given, **kwargs)

    @functools.wraps(function)
    async def waits(*args: Any, **kwargs: Any) -> Any:
        with patched(args) as given:
            return await function(*given, **kwargs)

    wrapper: Any = waits if inspect.iscoroutinefunction(function) else plain
    wrapper._groundup_patches = patches  # noqa: SLF001 - our own mark
    return cast("Callable[..., Any]", wrapper)


def without_first(signature: inspect.Signature) -> inspect.Signature:
    """Return a signature without the parameter that a mock fills, so that no fixture is sought."""
    parameters = list(signature.parameters.values())
    place = 1 if parameters and parameters[0].name in OWN_PARAMETERS else 0
    if len(parameters) <= place:
        raise TypeError("a patched function must take the mock as an argument, got one without")
    return signature.replace(parameters=parameters[:place] + parameters[place + 1 :])


class Patcher:
    """What `patch` is: callable, with ``object`` and ``dict`` for other targets."""

    def __call__(self, target: str, new: Any = _unset, *, create: bool = False) -> Patch:
        """Replace what a dotted name means, by a mock or by ``new``.

        >>> with patch("os.getcwd", new=lambda: "/elsewhere"):
        ...     __import__("os").getcwd()
        '/elsewhere'

        Args:
            target: ``package.module.name`` or ``package.module.Class.name``.
            new: What stands in; without it, a mock that the function gets as an argument.
            create: Whether the name may be new.

        Raises:
            AttributeError: On entering: there is no such name.
            ImportError: On entering: there is no such module.
        """
        if "." not in target:
            raise TypeError(f"a target must be module.name, got {target!r}")
        return Patch(lambda: resolve(target), new, create)

    def object(self, owner: Any, name: str, new: Any = _unset, *, create: bool = False) -> Patch:
        """Replace an attribute of an object."""
        return Patch(lambda: (owner, name), new, create)

    @contextmanager
    def dict(
        self, mapping: MutableMapping[Any, Any], values: Any = (), *, clear: bool = False
    ) -> Generator[MutableMapping[Any, Any], None, None]:
        """Change a mapping for the length of a block, ``os.environ`` for example."""
        old = {**mapping}
        if clear:
            mapping.clear()
        mapping.update(values)
        try:
            yield mapping
        finally:
            mapping.clear()
            mapping.update(old)


def resolve(target: str) -> tuple[Any, str]:
    """Return the object that holds a dotted name, importing modules as far as there are any."""
    path, _, name = target.rpartition(".")
    first, *rest = path.split(".")
    owner: Any = import_module(first)
    done = first
    for part in rest:
        done = f"{done}.{part}"
        if not hasattr(owner, part):
            import_module(done)
        owner = getattr(owner, part)
    return owner, name


patch = Patcher()
"""Replace something for the length of a test: see `Patcher`."""
