"""Give functions what they ask for, and close it afterwards in reverse order.

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

What a parameter stands for is said by its name, or else by its annotation: see
`groundup_compose.providers`.
"""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self, TypeVar

from groundup_compose.errors import InjectionError
from groundup_compose.factories import annotate
from groundup_compose.providers import Provider, Registry, Want, read_wants
from groundup_middleware import AsyncNext, call_by_colour, call_in_thread, describe
from groundup_response import Response

__all__ = ["Injector", "inject"]

ProviderT = TypeVar("ProviderT", bound=Callable[..., Any])

OWN = ("request", "next")  # parameters that are given by the pipeline


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
        self._registry = Registry()
        self._app = Scope(self._registry, None, None)
        for name, function in providers.items():
            self.provide(function, name=name)
        annotate(self, "Injector")

    def provide(
        self, function: ProviderT, *, name: str | None = None, per_app: bool = False
    ) -> ProviderT:
        """Declare a dependency, and return its function: this is a decorator too.

        Args:
            function: Sync or async, a generator of either kind that yields once, or a class.  Its
                parameters are ``request`` and other dependencies.
            name: The name to ask for, by default that of the function.
            per_app: Whether one is made for the whole application, not one for each request.
        """
        name = name or function.__name__
        if name in OWN or not name.isidentifier():
            raise ValueError(f"a dependency needs a name of its own, got {name!r:.40}")
        self._registry.add(name, function, per_app=per_app)
        return function

    async def __call__(self, request: Any, next: AsyncNext) -> Response:
        """Open a scope for one request."""
        self._registry.check()
        async with Scope(self._registry, self._app, request) as scope:
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

    def __init__(self, registry: Registry, outer: "Scope | None", request: Any) -> None:
        self._registry = registry
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

    async def collect(self, wants: tuple[Want, ...], asker: str) -> dict[str, Any]:
        """Return the values for these parameters."""
        async with self._making:  # two branches of one request must not make two
            return await self._collect(wants, asker)

    async def share(self, provider: Provider) -> Any:
        """Return one value that lives as long as this scope."""
        async with self._making:
            return await self._get(provider)

    async def _collect(self, wants: tuple[Want, ...], asker: str) -> dict[str, Any]:
        chosen = self._registry.choose(wants, asker)
        return {name: await self._get(provider) for name, provider in chosen.items()}

    async def _get(self, provider: Provider | None) -> Any:
        if provider is None:
            return self._request
        if provider.per_app and self._outer is not None:
            return await self._outer.share(provider)
        if provider.name not in self._values:
            arguments = await self._collect(provider.wants, describe(provider.function))
            self._values[provider.name] = await self._make(provider.function, arguments)
        return self._values[provider.name]

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


def inject(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Make a handler or layer that is given its dependencies.

    Each parameter asks by its name, or by its annotation if that is the class of exactly one
    dependency.  One with a default that nobody provides keeps its default.

    Raises:
        TypeError: The function takes no request to begin with.
    """
    signature = inspect.signature(function)
    own = [name for name in signature.parameters if name in OWN]
    if own not in (["request"], ["request", "next"]):
        msg = f"{describe(function)} must take request, or request and next, and then dependencies"
        raise TypeError(msg)
    wants = read_wants(function, without=OWN)
    asker = describe(function)

    @functools.wraps(function)
    async def injected(*given: Any) -> Any:
        scope = current_scope.get()
        if scope is None:
            msg = f"{asker} asks for dependencies outside of a request: pipeline.use(injector)"
            raise InjectionError(msg)
        arguments = await scope.collect(wants, asker)
        return await call_by_colour(functools.partial(function, **arguments), *given)

    # What is left to give is what a pipeline gives.
    parameters = [signature.parameters[name] for name in own]
    injected.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # functions take it, see inspect.signature
    return injected
