"""Make what tests name as their parameters, and clean it up at the end of its scope.

session     once for the run
module      once for each file
class       once for each class
function    once for each test

A fixture may use others of its own scope or a wider one.  Each is made at its first use, and they
are cleaned up in reverse order.
"""

import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Mapping, Sequence
from typing import Any, cast

from groundup_testing.cases import RunnerError
from groundup_testing.marks import FIXTURE, FixtureMark, Scope

__all__ = ["FixtureStore", "parameters_of"]

SCOPES: tuple[Scope, ...] = ("session", "module", "class", "function")

Await = Callable[[Coroutine[Any, Any, Any]], Any]


def parameters_of(function: Callable[..., Any], *, method: bool = False) -> list[str]:
    """Return the names of what a function wants to be given; what has a default is not asked for.

    >>> parameters_of(lambda client, tmp_path, times=2: None)
    ['client', 'tmp_path']
    """
    kinds = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
    found = [
        name
        for name, one in inspect.signature(function).parameters.items()
        if one.kind in kinds and one.default is one.empty
    ]
    return found[1:] if method else found


def find_fixtures(owner: Any) -> dict[str, FixtureMark]:
    """Return the fixtures that a module, a class or a mapping has, by name."""
    values = cast("Mapping[str, Any]", owner if isinstance(owner, Mapping) else vars(owner))
    marks = (getattr(value, FIXTURE, None) for value in list(values.values()))
    return {mark.name: mark for mark in marks if isinstance(mark, FixtureMark)}


class Layer:
    """The values of one scope, and how to clean them up."""

    def __init__(self) -> None:
        self.values: dict[FixtureMark, Any] = {}
        self.cleanups: list[Callable[[], None]] = []

    def close(self) -> list[BaseException]:
        """Clean up in reverse order; one that fails does not keep the others from it."""
        errors: list[BaseException] = []
        while self.cleanups:
            try:
                self.cleanups.pop()()
            except Exception as error:  # noqa: BLE001 - reported by the caller
                errors.append(error)
        self.values.clear()
        return errors


class FixtureStore:
    """Makes values, keeps them for their scope, and cleans up.  Used by one runner.

    Args:
        run: Runs a coroutine: async fixtures are made in the loop of the tests.
    """

    def __init__(self, run: Await) -> None:
        self._run = run
        self._layers: dict[Scope, Layer] = {scope: Layer() for scope in SCOPES}

    def close(self, scope: Scope) -> list[BaseException]:
        """End a scope, and all that are narrower; return what went wrong."""
        narrower = SCOPES[SCOPES.index(scope) :]
        return [error for one in reversed(narrower) for error in self._layers[one].close()]

    def fill(
        self,
        names: Sequence[str],
        known: Mapping[str, Any],
        sources: Sequence[Any],
        instance: Any = None,
    ) -> dict[str, Any]:
        """Return a value for each name.

        Args:
            names: What is wanted.
            known: Values that are there already, from parameters.
            sources: Where fixtures are declared, the nearest first.
            instance: The object whose methods fixtures may be.

        Raises:
            RunnerError: There is no such fixture, they need each other in a circle, or a wide one
                needs a narrow one.
        """
        finder = Finder(self, [find_fixtures(source) for source in sources], known, instance)
        for marks in finder.tables:
            for mark in marks.values():
                if mark.autouse:
                    finder.get(mark.name, "function", ())
        return {name: finder.get(name, "function", ()) for name in names}

    def make(self, mark: FixtureMark, arguments: dict[str, Any], instance: Any) -> Any:
        """Return the value of a fixture, made now if its scope has none."""
        layer = self._layers[mark.scope]
        if mark in layer.values:
            return layer.values[mark]
        bound: Callable[..., Any] = mark.function
        if is_method(mark.function):
            bound = mark.function.__get__(instance)  # pyright: ignore[reportFunctionMemberAccess]
        made: Any = bound(**arguments)
        if inspect.isgenerator(made):
            made = self._start(mark, layer, cast("Any", made))
        elif inspect.isasyncgen(made):
            made = self._start_async(mark, layer, cast("Any", made))
        elif inspect.iscoroutine(made):
            made = self._run(made)
        layer.values[mark] = made
        return made

    def _start(self, mark: FixtureMark, layer: Layer, generator: Generator[Any, None, None]) -> Any:
        value = next(generator)

        def clean_up() -> None:
            if next(generator, FIXTURE) is not FIXTURE:
                raise RunnerError(f"fixture {mark.name!r} must yield once")

        layer.cleanups.append(clean_up)
        return value

    def _start_async(
        self, mark: FixtureMark, layer: Layer, generator: AsyncGenerator[Any, None]
    ) -> Any:
        async def step() -> Any:
            return await anext(generator, FIXTURE)

        value = self._run(step())

        def clean_up() -> None:
            if self._run(step()) is not FIXTURE:
                raise RunnerError(f"fixture {mark.name!r} must yield once")

        layer.cleanups.append(clean_up)
        return value


class Finder:
    """Finds the fixtures of one test."""

    def __init__(
        self,
        store: FixtureStore,
        tables: list[dict[str, FixtureMark]],
        known: Mapping[str, Any],
        instance: Any,
    ) -> None:
        self.tables = tables
        self._store = store
        self._known = known
        self._instance = instance

    def get(self, name: str, scope: Scope, way: tuple[FixtureMark, ...]) -> Any:
        """Return the value of a name.

        Args:
            name: Of a parameter or a fixture.
            scope: Of whoever wants it.
            way: The fixtures that led here.
        """
        if name in self._known:
            return self._known[name]
        mark = self._find(name, way)
        if SCOPES.index(mark.scope) > SCOPES.index(scope):
            raise RunnerError(
                f"fixture {way[-1].name!r} of scope {scope} must not use {name!r} of {mark.scope}"
            )
        wanted = parameters_of(mark.function, method=is_method(mark.function))
        way = (*way, mark)
        arguments = {one: self.get(one, mark.scope, way) for one in wanted}
        return self._store.make(mark, arguments, self._instance)

    def _find(self, name: str, way: tuple[FixtureMark, ...]) -> FixtureMark:
        """Return the nearest fixture; one that wants its own name gets the next one outwards."""
        found = [table[name] for table in self.tables if name in table]
        own = bool(way) and way[-1].name == name
        rest = [mark for mark in found if mark not in way]
        if rest and (own or found[0] not in way):
            return rest[0]
        if found:
            circle = " -> ".join([mark.name for mark in way] + [name])
            raise RunnerError(f"fixtures must not need each other in a circle: {circle}")
        known = sorted({one for table in self.tables for one in table} | {*self._known})
        raise RunnerError(f"there must be a fixture {name!r}, got {', '.join(known)}")


def is_method(function: Callable[..., Any]) -> bool:
    """Whether a function takes the object of its class first."""
    return next(iter(inspect.signature(function).parameters), "") == "self"
