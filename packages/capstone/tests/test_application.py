"""groundup.application: routes and layers go in, answers come out, whatever happens inside."""

import asyncio
import contextvars
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from groundup import Application, Request, Response
from groundup_compose import OrderError
from groundup_forms import FormLimits
from groundup_messages import Address
from groundup_sessions import SessionManager, csrf_middleware, session_middleware
from groundup_staticfiles import collect
from groundup_testing import TestClient

Next = Callable[[], Awaitable[Response]]


class WhoopsError(Exception):
    pass


def mark(app: Application, name: str) -> None:
    """Add a layer that leaves its name in each response, and what it saw as the error."""

    @app.use
    async def layer(request: Request, next: Next) -> Response:
        response = await next()
        response.headers.add("X-Layer", name)
        response.headers["X-Error"] = type(response.error).__name__
        return response


async def ask(app: Application, method: str = "GET", target: str = "/", **kw: Any) -> Any:
    return await app.handle(Request(method, target, **kw))


# -- both boundaries ----------


@pytest.mark.parametrize("sync", [False, True], ids=["async", "sync"])
async def test_an_error_of_a_handler_passes_through_all_layers_as_a_response(sync: bool) -> None:
    app = Application()
    mark(app, "outer")
    mark(app, "inner")
    if sync:

        @app.get("/")
        def fail(request: Request) -> Response:
            raise WhoopsError

    else:

        @app.get("/")
        async def fail_later(request: Request) -> Response:
            raise WhoopsError

    response = await ask(app)

    assert response.status == 500
    assert response.headers.getlist("X-Layer") == ["inner", "outer"]
    assert response.headers["X-Error"] == "WhoopsError"
    assert isinstance(response.error, WhoopsError)


async def test_a_registered_handler_answers_inside_the_layers() -> None:
    app = Application()
    mark(app, "outer")

    @app.error_handler(WhoopsError)
    async def apologise(error: WhoopsError, request: Request) -> Response:
        return Response(418, f"sorry for {request.path}")

    @app.get("/x")
    async def fail(request: Request) -> Response:
        raise WhoopsError

    response = await ask(app, target="/x")

    assert (response.status, response.text) == (418, "sorry for /x")
    assert response.headers["X-Layer"] == "outer"


async def test_an_error_of_a_layer_goes_outwards_and_becomes_an_answer() -> None:
    app = Application()
    seen: list[str] = []

    @app.use
    async def outer(request: Request, next: Next) -> Response:
        try:
            return await next()
        except WhoopsError:
            seen.append("outer")
            raise

    @app.use
    async def broken(request: Request, next: Next) -> Response:
        await next()
        raise WhoopsError

    @app.get("/")
    async def fine(request: Request) -> Response:
        seen.append("handler")
        return Response(200, "fine")

    response = await ask(app)

    assert response.status == 500
    assert isinstance(response.error, WhoopsError)
    assert seen == ["handler", "outer"]


async def test_an_error_handler_that_fails_is_answered_with_a_plain_500(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Application()
    mark(app, "outer")

    @app.error_handler(WhoopsError)
    def worse(error: WhoopsError, request: Request) -> Response:
        raise ValueError("worse")

    @app.get("/")
    async def fail(request: Request) -> Response:
        raise WhoopsError("secret")

    response = await ask(app)

    assert response.status == 500
    assert "secret" not in response.text
    assert "worse" not in response.text
    assert response.headers["X-Layer"] == "outer"
    assert "WhoopsError" in caplog.text
    assert "worse" in caplog.text


async def test_an_error_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    app = Application()
    mark(app, "a")
    mark(app, "b")

    @app.get("/")
    async def fail(request: Request) -> Response:
        raise WhoopsError

    await ask(app)

    assert [record.name for record in caplog.records] == ["groundup.errors"]


async def test_cancellation_is_no_error() -> None:
    app = Application()
    waiting = asyncio.Event()

    @app.get("/")
    async def wait(request: Request) -> Response:
        waiting.set()
        await asyncio.Event().wait()
        raise AssertionError

    task = asyncio.create_task(ask(app))
    await waiting.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("layers", [0, 1])
async def test_a_handler_that_returns_nothing_is_named(
    layers: int, caplog: pytest.LogCaptureFixture
) -> None:
    app = Application()
    for _ in range(layers):
        mark(app, "outer")

    @app.get("/")
    async def forgot_to_return(request: Request) -> Any:
        return None

    response = await ask(app)

    assert response.status == 500
    assert "forgot_to_return" in str(response.error)
    assert "must return a response, got None" in caplog.text


async def test_the_source_of_an_error_is_shown_in_debug_mode_only() -> None:
    for debug in (True, False):
        app = Application(debug=debug)

        @app.get("/")
        async def fail(request: Request) -> Response:
            raise WhoopsError("the reason")

        response = await ask(app, headers={"Accept": "text/html"})

        assert response.status == 500
        assert ("the reason" in response.text) is debug


# -- answers of the framework itself ----------


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/nowhere", 404),
        ("DELETE", "/here", 405),
        ("POST", "/json", 400),
        ("GET", "/e", 500),
        ("POST", "/small", 413),
    ],
)
async def test_every_answer_of_an_error_carries_the_fields_of_the_layers(
    method: str, target: str, status: int
) -> None:
    app = Application(max_body=1000)
    mark(app, "outer")

    @app.get("/here")
    async def here(request: Request) -> Response:
        return Response(200)

    @app.post("/json")
    async def read(request: Request) -> Response:
        return Response.json(request.json)

    @app.get("/e")
    async def fail(request: Request) -> Response:
        raise WhoopsError

    async def body() -> AsyncIterator[bytes]:
        yield b"{" * (1001 if status == 413 else 1)

    app.post("/small")(here)
    headers = {"Content-Type": "application/json"}
    response = await app.handle(Request(method, target, headers, body()))

    assert response.status == status
    assert response.headers["X-Layer"] == "outer"


