"""Twelve paths and more, asked of six routers in the same words.

An answer is what the handler got: ``-`` for no route, ``405`` for a path that lacks the method,
``redirect`` for another address, ``refused`` for routes that may not stand side by side.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

Routes = list[tuple[str, str, str]]  # method, pattern in the words of the course, handler

CASES = {
    "parameter": "`/users/:id` asked for `/users/7`",
    "order": "`/users/:id`, then `/users/me`: asked for `/users/me`",
    "way-back": "`/users/me`, `/users/:id/posts`: asked for `/users/me/posts`",
    "left": "`/:section/new`, then `/posts/:id`: asked for `/posts/new`",
    "wildcard": "`/files/*` asked for `/files/docs/a.pdf`",
    "empty-rest": "`/files/*` asked for `/files/`",
    "slash-missing": "`/users/` asked for `/users`",
    "slash-extra": "`/users` asked for `/users/`",
    "double-slash": "`/users/:id` asked for `/users//7`",
    "encoded-slash": "`/users/:id` asked for `/users/a%2Fb`",
    "encoded-letter": "`/users/me` asked for `/users/m%65`",
    "bad-encoding": "`/users/:id` asked for `/users/%FF`",
    "case": "`/users` asked for `/Users`",
    "method": "GET `/users` asked for POST `/users`",
    "head": "GET `/users` asked for HEAD `/users`",
    "method-way-back": "GET `/users/me`, DELETE `/users/:id`: asked for DELETE `/users/me`",
    "twice": "`/users/:id` and `/users/:name` for the same method: asked for `/users/7`",
}

WORSE = {
    "slash-missing": (
        "Werkzeug and Starlette lead whoever left the last slash out to the page; ours does so only"
        ' with `Router(slashes="redirect")`'
    ),
    "double-slash": (
        "Werkzeug leads `/users//7` to `/users/7`; ours says 404 and leaves the client to it"
    ),
}

ASKED = {
    "parameter": ("GET", "/users/7"),
    "order": ("GET", "/users/me"),
    "way-back": ("GET", "/users/me/posts"),
    "left": ("GET", "/posts/new"),
    "wildcard": ("GET", "/files/docs/a.pdf"),
    "empty-rest": ("GET", "/files/"),
    "slash-missing": ("GET", "/users"),
    "slash-extra": ("GET", "/users/"),
    "double-slash": ("GET", "/users//7"),
    "encoded-slash": ("GET", "/users/a%2Fb"),
    "encoded-letter": ("GET", "/users/m%65"),
    "bad-encoding": ("GET", "/users/%FF"),
    "case": ("GET", "/Users"),
    "method": ("POST", "/users"),
    "head": ("HEAD", "/users"),
    "method-way-back": ("DELETE", "/users/me"),
    "twice": ("GET", "/users/7"),
}

ROUTES: dict[str, Routes] = {
    "parameter": [("GET", "/users/:id", "user")],
    "order": [("GET", "/users/:id", "user"), ("GET", "/users/me", "me")],
    "way-back": [("GET", "/users/me", "me"), ("GET", "/users/:id/posts", "posts")],
    "left": [("GET", "/:section/new", "new"), ("GET", "/posts/:id", "post")],
    "wildcard": [("GET", "/files/*", "file")],
    "empty-rest": [("GET", "/files/*", "file")],
    "slash-missing": [("GET", "/users/", "users")],
    "slash-extra": [("GET", "/users", "users")],
    "double-slash": [("GET", "/users/:id", "user")],
    "encoded-slash": [("GET", "/users/:id", "user")],
    "encoded-letter": [("GET", "/users/me", "me")],
    "bad-encoding": [("GET", "/users/:id", "user")],
    "case": [("GET", "/users", "users")],
    "method": [("GET", "/users", "users")],
    "head": [("GET", "/users", "users")],
    "method-way-back": [("GET", "/users/me", "me"), ("DELETE", "/users/:id", "delete")],
    "twice": [("GET", "/users/:id", "first"), ("GET", "/users/:name", "second")],
}

Find = Callable[[str, str, Routes], str]


def say(handler: str, params: dict[str, Any]) -> str:
    """Return an answer as it stands in the table."""
    given = ", ".join(f"{name}={str(value)!r}" for name, value in params.items())
    return f"{handler}({given})"


def write(pattern: str, parameter: str, rest: str) -> str:
    """Return a pattern in the words of another framework."""
    parts = [
        parameter.format(part[1:]) if part[:1] == ":" else rest if part == "*" else part
        for part in pattern.split("/")
    ]
    return "/".join(parts)


def answer(find: Find) -> Callable[[str], str]:
    """Return what answers the cases with a router."""

    def ask(case: str) -> str:
        return find(*ASKED[case], ROUTES[case])

    return ask


def ours(method: str, path: str, routes: Routes) -> str:
    """Ask the package as it is without options."""
    package: Any = import_module("groundup_router")
    router = package.Router()
    try:
        for own, pattern, handler in routes:
            router.add(pattern, handler, methods=[own])
        match = router.match(path, method)
    except package.RouteConflict:
        return "refused"
    except package.PathError as error:
        return str(error.status)
    if match is None:
        return "405" if router.allowed_methods(path) else "-"
    return say(match["handler"], match["params"])


def werkzeug(method: str, path: str, routes: Routes) -> str:
    """Ask Werkzeug, which Flask stands on; its server has decoded the path before."""
    routing: Any = import_module("werkzeug.routing")
    errors: Any = import_module("werkzeug.exceptions")
    rules = [
        routing.Rule(write(pattern, "<{}>", "<path:rest>"), endpoint=handler, methods=[own])
        for own, pattern, handler in routes
    ]
    try:
        found = routing.Map(rules).bind("localhost").match(unquote(path, errors="replace"), method)
    except routing.RequestRedirect:
        return "redirect"
    except errors.MethodNotAllowed:
        return "405"
    except errors.NotFound:
        return "-"
    return say(found[0], found[1])


def starlette(method: str, path: str, routes: Routes) -> str:
    """Ask Starlette, which FastAPI stands on, for a whole response."""
    routing: Any = import_module("starlette.routing")
    responses: Any = import_module("starlette.responses")

    def endpoint(name: str) -> Any:
        async def handler(request: Any) -> Any:
            return responses.PlainTextResponse(say(name, request.path_params))

        return handler

    app = routing.Router(
        [
            routing.Route(write(pattern, "{{{}}}", "{rest:path}"), endpoint(handler), methods=[own])
            for own, pattern, handler in routes
        ]
    )
    return asyncio.run(ask_asgi(app, method, path))


async def ask_asgi(app: Any, method: str, path: str) -> str:
    """Return what an ASGI application answers, in the words of the table."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path, errors="replace"),
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    status = sent[0]["status"]
    body = b"".join(message.get("body", b"") for message in sent[1:]).decode()
    return describe(status, body, method, path)


