"""groundup.interfaces: our own classes fit, and the framework asks for nothing that is not there.

`Strict` lets only the members of a Protocol through, so whatever else the framework would use of a
part raises here.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from groundup import Application, Request, Response, interfaces
from groundup.blog import create_app
from groundup.config import Config
from groundup.interfaces import (
    AuthLike,
    DatabaseLike,
    ErrorsLike,
    PipelineLike,
    RoomsLike,
    RouterLike,
    SessionsLike,
    SupportsAllowedMethods,
    SupportsExplain,
    SupportsRedirect,
    SupportsRoutes,
    SupportsUrlFor,
    TemplatesLike,
)
from groundup_auth import AuthenticationSystem, AuthSettings
from groundup_errors import ErrorHandlers
from groundup_middleware import Pipeline
from groundup_orm import Database
from groundup_router import Router
from groundup_sessions import SessionManager
from groundup_templating import DictLoader, Environment
from groundup_testing import TestClient
from groundup_websockets import RedisRooms, Rooms


class Strict:
    """Shows of a part what its Protocol has, and refuses everything else."""

    def __init__(self, part: Any, protocol: Any) -> None:
        self._part = part
        members: dict[str, Any] = protocol.__dict__
        self._allowed = {name for name in members if not name.startswith("_")}
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name not in self._allowed:
            raise AttributeError(f"{name} is not in the Protocol")
        self.used.add(name)
        return getattr(self._part, name)


def fits() -> None:
    """Assign every class of ours to its slot: for the type checkers, never called."""
    router: RouterLike = Router()
    allowed: SupportsAllowedMethods = Router()
    redirect: SupportsRedirect = Router()
    url_for: SupportsUrlFor = Router()
    routes: SupportsRoutes = Router()
    explain: SupportsExplain = Router()
    pipeline: PipelineLike = Pipeline()
    templates: TemplatesLike = Environment(DictLoader({}))
    sessions: SessionsLike = SessionManager()
    auth: AuthLike = AuthenticationSystem(secret="")
    errors: ErrorsLike = ErrorHandlers()
    database: DatabaseLike = Database("sqlite://")
    rooms: RoomsLike = Rooms()
    shared: RoomsLike = RedisRooms("")
    del router, allowed, redirect, url_for, routes, explain, pipeline, templates
    del sessions, auth, errors, database, rooms, shared


async def test_an_application_asks_its_parts_for_nothing_else() -> None:
    parts: dict[str, Strict] = {
        "router": Strict(Router(), RouterLike),
        "templates": Strict(Environment(DictLoader({"a.html": "{{ a }}"})), TemplatesLike),
        "errors": Strict(ErrorHandlers(), ErrorsLike),
        "rooms": Strict(Rooms(), RoomsLike),
    }
    options: dict[str, Any] = {**parts, "pipeline": lambda: Strict(Pipeline(), PipelineLike)}
    app = Application(**options)

    @app.use
    async def layer(request: Request, next: Callable[[], Awaitable[Response]]) -> Response:
        return await next()

    @app.get("/page", name="page")
    def page(request: Request) -> Response:
        app.rooms.get_or_create("all").publish("seen")
        return app.render("a.html", {"a": "<"})

    @app.error_handler(LookupError)
    def lost(error: LookupError, request: Request) -> Response:
        return Response(410)

    @app.get("/lost")
    def fail(request: Request) -> Response:
        raise LookupError

    answers = [await app.handle(Request("GET", path)) for path in ("/page", "/lost", "/none")]

    assert [answer.status for answer in answers] == [200, 410, 404]
    assert answers[0].text == "&lt;"
    assert parts["router"].used == {"add", "match"}
    assert parts["templates"].used == {"render"}
    assert parts["errors"].used == {"register", "dispatch"}
    assert parts["rooms"].used == {"get_or_create"}


class WordTemplates:
    """A learner's engine: puts the values behind the name of the template."""

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        words = [str(value) for key, value in context.items() if key in {"error", "page"}]
        return f"{name} {' '.join(words)}"


@pytest.mark.parametrize(
    ("slot", "part"),
    [
        ("router", lambda: Strict(Router(), RouterLike)),
        ("errors", lambda: Strict(ErrorHandlers(), ErrorsLike)),
        ("rooms", lambda: Strict(Rooms(), RoomsLike)),
        ("templates", WordTemplates),
    ],
)
def test_the_blog_runs_on_parts_of_others(
    tmp_path: Path, slot: str, part: Callable[[], Any]
) -> None:
    cheap = AuthSettings(bcrypt_cost=4)
    app = create_app(Config(data=str(tmp_path)), auth_settings=cheap, **{slot: part()})
    person = {"username": "ada", "email": "ada@example.org", "password": "Loveletters1"}
    page = {"Accept": "text/html"}

    with TestClient(app) as client:
        assert client.post("/register", data=person).status == 200
        token = client.post("/login", data=person).json["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        post = client.post("/posts", data={"title": "T", "content": "C"}, headers=bearer).json
        assert client.get(post["url"]).json["title"] == "T"
        said = client.post("/comments", data={"post_id": post["id"], "name": "B", "text": "Hi"})
        assert said.status == 201
        assert client.get("/nowhere").status == 404
        assert client.get("/", headers=page).status == 200


def test_every_member_is_documented_and_positional_only() -> None:
    for name in interfaces.__all__:
        protocol = getattr(interfaces, name)
        if not inspect.isclass(protocol):
            continue
        assert protocol.__doc__
        for member, function in vars(protocol).items():
            if member.startswith("_"):
                continue
            assert function.__doc__, f"{name}.{member}"
            if isinstance(function, property):
                continue
            parameters = list(inspect.signature(function).parameters.values())[1:]
            kinds = {parameter.kind for parameter in parameters}
            assert inspect.Parameter.POSITIONAL_OR_KEYWORD not in kinds, f"{name}.{member}"
