"""groundup.dispatch: from a path to its handler, and what is said when there is none."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup import Application, Request, Response
from groundup.dispatch import split_path
from groundup_testing import TestClient


async def show(request: Request) -> Response:
    """Tell what a mounted handler sees."""
    return Response.json(
        {"root": request.root_path, "path": request.path, "params": request.params}
    )


def show_sync(request: Request) -> Response:
    return Response.json(
        {"root": request.root_path, "path": request.path, "params": request.params}
    )


async def ask(app: Application, target: str, method: str = "GET", **options: Any) -> Any:
    return await app.handle(Request(method, target, **options))


# -- mounting ----------


@pytest.mark.parametrize("handler", [show, show_sync], ids=["async", "sync"])
@pytest.mark.parametrize(
    ("target", "root", "path"),
    [
        ("/admin", "/admin", "/"),
        ("/admin/", "/admin", "/"),
        ("/admin/users", "/admin", "/users"),
        ("/admin/users/", "/admin", "/users/"),
        ("/admin/caf%C3%A9%2F", "/admin", "/caf%C3%A9%2F"),
        ("/admin?x=/admin/y", "/admin", "/"),
    ],
)
async def test_a_mounted_handler_sees_the_path_without_its_prefix(
    handler: Any, target: str, root: str, path: str
) -> None:
    app = Application()
    app.mount("/admin/", handler)

    response = await ask(app, target)

    assert response.status == 200
    assert Request("GET", "/", body=response.body, headers=JSON).json == {
        "root": root,
        "path": path,
        "params": {},
    }


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("target", ["/administrator", "/", "/x/admin"])
async def test_a_mount_takes_whole_segments_only(target: str) -> None:
    app = Application()
    app.mount("/admin", show)

    assert (await ask(app, target)).status == 404


async def test_a_prefix_may_have_parameters() -> None:
    app = Application()
    app.group("/users/:id").mount("/files", show)

    response = await ask(app, "/users/4711/files/a/b.txt")

    assert response.text == '{"root":"/users/4711/files","path":"/a/b.txt","params":{"id":"4711"}}'


async def test_whoever_stands_outside_sees_the_request_as_it_was() -> None:
    app = Application()
    seen: list[Any] = []

    @app.use
    async def log(request: Request, next: Any) -> Response:
        response: Response = await next()
        seen.append((request.path, request.root_path, request.route))
        return response

    async def fail(request: Request) -> Response:
        raise LookupError(request.path)

    inner = Application()
    inner.get("/x")(show)
    app.mount("/in", inner)
    app.mount("/fails", fail)

    await ask(app, "/in/x")
    await ask(app, "/fails/y")

    assert seen == [("/in/x", "", "/in/*"), ("/fails/y", "", "/fails/*")]


async def test_applications_nest_and_answer_their_own_errors() -> None:
    outer, middle, inner = Application(), Application(), Application()
    inner.get("/deep")(show)
    middle.mount("/b", inner)
    outer.mount("/a", middle)

    @inner.error_handler(404)
    def missing(error: Exception, request: Request) -> Response:
        return Response(404, "inner knows nothing of it")

    found, lost = await ask(outer, "/a/b/deep"), await ask(outer, "/a/b/nowhere")

    assert found.text == '{"root":"/a/b","path":"/deep","params":{}}'
    assert (lost.status, lost.text) == (404, "inner knows nothing of it")


def test_a_mounted_application_lives_as_long_as_its_host() -> None:
    ran: list[str] = []
    outer, inner = Application(), Application()
    inner.on_startup(lambda: ran.append("start"))
    inner.on_shutdown(lambda: ran.append("stop"))
    outer.mount("/a", inner)
    outer.mount("/b", inner)

    with TestClient(outer) as client:
        client.get("/a")
        assert ran == ["start"]

    assert ran == ["start", "stop"]
    assert inner.draining


def test_the_body_of_a_mounted_handler_is_there() -> None:
    app = Application()

    def echo(request: Request) -> Response:
        return Response(200, request.body)

    app.mount("/echo", echo)

    with TestClient(app) as client:
        assert client.post("/echo/x", content=iter([b"a", b"b"])).body == b"ab"


def test_layers_of_the_host_can_read_the_form_of_a_mounted_application() -> None:
    outer, inner = Application(max_body=1000), Application(max_body=50)

    @outer.use
    async def look(request: Request, next: Any) -> Response:
        response: Response = await next()
        response.headers["X-Form"] = request.form.get("token", "")
        return response

    @inner.post("/form")
    def take(request: Request) -> Response:
        return Response(200, request.form["token"])

    @inner.post("/stream", stream=True)
    async def stream(request: Request) -> Response:
        return Response(200, b"".join([piece async for piece in request.stream()]))

    outer.mount("/in", inner)

    with TestClient(outer) as client:
        answer = client.post("/in/form", data={"token": "t"})
        large = client.post("/in/form", data={"token": "t" * 50})
        streamed = client.post("/in/stream", content=iter([b"x" * 100] * 20))

    assert (answer.text, answer.headers["X-Form"]) == ("t", "t")
    assert large.status == 413
    assert len(streamed.body) == 2000


# -- no route ----------


async def test_another_spelling_of_a_path_is_sent_to_the_right_one() -> None:
    app, inner = Application(), Application()
    for one in (app, inner):
        one.get("/posts")(show)
    app.mount("/in", inner)

    response, mounted = await ask(app, "/posts/?page=2"), await ask(app, "/in/posts/?page=2")

    assert (response.status, response.headers["Location"]) == (308, "/posts?page=2")
    assert (mounted.status, mounted.headers["Location"]) == (308, "/in/posts?page=2")


async def test_a_path_in_an_error_is_cut() -> None:
    response = await ask(Application(), "/" + "x" * 5000)

    assert response.status == 404
    assert len(response.body) < 1000


class Minimal:
    """What a learner writes in step 4 of the chapter: ``add`` and ``match``, whole paths only."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, Any, Any]] = []

    def add(
        self,
        pattern: str,
        handler: Any,
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
    ) -> None:
        self._routes.append((pattern, methods, handler))

    def match(self, path: str, method: str | None = None) -> Mapping[str, Any] | None:
        for pattern, methods, handler in self._routes:
            if pattern == path and (methods is None or method in methods):
                return {"handler": handler, "params": {}}
        return None


async def test_a_router_needs_add_and_match_only() -> None:
    app = Application(router=Minimal())
    app.get("/here", name="here")(show)

    assert (await ask(app, "/here")).status == 200
    assert (await ask(app, "/nowhere")).status == 404
    # Without allowed_methods nobody can tell; without redirect_for nobody is sent on.
    assert (await ask(app, "/here", "POST")).status == 404
    assert (await ask(app, "/here/")).status == 404
    with pytest.raises(TypeError, match="url_for needs a router that has it; Minimal does not"):
        app.url_for("here")


# -- the border of a mount ----------

segment = st.text("ab.%20", min_size=1, max_size=4)


@given(st.lists(segment, min_size=1, max_size=4), st.lists(segment, max_size=4))
def test_the_two_parts_of_a_path_make_it_whole(front: list[str], rest: list[str]) -> None:
    prefix, path = "/" + "/".join(front), "/" + "/".join([*front, *rest])

    root, left = split_path(path, "/" + "/".join(":p" for _ in front))

    assert root == prefix
    assert root + (left if rest else "") == path