async def test_405_names_the_methods_that_are_there() -> None:
    app = Application()

    @app.route("/x", "GET", "PUT")
    async def x(request: Request) -> Response:
        return Response(200)

    refused, asked = await ask(app, "POST", "/x"), await ask(app, "OPTIONS", "/x")

    assert refused.status == 405
    assert asked.status == 204
    for response in (refused, asked):
        allowed = {name.strip() for name in response.headers["Allow"].split(",")}
        assert {"GET", "HEAD", "PUT"} <= allowed
        assert "POST" not in allowed


def test_head_is_answered_by_get_without_the_body() -> None:
    app = Application()

    @app.get("/")
    async def home(request: Request) -> Response:
        return Response(200, "12345")

    with TestClient(app) as client:
        answer = client.head("/")

    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "5")


def test_a_body_that_is_too_large_is_refused_before_the_handler_runs() -> None:
    app = Application(max_body=10)
    ran: list[int] = []
    mark(app, "outer")

    @app.post("/")
    async def take(request: Request) -> Response:
        ran.append(len(request.body))
        return Response(200)

    with TestClient(app) as client:
        fits = client.post("/", content=b"x" * 10)
        whole = client.post("/", content=b"x" * 11)
        chunked = client.post("/", content=iter([b"x" * 6, b"x" * 5]))

    assert [fits.status, whole.status, chunked.status] == [200, 413, 413]
    assert ran == [10]


def test_a_route_that_streams_reads_the_body_itself() -> None:
    app = Application(max_body=10)
    loaded: list[bool] = []

    @app.post("/", stream=True)
    async def count(request: Request) -> Response:
        loaded.append(request.loaded)
        size = 0
        async for piece in request.stream():
            size += len(piece)
        return Response(200, str(size))

    with TestClient(app) as client:
        answer = client.post("/", content=iter([b"x" * 20_000] * 10))

    assert (answer.status, answer.text) == (200, "200000")
    assert loaded == [False]


# -- sync and async ----------


async def test_sync_and_async_mix_in_any_order_and_share_context_variables() -> None:
    who: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")
    app, threads = Application(), {}

    @app.use
    def in_thread(request: Request, next: Callable[[], Response]) -> Response:
        threads["layer"] = threading.current_thread()
        who.set("layer")
        response = next()
        response.headers["X-After"] = who.get()
        return response

    @app.use
    async def on_loop(request: Request, next: Next) -> Response:
        threads["loop"] = threading.current_thread()
        return await next()

    @app.get("/")
    def handler(request: Request) -> Response:
        threads["handler"] = threading.current_thread()
        seen = who.get()
        who.set("handler")
        return Response(200, seen)

    response = await ask(app)

    assert response.text == "layer"
    assert response.headers["X-After"] == "handler"
    assert threads["loop"] is threading.current_thread()
    assert threads["layer"] is threads["handler"]
    assert threads["layer"] is not threads["loop"]


async def test_many_requests_with_sync_layers_need_no_more_threads_than_there_are() -> None:
    app = Application()
    for _ in range(3):

        @app.use
        def layer(request: Request, next: Callable[[], Response]) -> Response:
            return next()

    @app.get("/:n")
    def handler(request: Request) -> Response:
        return Response(200, request.params["n"])

    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[ask(app, target=f"/{n}") for n in range(200)])

    assert [answer.text for answer in answers] == [str(n) for n in range(200)]


# -- putting it together ----------


async def test_layers_run_in_the_order_of_use_and_may_be_added_between_requests() -> None:
    app = Application()

    @app.get("/")
    async def home(request: Request) -> Response:
        return Response(200)

    assert (await ask(app)).headers.getlist("X-Layer") == []
    mark(app, "first")
    mark(app, "second")
    assert (await ask(app)).headers.getlist("X-Layer") == ["second", "first"]


