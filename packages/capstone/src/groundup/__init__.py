"""A web framework from the ground up.

>>> from groundup import Application, Response
>>> app = Application()
>>> @app.get("/hello/:name")
... async def hello(request):
...     return Response(200, f"Hello, {request.params['name']}!")

``groundup start hello:app`` serves it.  Everything here stands on seventeen packages that can be
used alone; this one puts them together, and nothing else does.
"""

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
