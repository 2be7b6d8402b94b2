"""Applications of other frameworks, served by us or by uvicorn: ``python asgi_apps.py APP SERVER``.

Each has the same pages, written as its framework has it.  The process prints its port when it
serves, and ends by SIGTERM.  The frameworks are installed by whoever wants to compare: no type
checker knows them, so they are imported by name.
"""

import asyncio
import importlib
import socket
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from groundup_asyncserver import Server, from_asgi, serve
from groundup_messages import Request, Response, Upgrade
from groundup_websockets import WebSocketProtocol, accept

PIECES = [b"one ", b"two ", b"three " * 10_000]


async def pieces() -> AsyncIterator[bytes]:
    """Yield a body in pieces that take their time."""
    for piece in PIECES:
        yield piece
        await asyncio.sleep(0.01)


def starlette() -> Any:  # noqa: C901 - a list of pages, and no branches
    """Return an application of Starlette."""
    responses: Any = importlib.import_module("starlette.responses")
    routing: Any = importlib.import_module("starlette.routing")
    applications: Any = importlib.import_module("starlette.applications")
    background: Any = importlib.import_module("starlette.background")
    done: list[str] = []

    async def home(request: Any) -> Any:
        return responses.PlainTextResponse(f"{request.state.greeting}, {request.client.host}!")

    async def user(request: Any) -> Any:
        found = {"id": request.path_params["id"], "q": request.query_params.get("q")}
        return responses.JSONResponse(found, headers={"X-Path": request.url.path})

    async def echo(request: Any) -> Any:
        return responses.Response(await request.body(), media_type="application/octet-stream")

    async def form(request: Any) -> Any:
        async with request.form() as fields:
            size = len(await fields["file"].read())
            return responses.JSONResponse({"name": fields["name"], "size": size})

    async def stream(_: Any) -> Any:
        return responses.StreamingResponse(pieces(), media_type="text/plain")

    async def file(_: Any) -> Any:
        return responses.FileResponse(__file__)

    async def later(_: Any) -> Any:
        task = background.BackgroundTask(done.append, "later")
        return responses.PlainTextResponse("now", background=task)

    async def fail(_: Any) -> Any:
        raise RuntimeError("so it is meant")

    async def chat(websocket: Any) -> None:
        await websocket.accept(subprotocol="two", headers=[(b"x-a", b"b")])
        async for text in websocket.iter_text():
            await websocket.send_text(text.upper())

    async def deny(websocket: Any) -> None:
        await websocket.close()

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncGenerator[dict[str, str]]:
        yield {"greeting": "Hello"}

    return applications.Starlette(
        lifespan=lifespan,
        routes=[
            routing.Route("/", home),
            routing.Route("/users/{id}", user),
            routing.Route("/echo", echo, methods=["POST"]),
            routing.Route("/form", form, methods=["POST"]),
            routing.Route("/stream", stream),
            routing.Route("/file", file),
            routing.Route("/later", later),
            routing.Route("/fail", fail),
            routing.WebSocketRoute("/chat", chat),
            routing.WebSocketRoute("/deny", deny),
        ],
    )


def fastapi() -> Any:  # noqa: C901 - the same
    """Return an application of FastAPI."""
    module: Any = importlib.import_module("fastapi")
    responses: Any = importlib.import_module("fastapi.responses")
    app = module.FastAPI()

    async def home() -> Any:
        return {"message": "Hello"}

    async def user(id: int, q: str | None = None) -> Any:
        return {"id": id, "q": q}

    async def echo(request: Any) -> Any:
        return responses.Response(await request.body())

    echo.__annotations__["request"] = module.Request

    async def stream() -> Any:
        return responses.StreamingResponse(pieces(), media_type="text/plain")

    async def fail() -> Any:
        raise module.HTTPException(418, "so it is meant")

    async def chat(websocket: Any) -> None:
        await websocket.accept(subprotocol="two")
        async for text in websocket.iter_text():
            await websocket.send_text(text.upper())

    chat.__annotations__["websocket"] = module.WebSocket

    async def deny(websocket: Any) -> None:
        await websocket.send_denial_response(responses.PlainTextResponse("no", 401))

    deny.__annotations__["websocket"] = module.WebSocket

    for path, handler in {"/": home, "/users/{id}": user, "/stream": stream, "/fail": fail}.items():
        app.get(path)(handler)
    app.post("/echo")(echo)
    app.websocket("/chat")(chat)
    app.websocket("/deny")(deny)
    return app