@pytest.mark.parametrize("wrong", [None, "text", 3])
def test_what_cannot_be_called_is_refused_when_it_is_registered(wrong: Any) -> None:
    app = Application()

    with pytest.raises(TypeError, match="layer must be callable"):
        app.use(wrong)
    with pytest.raises(TypeError, match=r"handler must be callable, got .* for '/x'"):
        app.get("/x")(wrong)


def test_url_for_gives_the_path_of_a_name() -> None:
    app = Application()

    @app.get("/users/:id", name="user")
    async def user(request: Request) -> Response:
        return Response(200)

    assert app.url_for("user", id=7) == "/users/7"


async def test_pages_know_the_hashed_names_of_collected_files(tmp_path: Path) -> None:
    source, public = tmp_path / "static", tmp_path / "public"
    source.mkdir()
    (source / "app.css").write_text("a {}")
    (tmp_path / "page.html").write_text("<link href=\"{{ static_url('app.css') }}\">")
    collected, plain = Application(templates=tmp_path), Application(templates=tmp_path)
    manifest = collect(source, public)

    collected.static("/assets", public)
    plain.static("/static/", source)

    hashed = manifest.names["app.css"]
    assert collected.render("page.html").text == f'<link href="/assets/{hashed}">'
    assert plain.render("page.html").text == '<link href="/static/app.css">'
    assert (await ask(collected, target=f"/assets/{hashed}")).status == 200
    with pytest.raises(TypeError, match="no static files"):
        Application().static_url("app.css")


async def test_pages_know_url_for(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<a href=\"{{ url_for('user', id=who) }}\">{{ who }}</a>")
    app = Application(templates=tmp_path)

    @app.get("/users/:id", name="user")
    async def user(request: Request) -> Response:
        return app.render("page.html", {"who": request.params["id"]}, status=203)

    response = await ask(app, target="/users/%3Cb%3E")

    assert response.status == 203
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.text == '<a href="/users/%3Cb%3E">&lt;b&gt;</a>'


def test_pages_need_templates() -> None:
    with pytest.raises(TypeError, match="make the application with"):
        Application().render("page.html")


# -- life ----------


async def test_an_application_can_be_started_again() -> None:
    app = Application()
    ran: list[str] = []
    app.on_startup(lambda: ran.append("start"))
    app.on_shutdown(lambda: ran.append("stop"))

    for _ in range(2):
        await app.startup()
        assert not app.draining
        await app.drain()
        assert app.draining
        await app.shutdown()

    assert ran == ["start", "stop"] * 2


async def test_it_is_called_as_a_handler_too() -> None:
    app = Application()

    @app.get("/")
    async def home(request: Request) -> Response:
        return Response(200, "home")

    assert (await app(Request("GET", "/"))).text == "home"


@pytest.mark.parametrize(("fields", "status"), [(2, 200), (3, 413)])
def test_forms_have_limits(fields: int, status: int) -> None:
    app = Application(form_limits=FormLimits(max_fields=2))

    @app.post("/")
    def count(request: Request) -> Response:
        return Response(200, str(len(request.form)))

    with TestClient(app) as client:
        answer = client.post("/", data={str(number): "x" for number in range(fields)})

    assert answer.status == status


async def test_layers_in_an_order_that_does_not_work_are_found_at_start() -> None:
    app = Application()
    app.use(csrf_middleware())
    app.use(session_middleware(SessionManager()))

    with pytest.raises(OrderError, match=r"csrf .* must stand inside of sessions"):
        await app.startup()


async def test_debug_mode_names_what_blocks_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    app = Application(debug=True)

    @app.get("/")
    async def blocks(request: Request) -> Response:
        time.sleep(0.5)  # noqa: ASYNC251 - the mistake that is to be found
        return Response(200)

    await app.startup()
    await app.handle(Request())
    await app.shutdown()

    assert "blocks" in caplog.text


@pytest.mark.parametrize(
    ("peer", "seen"),
    [
        pytest.param("10.1.2.3", "203.0.113.9 https", id="ours"),
        pytest.param("192.0.2.1", "192.0.2.1 http", id="anybody"),
    ],
)
async def test_only_proxies_that_are_named_say_who_the_client_is(peer: str, seen: str) -> None:
    app = Application(trusted_proxies="10.0.0.0/8")

    @app.get("/")
    async def whoami(request: Request) -> Response:
        return Response(200, f"{request.ip} {request.scheme}")

    fields = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    answer = await ask(app, headers=fields, client=Address(peer, 1))

    assert answer.text == seen


def test_a_proxy_that_is_no_address_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        Application(trusted_proxies="10.0.0.0/99")
