"""A web framework from the ground up.

>>> from groundup import Application, Response
>>> app = Application()
>>> @app.get("/hello/:name")
... async def hello(request):
...     return Response(200, f"Hello, {request.params['name']}!")

``groundup start hello:app`` serves it.  Everything here stands on seventeen packages that can be
used alone; this one puts them together, and nothing else does.

Names are imported when they are asked for: the command prints its help without a framework.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundup.application import Application
    from groundup.config import Config, load_config
    from groundup.errors import ConfigError, GroundupError, LoadError
    from groundup_errors import ApplicationError, NotFoundError, ValidationError
    from groundup_messages import Request, Response

__all__ = [
    "Application",
    "ApplicationError",
    "Config",
    "ConfigError",
    "GroundupError",
    "LoadError",
    "NotFoundError",
    "Request",
    "Response",
    "ValidationError",
    "load_config",
]

if not TYPE_CHECKING:
    PLACES = {
        "groundup.application": ("Application",),
        "groundup.config": ("Config", "load_config"),
        "groundup.errors": ("ConfigError", "GroundupError", "LoadError"),
        "groundup_errors": ("ApplicationError", "NotFoundError", "ValidationError"),
        "groundup_messages": ("Request", "Response"),
    }
    MODULES = {name: module for module, names in PLACES.items() for name in names}

    def __getattr__(name):  # noqa: ANN001, ANN202 - the imports above tell the types
        """Import a name from its module."""
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(MODULES[name]), name)
        globals()[name] = value
        return value

    def __dir__():  # noqa: ANN202 - as above
        """Return all names, also of what was not asked for yet."""
        return sorted({*globals(), *__all__})
