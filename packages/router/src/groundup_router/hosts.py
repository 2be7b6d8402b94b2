"""Choose a router by the host of a request: ``api.example.com``, ``:tenant.example.com``.

    api.example.com      ─►  /com/example/api          a host is a path that is read from the right,
    :tenant.example.com  ─►  /com/example/:tenant      so the tree of paths finds it as well:
    *.example.com        ─►  /com/example/*            text before parameters before wildcards

Hosts know no case, and neither port nor the dot at the end belongs to the pattern.
"""

import re
from collections.abc import Mapping

from groundup_router.converters import Converter
from groundup_router.errors import PatternError
from groundup_router.match import Match
from groundup_router.router import Router

__all__ = ["Hosts"]

# A name or an address (RFC 3986, section 3.2.2), without escapes: nobody's host needs them.
HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[\w~-]+(?:\.[\w~-]+)*)\.?(?::[0-9]{0,5})?", re.ASCII)
MAX_HOST = 255  # octets, by RFC 1035


class Hosts:
    """Routers by host, and one for all others.

    >>> api, pages = Router(), Router()
    >>> _ = api.add("/users/:id", "a user of the tenant"), pages.add("/", "home")
    >>> hosts = Hosts(pages)
    >>> hosts.add(":tenant.example.com", api)
    >>> hosts.match("Acme.example.com:8000", "/users/7")["params"]
    {'tenant': 'acme', 'id': '7'}
    >>> hosts.match("example.com", "/")["handler"]
    'home'

    As with a `Router`, any number of threads may match, and adding belongs to the start.

    Args:
        default: For hosts that no pattern fits; without one they match nothing.
        converters: More of them by name, for ``:tenant<name>``.
    """

    def __init__(
        self, default: Router | None = None, *, converters: Mapping[str, Converter] | None = None
    ) -> None:
        self._default = default
        self._routers = Router(converters=converters)

    def add(self, pattern: str, router: Router) -> None:
        """Have a router answer for the hosts that a pattern fits.

        Raises:
            PatternError: The pattern cannot be read, or a parameter of it has the name of one of
                the router's.
            RouteConflict: Another pattern fits the same hosts.
        """
        if not pattern or not all(pattern.split(".")):
            raise PatternError(f"host must be labels with dots between, got {pattern[:40]!r}")
        for name in find_names(pattern):
            for route in router.routes():
                if name in route.parsed.names:
                    msg = f"names must differ, got {name!r} in {pattern!r} and {route.pattern!r}"
                    raise PatternError(msg, pattern)
        self._routers.add(turn(pattern), router)

    def match(self, host: str, path: str, method: str | None = None) -> Match | None:
        """Return the match of a path in the router of a host; its parameters are those of both.

        The part that ``*`` of a host took has no name and is left out; ``*name`` keeps it.

        Raises:
            PathError: As `Router.match`.
        """
        router, params = self._find(host)
        match = router.match(path, method) if router is not None else None
        if match is not None and params:
            match.params = {**params, **match.params}
        return match

    def allowed_methods(self, host: str, path: str) -> tuple[str, ...]:
        """Return the methods that a path has routes for on a host, as `Router.allowed_methods`."""
        router, _ = self._find(host)
        return router.allowed_methods(path) if router is not None else ()

    def find(self, host: str) -> Router | None:
        """Return the router of a host: for ``url_for``, ``explain`` and the rest."""
        return self._find(host)[0]

    def _find(self, host: str) -> tuple[Router | None, dict[str, str]]:
        named = HOST.fullmatch(host) if len(host) <= MAX_HOST else None
        found = self._routers.match(turn(named[1].lower())) if named else None
        if found is None:
            return self._default, {}
        params = {
            name: ".".join(reversed(value.split("/"))) if isinstance(value, str) else value
            for name, value in found.params.items()
            if name != "*"
        }
        return found.handler, params


def turn(host: str) -> str:
    """Return a host as a path.

    >>> turn(":tenant.example.com")
    '/com/example/:tenant'
    """
    return "/" + "/".join(reversed(host.split(".")))


def find_names(pattern: str) -> set[str]:
    """Return the names of the parameters of a host."""
    return set(re.findall(r"[:*]([A-Za-z_]\w*)", pattern))
