"""Macros, the functions of templates, and the modules that hold those of another template."""

from collections.abc import Callable
from typing import Any, Protocol

from groundup_templating.errors import TemplateError, suggest
from groundup_templating.undefined import Undefined

__all__ = ["MISSING", "AsyncMacro", "Macro", "Module"]

MISSING: Any = object()


class Meter(Protocol):
    """What a macro needs of a run: to say that it goes one level deeper."""

    def enter(self) -> None:
        """Go one level deeper."""

    def leave(self) -> None:
        """Come back."""


class Module(dict[str, Any]):
    """What another template exports: its macros and the names that it sets."""


class Macro:
    """A macro: binds arguments to the parameters of its generated function.

    A missing argument is MISSING, which the function replaces by the default or by undefined.
    """

    __slots__ = ("_extras", "_function", "_meter", "_parameters", "_undefined", "name")
    template_public = True

    def __init__(
        self,
        name: str,
        parameters: tuple[str, ...],
        function: Callable[..., Any],
        meter: Meter,
        undefined: type[Undefined],
        extras: tuple[str, ...],
    ) -> None:
        self.name = name
        self._parameters = parameters
        self._function = function
        self._meter = meter
        self._undefined = undefined
        self._extras = extras  # which of varargs, kwargs and caller the body asks for

    def __repr__(self) -> str:
        return f"<macro {self.name}({', '.join(self._parameters)})>"

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        """Run the macro and return its text."""
        values = self._bind(arguments, named)
        self._meter.enter()
        try:
            return self._function(*values)
        finally:
            self._meter.leave()

    def _bind(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        parameters = self._parameters
        rest = arguments[len(parameters) :]
        if rest and "varargs" not in self._extras:
            raise TemplateError(
                f"macro {self.name} takes at most {len(parameters)} arguments, got {len(arguments)}"
            )
        values = [*arguments[: len(parameters)]]
        for name in parameters[: len(values)]:
            if name in named:
                raise TemplateError(f"macro {self.name} got {name!r} twice")
        values += [named.pop(name, MISSING) for name in parameters[len(values) :]]
        caller = named.pop("caller", MISSING)
        if caller is MISSING:
            caller = self._undefined("caller", (), is_name=True)
        if named and "kwargs" not in self._extras:
            wrong = next(iter(named))
            hint = suggest(wrong, parameters)
            raise TemplateError(f"macro {self.name} has no parameter {wrong!r}{hint}")
        return [*values, caller, rest, named]


class AsyncMacro(Macro):
    """A macro that waits: a call gives a coroutine, which gives the text."""

    __slots__ = ()

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        """Return the coroutine that runs the macro."""
        return self._run(self._bind(arguments, named))

    async def _run(self, values: list[Any]) -> Any:
        self._meter.enter()
        try:
            return await self._function(*values)
        finally:
            self._meter.leave()
