"""Give functions what they ask for by name, and close it afterwards in reverse order.

    injector = Injector()

    @injector.provide                       a dependency is called as its function is
    async def db(settings):                 and may ask for others
        connection = await connect(settings.url)
        yield connection                    what comes after is done when the request is over,
        await connection.close()            the newest dependency first

    pipeline.use(injector)                  opens and closes, for each request

    @inject                                 asks: every parameter after request (and next)
    async def handler(request, db): ...

A dependency lives for one request, or for the whole application (``per_app=True``: made when it is
first asked for, closed by ``await injector.close()``).  Within its life there is one of it, however
many ask.  What is closed after a request is closed before its body is streamed.

Names, not types: what a name stands for is looked up in one place, and read aloud in the signature.
"""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

from groundup_compose.errors import InjectionError
from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, call_by_colour, call_in_thread, describe
from groundup_response import Response

__all__ = ["Injector", "inject"]

ProviderT = TypeVar("ProviderT", bound=Callable[..., Any])

OWN = ("request", "next")  # parameters that are given by the pipeline


class Provider(NamedTuple):
    """How to make one dependency."""

    name: str
    function: Callable[..., Any]
    per_app: bool
    parameters: Mapping[str, inspect.Parameter]


class Injector:
    """A set of dependencies, and the layer that opens and closes them.

    Declare everything before the first request; after that it may be shared between tasks.  What
    lives as long as the application belongs to the loop of the request that first asked for it.

    >>> from groundup_middleware import Pipeline
    >>> injector = Injector(greeting=lambda: "Hello")
    >>> @inject
    ... def handler(request, greeting):
    ...     return Response(200, f"{greeting} {request}!")
    >>> Pipeline([injector]).run_sync("you", handler).text
    'Hello you!'
    """

    def __init__(self, **providers: Callable[..., Any]) -> None:
        self._providers: dict[str, Provider] = {}
        self._checked = False
        self._app = Scope(self._providers, None, None)
        for name, function in providers.items():
            self.provide(function, name=name)
        annotate(self, "Injector")

    def provide(
        self, function: ProviderT, *, name: str | None = None, per_app: bool = False
    ) -> ProviderT:
        """Declare a dependency, and return its function: this is a decorator too.

        Args:
            function: Sync or async, or a generator of either kind that yields once.  Its parameters
                are ``request`` and other dependencies.
            name: The name to ask for, by default that of the function.
            per_app: Whether one is made for the whole application, not one for each request.
        """
        name = name or function.__name__
        if name in OWN or not name.isidentifier():
            raise ValueError(f"a dependency needs a name of its own, got {name!r:.40}")
        if name in self._providers:
            raise ValueError(f"{name!r} is provided twice, the second time by {describe(function)}")
        parameters = inspect.signature(function).parameters
        self._providers[name] = Provider(name, function, per_app, parameters)
        self._checked = False
        return function

    async def __call__(self, request: Any, next: AsyncNext) -> Response:
        """Open a scope for one request."""
        if not self._checked:
            check_providers(self._providers)
            self._checked = True
        async with Scope(self._providers, self._app, request) as scope:
            token = current_scope.set(scope)
            try:
                return await next()
            finally:
                current_scope.reset(token)
        # Only a dependency that swallows the error of a request leads here.
        raise InjectionError("a dependency ended the request: after its yield it must raise again")

    async def close(self) -> None:
        """Close what lives as long as the application, the newest first."""
        await self._app.__aexit__(None, None, None)


