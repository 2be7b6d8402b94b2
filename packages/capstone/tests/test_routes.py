"""groundup.routes: the verbs, groups and what they hand up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundup import Application, Request, Response
from groundup.routes import reads_body
from groundup_router import RouteConflict
from groundup_testing import TestClient


async def name_method(request: Request) -> Response:
    return Response(200, request.method)


def layer(name: str) -> Callable[..., Any]:
    async def add(request: Request, next: Any) -> Response:
        response: Response = await next()
        response.headers.add("X-Layer", name)
        return response

    return add


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
async def test_each_verb_registers_its_method_alone(verb: str) -> None:
    app = Application()
    assert getattr(app, verb)("/x")(name_method) is name_method

    answers = {
        method: await app.handle(Request(method, "/x"))
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    }

    for method, answer in answers.items():
        assert answer.status == (200 if method == verb.upper() else 405)


async def test_route_takes_several_methods_and_get_by_default() -> None:
    app = Application()
    app.route("/both", "GET", "POST")(name_method)
    app.route("/default")(name_method)

    assert (await app.handle(Request("POST", "/both"))).text == "POST"
    assert (await app.handle(Request("POST", "/default"))).status == 405
    assert (await app.handle(Request("GET", "/default"))).text == "GET"


async def test_groups_nest_prefixes_and_layers_outermost_first() -> None:
    app = Application()
    app.use(layer("app"))
    api = app.group("/api/", middleware=[layer("api")])
    users = api.group("/users", middleware=[layer("users")])
    users.get("/:id", name="user", middleware=[layer("route")])(name_method)
    api.get("/other")(name_method)

    user = await app.handle(Request("GET", "/api/users/7"))
    other = await app.handle(Request("GET", "/api/other"))

    assert user.headers.getlist("X-Layer") == ["route", "users", "api", "app"]
    assert other.headers.getlist("X-Layer") == ["api", "app"]
    assert app.url_for("user", id=7) == "/api/users/7"


async def test_a_layer_of_a_group_may_answer_in_place_of_the_handler() -> None:
    app = Application()

    def refuse(request: Request, next: Any) -> Response:
        return Response(403, "members only")

    app.group("/club", middleware=[refuse]).get("/bar")(name_method)

    assert (await app.handle(Request("GET", "/club/bar"))).status == 403


def test_conflicts_are_refused_and_name_the_line_that_registered() -> None:
    app = Application()
    app.get("/x")(name_method)

    with pytest.raises(RouteConflict, match=r"test_routes\.py"):
        app.get("/x")(name_method)


def test_static_serves_a_folder_and_nothing_outside_of_it(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "a.txt").write_text("public")
    (tmp_path / "secret.txt").write_text("secret")
    app = Application()
    app.group("/v1").static("/files", tmp_path / "public", cache_control="no-store")

    with TestClient(app) as client:
        found = client.get("/v1/files/a.txt")
        parts = client.get("/v1/files/a.txt", headers={"Range": "bytes=0-2"})
        assert client.get("/v1/files/%2e%2e/secret.txt").status == 404
        assert client.get("/v1/files/..%2fsecret.txt").status == 404
        assert client.post("/v1/files/a.txt").status == 405

    assert (found.text, found.headers["Cache-Control"]) == ("public", "no-store")
    assert (parts.status, parts.text) == (206, "pub")


def test_an_object_says_whether_it_reads_bodies() -> None:
    assert reads_body(Application())
    assert reads_body(Application().handle)
    assert not reads_body(name_method)