def describe(status: int, body: str, method: str, path: str) -> str:
    """Return a response in the words of the table; HEAD shows only that there is one."""
    if status == 200 and method == "HEAD":
        return "users()"
    words = {200: body, 404: "-", 307: "redirect", 308: "redirect", 301: "redirect"}
    return words.get(status, str(status))


def django(method: str, path: str, routes: Routes) -> str:
    """Ask Django's resolver, which knows no methods; its server has decoded the path before."""
    settings: Any = import_module("django.conf").settings
    if not settings.configured:
        settings.configure(ROOT_URLCONF="none")
    urls: Any = import_module("django.urls")
    resolvers: Any = import_module("django.urls.resolvers")
    patterns = [
        urls.path(write(pattern, "<str:{}>", "<path:rest>").removeprefix("/"), answer, name=name)
        for _, pattern, name in routes
    ]
    try:
        found = urls.URLResolver(resolvers.RegexPattern(r"^/"), patterns).resolve(
            unquote(path, errors="replace")
        )
    except urls.Resolver404:
        return "-"
    return say(str(found.url_name), found.kwargs)


def aiohttp(method: str, path: str, routes: Routes) -> str:
    """Ask aiohttp's dispatcher."""
    web: Any = import_module("aiohttp.web")
    url: Any = import_module("yarl").URL

    async def handler(_: Any) -> Any:
        return web.Response()

    dispatcher = web.UrlDispatcher()
    names: dict[int, str] = {}
    try:
        for own, pattern, name in routes:
            kind = "{{{}}}", "{rest:.*}"
            added = dispatcher.add_route(own, write(pattern, *kind), handler)
            names[id(added)] = name
            if own == "GET":
                names[id(dispatcher.add_route("HEAD", write(pattern, *kind), handler))] = name
    except (ValueError, RuntimeError):
        return "refused"
    request = SimpleNamespace(method=method, rel_url=url(path, encoded=True))
    found = asyncio.run(dispatcher.resolve(request))
    if found.http_exception is not None:
        return {404: "-"}.get(found.http_exception.status, str(found.http_exception.status))
    return say(names[id(found.route)], dict(found))


def falcon(method: str, path: str, routes: Routes) -> str:
    """Ask Falcon's compiled router through a whole WSGI call."""
    testing: Any = import_module("falcon.testing")
    app = import_module("falcon").App()
    resources: dict[str, Any] = {}
    try:
        for own, pattern, name in routes:
            resource = type(name, (), {f"on_{own.lower()}": responder(name)})()
            resources[name] = resource
            app.add_route(write(pattern, "{{{}}}", "{rest:path}"), resource)
    except (ValueError, TypeError):
        return "refused"
    result = testing.TestClient(app).simulate_request(method, path)
    return describe(result.status_code, result.text, method, path)


def responder(name: str) -> Any:
    """Return a method that answers with what it got."""

    def respond(_self: Any, _request: Any, response: Any, **params: Any) -> None:
        response.text = say(name, params)

    return respond


ANSWERS = {
    "groundup": answer(ours),
    "Werkzeug": answer(werkzeug),
    "Starlette": answer(starlette),
    "Django": answer(django),
    "aiohttp": answer(aiohttp),
    "Falcon": answer(falcon),
}

PACKAGES = {
    "groundup": "groundup-router",
    "Werkzeug": "werkzeug",
    "Starlette": "starlette",
    "Django": "django",
    "aiohttp": "aiohttp",
    "Falcon": "falcon",
}
