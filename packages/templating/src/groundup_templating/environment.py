"""The shared part of many templates: loader, filters, tests, globals, limits, and the cache.

Threads and tasks may share an environment.  Filters, tests and globals are added before templates
are compiled: a template that is in the cache keeps what it was compiled with.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, overload

from groundup_templating.async_linker import AsyncLinker
from groundup_templating.checks import TESTS
from groundup_templating.codecache import CodeCache
from groundup_templating.errors import TemplateError, TemplateNotFound
from groundup_templating.escapers import ESCAPERS
from groundup_templating.filters import FILTERS
from groundup_templating.globals import GLOBALS, set_item
from groundup_templating.linker import Linker
from groundup_templating.loaders import DirectoryLoader, Loader
from groundup_templating.lookup import Lookup
from groundup_templating.loop import Loop
from groundup_templating.macro import MISSING, AsyncMacro, Macro
from groundup_templating.markup import Markup
from groundup_templating.runtime import Output
from groundup_templating.sandbox import UNLIMITED, Limits, add, concat, modulo, multiply, power
from groundup_templating.template import Template
from groundup_templating.translation import translate
from groundup_templating.undefined import Undefined
from groundup_templating.waiting import awaited, listed, must_wait, pause

__all__ = ["Environment", "default_environment"]

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)
CACHED_TEMPLATES = 400


class Environment:
    """Load, compile, cache and render templates.

    >>> from groundup_templating import DictLoader
    >>> environment = Environment(DictLoader({"hello.html": "Hello {{ name | shout }}"}))
    >>> @environment.filter
    ... def shout(text: str) -> str:
    ...     return text.upper() + "!"
    >>> environment.render("hello.html", {"name": "<you>"})
    'Hello &lt;YOU&gt;!'

    Args:
        loader: Where templates come from; the path of a folder means a DirectoryLoader.
        auto_reload: Look at each use whether the source has changed.
        undefined: What stands for missing names: Undefined, LenientUndefined, ChainableUndefined.
        filters: More filters, by name.
        tests: More tests, by name.
        globals: Names that all templates see.
        trusted: Lift the sandbox, for templates that are as trusted as the program.
        limits: How much one rendering may take.
        dedent: Move bodies of block tags to their tags, and take out lines that hold only tags.
        cache: Where compiled code is kept from one start of the program to the next: FileCache.
    """

    def __init__(  # noqa: PLR0913 - all but the first are keywords
        self,
        loader: Loader | str | Path | None = None,
        *,
        auto_reload: bool = False,
        undefined: type[Undefined] = Undefined,
        filters: Mapping[str, Function] | None = None,
        tests: Mapping[str, Function] | None = None,
        globals: Mapping[str, Any] | None = None,
        trusted: bool = False,
        limits: Limits | None = None,
        dedent: bool = True,
        cache: CodeCache | None = None,
    ) -> None:
        self.loader = DirectoryLoader(loader) if isinstance(loader, str | Path) else loader
        self.auto_reload = auto_reload
        self.undefined = undefined
        self.filters: dict[str, Function] = {**FILTERS, **(filters or {})}
        self.tests: dict[str, Function] = {**TESTS, **(tests or {})}
        self.globals: dict[str, Any] = {**GLOBALS, **(globals or {})}
        self.trusted = trusted
        self.limits = limits or (UNLIMITED if trusted else Limits())
        self.dedent = dedent
        self.cache = cache
        self._cache: OrderedDict[str, Template] = OrderedDict()
        self._lock = Lock()
        self.namespace = self._make_namespace()

    def _make_namespace(self) -> dict[str, Any]:
        """Return what generated code may use: nothing else is within its reach."""
        lookup = Lookup(self.undefined, trusted=self.trusted)
        lookup.filters, lookup.tests = self.filters, self.tests
        linker = Linker(self)
        return {
            **ESCAPERS,
            "__builtins__": {"len": len, "slice": slice, "str": str},
            "AsyncMacro": AsyncMacro,
            "Loop": Loop,
            "MISSING": MISSING,
            "Macro": Macro,
            "Markup": Markup,
            "Output": Output,
            "add": add,
            "async_link": AsyncLinker(linker),
            "awaited": awaited,
            "concat": concat,
            "get_item": lookup.get_item,
            "link": linker,
            "listed": listed,
            "lookup": lookup,
            "modulo": modulo,
            "multiply": multiply,
            "must_wait": must_wait,
            "pause": pause,
            "power": power,
            "set_item": set_item,
            "translate": translate,
            "undefined": self.undefined,
        }

    def render(self, name: str, context: Mapping[str, Any] | None = None, /, **more: Any) -> str:
        """Return the text of a template with these names.

        Raises:
            TemplateError: The template cannot be found, compiled or rendered.
        """
        return self.get_template(name).render(context, **more)

    async def render_async(
        self, name: str, context: Mapping[str, Any] | None = None, /, **more: Any
    ) -> str:
        """Return the text of a template with these names, waiting for what it calls.

        Raises:
            TemplateError: The template cannot be found, compiled or rendered.
        """
        return await self.get_template(name).render_async(context, **more)

    def get_template(self, name: str, /) -> Template:
        """Return a template from the cache or the loader.

        Raises:
            TemplateNotFound: No loader has it.
            TemplateSyntaxError: It is not written as the language wants it.
        """
        template = self._cache.get(name)
        if template is not None and not (self.auto_reload and not template.is_fresh()):
            return template
        if self.loader is None:
            raise TemplateNotFound(f"no template {name!r}: the environment has no loader")
        source = self.loader.load(name)
        template = Template(
            source.text,
            name=name,
            environment=self,
            filename=source.filename,
            is_fresh=source.is_fresh,
        )
        with self._lock:
            self._cache[name] = template
            if len(self._cache) > CACHED_TEMPLATES:
                self._cache.popitem(last=False)
        return template

    def from_string(self, source: str, *, name: str | None = None) -> Template:
        """Return a template from its text; without a name it is HTML."""
        return Template(source, name=name, environment=self)

    @overload
    def filter(self, name: F, /) -> F: ...

    @overload
    def filter(self, name: str | None = None, /) -> Callable[[F], F]: ...

    def filter(self, name: Any = None, /) -> Any:
        """Add the decorated function as a filter, under its own name or another."""
        if callable(name):
            self.add_filter(getattr(name, "__name__", ""), name)
            return name

        def decorate(function: F) -> F:
            self.add_filter(name or getattr(function, "__name__", ""), function)
            return function

        return decorate

    def add_filter(self, name: str, function: Function) -> None:
        """Add a filter: ``{{ value | name(more) }}`` calls ``function(value, more)``."""
        self._add(self.filters, name, function)

    def add_test(self, name: str, function: Function) -> None:
        """Add a test: ``{% if value is name(more) %}`` calls ``function(value, more)``."""
        self._add(self.tests, name, function)

    def add_global(self, name: str, value: Any) -> None:
        """Add a name that all templates see; if it is a function, they may call it."""
        self.globals[name] = value

    def _add(self, table: dict[str, Function], name: str, function: Function) -> None:
        if not all(part.isidentifier() for part in name.split(".")):
            raise TemplateError(f"a filter or test must be named by a word, got {name!r}")
        if not callable(function):
            raise TemplateError(f"a filter or test must be a function, got {function!r}")
        table[name] = function


_default: list[Environment] = []


def default_environment() -> Environment:
    """Return the environment of templates that were given none."""
    if not _default:
        _default.append(Environment())
    return _default[0]
