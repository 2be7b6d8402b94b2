"""Find the application that a command line names: ``module:attribute``, ``module`` or nothing.

Nothing means the blog that comes with the framework; only that one takes parts of yours, because
an application of your own says itself what it is made of.
"""

import inspect
from collections.abc import Iterable
from typing import Any, cast

from groundup.application import Application
from groundup.config import Config
from groundup.errors import LoadError
from groundup.importing import find_module
from groundup.parts import load_parts

__all__ = ["load_application"]

DEFAULT_ATTRIBUTE = "app"


def load_application(
    target: str | None, config: Config, replaced: Iterable[str] = ()
) -> Application:
    """Return the application that a target names.

    Args:
        target: ``module:attribute``, or ``module`` for its ``app``; None for the blog.  The
            attribute may be an application, or a function that makes one, with or without
            the settings as its argument.
        config: The settings for applications that are made here; ``parts`` are for the blog.
        replaced: Parts for the blog: ``router=my_router:Router``.

    Raises:
        LoadError: The module or the attribute is not there, or is no application.
    """
    if target is None:
        from groundup.blog import create_app  # noqa: PLC0415 - its models cost time to import

        # What the command line names comes last, and wins.
        listed = [text.strip() for text in config.parts.split(",") if text.strip()]
        return create_app(config, **load_parts([*listed, *replaced]))
    if tuple(replaced):
        msg = "--with is for the example blog: an application of your own names its parts itself"
        raise LoadError(msg)
    module_name, _, attribute = target.partition(":")
    attribute = attribute or DEFAULT_ATTRIBUTE
    module = find_module(module_name, target)
    found = getattr(module, attribute, None)
    if found is None:
        names = cast("dict[str, Any]", vars(module))
        known = [name for name, value in names.items() if isinstance(value, Application)]
        hint = f": did you mean {module_name}:{known[0]}?" if known else ""
        msg = f"module {module_name!r} has no {attribute!r}{hint}"
        raise LoadError(msg)
    return made(found, target, config)


def made(found: Any, target: str, config: Config) -> Application:
    """Return an application, calling the function that makes it if the target is one."""
    if isinstance(found, Application):
        return found
    if callable(found):
        found = found(config) if inspect.signature(found).parameters else found()
    if not isinstance(found, Application):
        msg = f"{target!r} must be an Application or a function that returns one, got {found!r}"[
            :200
        ]
        raise LoadError(msg)
    return found