def django() -> Any:
    """Return an application of Django."""
    conf: Any = importlib.import_module("django.conf")
    conf.settings.configure(
        ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="of a test", LOGGING_CONFIG=None
    )
    http: Any = importlib.import_module("django.http")
    urls: Any = importlib.import_module("django.urls")
    asgi: Any = importlib.import_module("django.core.asgi")

    def home(request: Any) -> Any:
        return http.HttpResponse(f"Hello, {request.META['REMOTE_ADDR']}!")

    async def user(request: Any, id: str) -> Any:
        return http.JsonResponse({"id": id, "q": request.GET.get("q"), "path": request.path})

    def echo(request: Any) -> Any:
        return http.HttpResponse(request.body, content_type="application/octet-stream")

    def form(request: Any) -> Any:
        size = len(request.FILES["file"].read())
        return http.JsonResponse({"name": request.POST["name"], "size": size})

    async def stream(_: Any) -> Any:
        return http.StreamingHttpResponse(pieces(), content_type="text/plain")

    def file(_: Any) -> Any:
        return http.FileResponse(Path(__file__).open("rb"))

    def fail(_: Any) -> Any:
        raise RuntimeError("so it is meant")

    globals()["urlpatterns"] = [
        urls.path("", home),
        urls.path("users/<id>", user),
        *(urls.path(view.__name__, view) for view in (echo, form, stream, file, fail)),
    ]
    return asgi.get_asgi_application()


def litestar() -> Any:
    """Return an application of Litestar."""
    module: Any = importlib.import_module("litestar")
    response: Any = importlib.import_module("litestar.response")

    async def home() -> str:
        return "Hello"

    async def user(id: int, q: str | None = None) -> dict[str, Any]:
        return {"id": id, "q": q}

    async def echo(request: Any) -> bytes:
        body: bytes = await request.body()
        return body

    echo.__annotations__["request"] = module.Request

    async def stream() -> Any:
        return response.Stream(pieces(), media_type="text/plain")

    stream.__annotations__["return"] = response.Stream

    async def fail() -> None:
        raise module.exceptions.HTTPException("so it is meant", status_code=418)

    async def chat(socket: Any) -> None:
        await socket.accept(subprotocols="two")
        async for text in socket.iter_data():
            await socket.send_text(text.upper())

    chat.__annotations__["socket"] = module.WebSocket
    importlib.import_module("litestar.exceptions")
    return module.Litestar(
        route_handlers=[
            module.get("/")(home),
            module.get("/users/{id:int}")(user),
            module.post("/echo", media_type="application/octet-stream")(echo),
            module.get("/stream")(stream),
            module.get("/fail")(fail),
            module.websocket("/chat")(chat),
        ],
    )


APPS: dict[str, Callable[[], Any]] = {
    "starlette": starlette,
    "fastapi": fastapi,
    "django": django,
    "litestar": litestar,
}


def open_websocket(
    request: Request, run: Any, *, subprotocol: str | None, headers: list[tuple[str, str]]
) -> Response:
    """Answer the handshake of a WebSocket."""
    offered = [subprotocol] if subprotocol else []
    acceptance = accept(request.method, request.headers, subprotocols=offered)
    return Upgrade(lambda: WebSocketProtocol(acceptance, run), [*acceptance.headers, *headers])


def serve_ours(app: Any) -> None:
    """Serve an application with this project's server."""

    def announce(server: Server) -> None:
        print(server.port, flush=True)

    serve(from_asgi(app, websocket=open_websocket), port=0, grace=1, announce=announce)


def serve_uvicorn(app: Any) -> None:
    """Serve an application with uvicorn."""
    uvicorn: Any = importlib.import_module("uvicorn")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        config = uvicorn.Config(app, log_level="error", access_log=False)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    {"ours": serve_ours, "uvicorn": serve_uvicorn}[sys.argv[2]](APPS[sys.argv[1]]())
