"""Match what functions ask for with what provides it: by name, or else by annotation.

    async def db() -> AsyncIterator[Connection]     provides "db", a Connection
    def handler(request, db)                        asks for it by its name
    def handler(request, c: Connection)             asks for it by what it is

The name comes first: a parameter that is called as a provider gets what that one gives, whatever it
is annotated with.  An annotation counts if it is a class of somebody's own: two functions that each
give a ``str`` have not said the same thing.  What is asked for is known before the first request,
so everything that cannot be given is an error before it, too.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from groundup_compose.errors import InjectionError
from groundup_middleware import describe

__all__ = ["Provider", "Registry", "Want", "read_wants"]

REQUEST = "request"
NOBODYS = {"builtins", "inspect", "typing"}  # modules whose classes say too little: str, Any


class Want(NamedTuple):
    """A parameter that asks for something."""

    name: str
    type: type[Any] | None
    required: bool


class Provider(NamedTuple):
    """How to make one dependency."""

    name: str
    function: Callable[..., Any]
    per_app: bool
    wants: tuple[Want, ...]
    type: type[Any] | None


class Registry:
    """All providers.  Filled before the first request, and only read after that."""

    def __init__(self) -> None:
        self._providers: dict[str, Provider] = {}
        self._checked = False

    def add(self, name: str, function: Callable[..., Any], *, per_app: bool) -> None:
        """Add a provider.

        Raises:
            ValueError: There is one of this name.
        """
        if name in self._providers:
            raise ValueError(f"{name!r} is provided twice, the second time by {describe(function)}")
        provider = Provider(name, function, per_app, read_wants(function), read_gift(function))
        self._providers[name] = provider
        self._checked = False

    def choose(self, wants: tuple[Want, ...], asker: str) -> dict[str, Provider | None]:
        """Return who provides each parameter; None is the request itself.

        A parameter with a default that nobody provides is left out.

        Raises:
            InjectionError: Nobody provides one that has no default.
        """
        chosen: dict[str, Provider | None] = {}
        for want in wants:
            if want.name == REQUEST:
                chosen[want.name] = None
            elif provider := self._find(want, asker):
                chosen[want.name] = provider
            elif want.required:
                known = ", ".join(sorted(self._providers)) or "nothing"
                msg = f"{asker} asks for {want.name!r}, which nobody provides: there is {known}"
                raise InjectionError(msg)
        return chosen

    def _find(self, want: Want, asker: str) -> Provider | None:
        if want.name in self._providers or want.type is None:
            return self._providers.get(want.name)
        found = [one for one in self._providers.values() if one.type is want.type]
        if len(found) > 1:
            several = ", ".join(repr(one.name) for one in found)
            msg = f"{asker} asks for a {want.type.__name__}: name the parameter as one of {several}"
            raise InjectionError(msg)
        return found[0] if found else None

    def check(self) -> None:
        """Raise InjectionError if anything cannot be made: before the first request, not in it."""
        if not self._checked:
            for provider in self._providers.values():
                self._check_one(provider, ())
            self._checked = True

    def _check_one(self, provider: Provider, path: tuple[str, ...]) -> None:
        """Follow what one dependency needs; ``path`` is who asked for it."""
        path = (*path, provider.name)
        for name, need in self.choose(provider.wants, describe(provider.function)).items():
            if provider.per_app and (need is None or not need.per_app):
                msg = f"{provider.name!r} lives as long as the application and cannot ask for"
                raise InjectionError(f"{msg} {name!r}, which lives for one request")
            if need is None:
                continue
            if need.name in path:
                circle = " → ".join((*path[path.index(need.name) :], need.name))
                raise InjectionError(f"dependencies ask for each other in a circle: {circle}")
            self._check_one(need, path)


def read_signature(function: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of a function, with annotations that are text looked up if they can."""
    try:
        return inspect.signature(function, eval_str=True)
    except (NameError, AttributeError, SyntaxError, TypeError):
        return inspect.signature(function)  # a name that only type checkers see


def read_wants(function: Callable[..., Any], *, without: tuple[str, ...] = ()) -> tuple[Want, ...]:
    """Return what a function asks for.

    >>> read_wants(lambda request, db, color="red": None)[2]
    Want(name='color', type=None, required=False)
    """
    return tuple(
        Want(name, read_class(parameter.annotation), parameter.default is parameter.empty)
        for name, parameter in read_signature(function).parameters.items()
        if parameter.kind in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}
        and name not in without
    )


def read_gift(function: Callable[..., Any]) -> type[Any] | None:
    """Return the class of what a provider gives, if it says so.

    >>> from collections.abc import Iterator
    >>> class Connection: ...
    >>> def connect() -> Iterator[Connection]:
    ...     yield Connection()
    >>> read_gift(connect) is read_gift(Connection) is Connection, read_gift(lambda: 1)
    (True, None)
    """
    if isinstance(function, type):
        return read_class(function)
    annotation = read_signature(function).return_annotation
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        annotation = next(iter(get_args(annotation)), None)
    return read_class(annotation)


def read_class(annotation: Any) -> type[Any] | None:
    """Return the class that an annotation names, if it is one of somebody's own."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    own = isinstance(annotation, type) and annotation.__module__ not in NOBODYS
    return annotation if own else None