class Scope:
    """The dependencies of one request, or of the application."""

    def __init__(
        self, providers: Mapping[str, Provider], outer: "Scope | None", request: Any
    ) -> None:
        self._providers = providers
        self._outer = outer
        self._request = request
        self._values: dict[str, Any] = {}
        self._making = asyncio.Lock()
        self._exits = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        self._values.clear()
        return await self._exits.__aexit__(kind, error, trace)

    async def collect(
        self, parameters: Mapping[str, inspect.Parameter], asker: str
    ) -> dict[str, Any]:
        """Return the values for these parameters."""
        async with self._making:  # two branches of one request must not make two
            names = choose_names(parameters, self._providers)
            return {name: await self._get(name, asker) for name in names}

    async def share(self, name: str, asker: str) -> Any:
        """Return one value that lives as long as this scope."""
        async with self._making:
            return await self._get(name, asker)

    async def _get(self, name: str, asker: str) -> Any:
        if name == "request":
            return self._request
        provider = self._providers.get(name)
        if provider is None:
            known = ", ".join(sorted(self._providers)) or "nothing"
            raise InjectionError(
                f"{asker} asks for {name!r}, which nobody provides: there is {known}"
            )
        if provider.per_app and self._outer is not None:
            return await self._outer.share(name, asker)
        if name not in self._values:
            asker = describe(provider.function)
            needs = choose_names(provider.parameters, self._providers)
            arguments = {need: await self._get(need, asker) for need in needs}
            self._values[name] = await self._make(provider.function, arguments)
        return self._values[name]

    async def _make(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        if inspect.isasyncgenfunction(function):
            manager = asynccontextmanager(function)(**arguments)
            return await self._exits.enter_async_context(manager)
        if inspect.isgeneratorfunction(function):
            return await self._exits.enter_async_context(InThread(function, arguments))
        return await call_by_colour(functools.partial(function, **arguments))


class InThread:
    """A sync generator as an async context manager: both halves run in the request's thread."""

    def __init__(self, function: Callable[..., Any], arguments: dict[str, Any]) -> None:
        self._manager = contextmanager(function)(**arguments)

    async def __aenter__(self) -> Any:
        return await call_in_thread(self._manager.__enter__)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return await call_in_thread(self._manager.__exit__, kind, error, trace)


current_scope: ContextVar[Scope | None] = ContextVar("groundup_scope", default=None)


def choose_names(
    parameters: Mapping[str, inspect.Parameter], providers: Mapping[str, Provider]
) -> list[str]:
    """Return the parameters that must be given, and those with a default that can be."""
    return [
        name
        for name, parameter in parameters.items()
        if parameter.kind in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}
        and (name in providers or parameter.default is parameter.empty)
    ]


def check_providers(providers: Mapping[str, Provider]) -> None:
    """Raise InjectionError if anything cannot be made: before the first request, not in it."""
    for name in providers:
        check_provider(name, providers, ())


def check_provider(name: str, providers: Mapping[str, Provider], path: tuple[str, ...]) -> None:
    """Follow what one dependency needs; ``path`` is who asked for it."""
    provider = providers[name]
    path = (*path, name)
    for need in choose_names(provider.parameters, providers):
        outlives = need == "request" or (need in providers and not providers[need].per_app)
        if provider.per_app and outlives:
            msg = f"{name!r} lives as long as the application and cannot ask for {need!r}"
            raise InjectionError(f"{msg}, which lives for one request")
        if need == "request":
            continue
        if need in path:
            circle = " → ".join((*path[path.index(need) :], need))
            raise InjectionError(f"dependencies ask for each other in a circle: {circle}")
        if need not in providers:
            place = describe(provider.function)
            raise InjectionError(f"{place} asks for {need!r}, which nobody provides")
        check_provider(need, providers, path)


def inject(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Make a handler or layer that is given its dependencies by name.

    A parameter with a default that nobody provides keeps its default.

    Raises:
        TypeError: The function takes no request to begin with.
    """
    signature = inspect.signature(function)
    own = [name for name in signature.parameters if name in OWN]
    if own not in (["request"], ["request", "next"]):
        msg = f"{describe(function)} must take request, or request and next, and then dependencies"
        raise TypeError(msg)
    asked = {name: value for name, value in signature.parameters.items() if name not in OWN}
    asker = describe(function)

    @functools.wraps(function)
    async def injected(*given: Any) -> Any:
        scope = current_scope.get()
        if scope is None:
            msg = f"{asker} asks for dependencies outside of a request: pipeline.use(injector)"
            raise InjectionError(msg)
        arguments = await scope.collect(asked, asker)
        return await call_by_colour(functools.partial(function, **arguments), *given)

    # What is left to give is what a pipeline gives.
    parameters = [signature.parameters[name] for name in own]
    injected.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # functions take it, see inspect.signature
    return injected
