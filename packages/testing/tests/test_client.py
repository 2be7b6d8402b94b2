"""groundup_testing.client: requests in, answers out, and a life around them."""

import asyncio
import contextlib
import gc
import threading
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest

from groundup_asyncserver import ServerConfig
from groundup_messages import Request, Response
from groundup_testing import AnswerError, AnswerTimeoutError, RedirectError, TestClient


class Site:
    """An application with a life, that shows what it gets."""

    def __init__(self) -> None:
        self.story: list[str] = []

    async def startup(self) -> None:
        self.story.append("startup")

    async def drain(self) -> None:
        self.story.append("drain")

    async def shutdown(self) -> None:
        self.story.append("shutdown")

    async def __call__(self, request: Request) -> Response:
        self.story.append(f"{request.method} {request.target}")
        handler: Any = getattr(self, request.path.strip("/").replace("/", "_"), None)
        return Response(404, "nothing here") if handler is None else await handler(request)

    async def echo(self, request: Request) -> Response:
        return Response.json(
            {
                "method": request.method,
                "target": request.target,
                "headers": dict(request.headers),
                "cookies": dict(request.cookies),
                "body": request.text,
                "client": request.client,
                "scheme": request.scheme,
            }
        )

    async def form(self, request: Request) -> Response:
        files = [
            [name, file.filename, file.content_type, file.read().decode()]
            for name, file in request.files.multi_items()
        ]
        return Response.json({"form": request.form.multi_items(), "files": files})

    async def login(self, request: Request) -> Response:
        response = Response(200, "welcome")
        response.set_cookie("sid", "1")
        return response

    async def moved(self, request: Request) -> Response:
        status = int(request.query["status"])
        return Response(status, "", {"Location": request.query["to"]})

    async def round(self, request: Request) -> Response:
        return Response(302, "", {"Location": "/round"})

    async def boom(self, request: Request) -> Response:
        raise ValueError("the reason")

    async def slow(self, request: Request) -> Response:
        await asyncio.sleep(30)
        return Response(200, "late")

    async def stream(self, request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for number in range(3):
                yield b"line %d\r\n" % number

        return Response(200, pieces())

    async def broken(self, request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            raise OSError("disk full")

        return Response(200, pieces())


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def client(site: Site) -> Iterator[TestClient]:
    with TestClient(site) as client:
        yield client


# -- the way there and back ------------------------------------------------------------------------


def test_a_request_and_its_answer(client: TestClient) -> None:
    answer = client.get("/echo?a=1", params={"b": ["2", "3"]}, headers={"X-One": "1"})

    assert (answer.status, answer.status_code, answer.reason) == (200, 200, "OK")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.content == answer.body
    assert answer.json["target"] == "/echo?a=1&b=2&b=3"
    assert answer.json["headers"]["X-One"] == "1"
    assert answer.json["headers"]["Host"] == "testserver"
    assert answer.json["client"] == ["testclient", 50000]
    assert answer.url == "http://testserver/echo?a=1&b=2&b=3"
    assert answer.history == []
    assert 0 < answer.elapsed < 30


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_every_method_has_its_name(client: TestClient, method: str) -> None:
    assert getattr(client, method)("/echo").json["method"] == method.upper()


def test_head_has_fields_and_no_body(client: TestClient) -> None:
    answer = client.head("/login")

    assert answer.status == 200
    assert answer.headers["Content-Length"] == "7"
    assert answer.body == b""


def test_plain_handlers_run_in_a_thread_and_functions_will_do() -> None:
    def handler(request: Request) -> Response:
        return Response(200, threading.current_thread().name)

    with TestClient(handler) as client:
        assert client.get("/").text != threading.current_thread().name


def test_a_path_is_sent_as_it_stands(client: TestClient, site: Site) -> None:
    client.get("/../etc/passwd")
    client.get("//double/%2e%2e/a b?é")

    assert site.story[1:] == ["GET /../etc/passwd", "GET //double/%2e%2e/a%20b?%C3%A9"]


def test_json_data_and_content(client: TestClient) -> None:
    assert client.post("/echo", json={"name": "é"}).json["body"] == '{"name":"é"}'
    assert client.post("/echo", content="plain").json["body"] == "plain"
    answer = client.post("/form", data={"name": "Ada & Bob", "tag": ["a", "b"], "skip": None})
    assert answer.json["form"] == [["name", "Ada & Bob"], ["tag", "a"], ["tag", "b"]]


def test_files_of_every_kind(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("from disk")

    with path.open("rb") as file:
        files: dict[str, Any] = {
            "raw": b"bytes",
            "named": ("me.png", b"png"),
            "typed": ("me.x", "text", "text/x"),
            "path": path,
            "open": [file],
        }
        answer = client.post("/form", data={"name": "Ada"}, files=files)

    assert answer.json["form"] == [["name", "Ada"]]
    assert answer.json["files"] == [
        ["raw", "raw", "application/octet-stream", "bytes"],
        ["named", "me.png", "image/png", "png"],
        ["typed", "me.x", "text/x", "text"],
        ["path", "notes.txt", "text/plain", "from disk"],
        ["open", "notes.txt", "text/plain", "from disk"],
    ]


def test_pieces_are_sent_in_chunks(client: TestClient) -> None:
    pieces: list[str | bytes] = ["one ", b"two"]

    answer = client.post("/echo", content=iter(pieces))

    assert answer.json["body"] == "one two"
    assert answer.json["headers"]["Transfer-Encoding"] == "chunked"


def test_a_large_body_goes_there_and_back() -> None:
    body = bytes(range(256)) * 16384  # 4 MiB

    async def handler(request: Request) -> Response:
        return Response(200, request.body)

    with TestClient(handler) as client:
        assert client.post("/", content=body).body == body


def test_a_body_that_the_server_asks_for(client: TestClient) -> None:
    answer = client.post("/echo", content="asked", headers={"Expect": "100-continue"})

    assert answer.json["body"] == "asked"


def test_a_body_that_is_too_large_is_refused_while_it_is_sent() -> None:
    async def handler(request: Request) -> Response:
        return Response(200, "read")

    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(10_000)

    with TestClient(handler, config=ServerConfig(max_body=100_000)) as client:
        assert client.post("/", content=endless()).status == 413
        assert client.post("/", content=b"small").status == 200


def test_an_error_in_the_pieces_of_a_body_is_the_test_s(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise LookupError("no two")

    with pytest.raises(LookupError, match="no two"):
        client.post("/echo", content=pieces())


def test_two_bodies_are_refused(client: TestClient) -> None:
    with pytest.raises(TypeError, match="one body, got json and data"):
        client.post("/echo", json={}, data={})


@pytest.mark.parametrize("method", ["GET /x", "", "GÉT", "A\r\nB"])
def test_a_method_must_be_a_token(client: TestClient, method: str) -> None:
    with pytest.raises(ValueError, match="must be a token"):
        client.request(method, "/echo")


def test_connections_are_used_again() -> None:
    seen: list[int] = []

    async def handler(request: Request) -> Response:
        task = asyncio.current_task()
        seen.append(id(task))
        return Response(200, "")

    with TestClient(handler, config=ServerConfig(max_connections=1)) as client:
        assert [client.get("/").status for _ in range(5)] == [200] * 5


def test_threads_may_share_a_client(client: TestClient) -> None:
    statuses: list[int] = []

    def ask() -> None:
        statuses.extend(client.get("/echo").status for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 100


def test_https_is_believed(site: Site) -> None:
    with TestClient(site, base_url="https://example.com") as client:
        answer = client.get("/echo")

    assert answer.json["scheme"] == "https"
    assert answer.json["headers"]["Host"] == "example.com"


# -- cookies and redirects -------------------------------------------------------------------------


def test_cookies_are_kept_and_sent(client: TestClient) -> None:
    answer = client.get("/login")

    assert answer.cookies == {"sid": "1"}
    assert dict(client.cookies) == {"sid": "1"}
    assert client.get("/echo").json["cookies"] == {"sid": "1"}
    both = client.get("/echo", cookies={"theme": "dark", "sid": "2"})
    assert both.json["cookies"] == {"theme": "dark", "sid": "2"}
    assert client.get("/echo").json["cookies"] == {"sid": "1"}


def test_cookies_may_be_given_at_the_start(site: Site) -> None:
    with TestClient(site, cookies={"sid": "9"}) as client:
        assert client.get("/echo").json["cookies"] == {"sid": "9"}


@pytest.mark.parametrize(
    ("status", "method", "expected", "body"),
    [
        (301, "POST", "GET", ""),
        (302, "POST", "GET", ""),
        (303, "PUT", "GET", ""),
        (303, "HEAD", "HEAD", ""),
        (301, "PUT", "PUT", "x"),
        (307, "POST", "POST", "x"),
        (308, "POST", "POST", "x"),
    ],
)
def test_redirects_keep_or_change_the_method(
    client: TestClient, site: Site, status: int, method: str, expected: str, body: str
) -> None:
    answer = client.request(method, f"/moved?status={status}&to=/echo", content="x")

    assert answer.status == 200
    assert answer.method == expected
    assert [(one.status, one.method) for one in answer.history] == [(status, method)]
    assert answer.url == "http://testserver/echo"
    assert site.story[-1] == f"{expected} /echo"
    if expected != "HEAD":
        assert answer.json["body"] == body
        assert ("Content-Length" in answer.json["headers"]) == bool(body)


def test_redirects_may_be_left_alone(client: TestClient, site: Site) -> None:
    answer = client.get("/moved?status=302&to=/echo", follow_redirects=False)
    with TestClient(site, follow_redirects=False) as other:
        assert other.get("/moved?status=302&to=/echo").status == 302
        assert other.get("/moved?status=302&to=/echo", follow_redirects=True).status == 200

    assert (answer.status, answer.headers["Location"]) == (302, "/echo")


def test_another_site_is_not_the_application(client: TestClient) -> None:
    answer = client.get("/moved?status=302&to=https://github.com/login")

    assert answer.status == 302


def test_credentials_do_not_follow_to_another_host(client: TestClient) -> None:
    there = client.get(
        "/moved?status=302&to=http://api.testserver/echo", headers={"Authorization": "Bearer x"}
    )
    same = client.get("/moved?status=302&to=/echo", headers={"Authorization": "Bearer x"})

    assert there.json["headers"]["Host"] == "api.testserver"
    assert "Authorization" not in there.json["headers"]
    assert same.json["headers"]["Authorization"] == "Bearer x"


def test_redirects_without_an_end_are_an_error(client: TestClient) -> None:
    with pytest.raises(RedirectError, match="must end after 20"):
        client.get("/round")


def test_pieces_cannot_be_sent_twice(client: TestClient) -> None:
    with pytest.raises(RedirectError, match="cannot be sent again"):
        client.post("/moved?status=307&to=/echo", content=iter([b"x"]))


# -- what goes wrong ---------------------------------------------------------------------------


def test_an_error_of_the_handler_is_its_answer_and_its_error(client: TestClient) -> None:
    answer = client.get("/boom")

    assert answer.status == 500
    assert isinstance(answer.error, ValueError)
    assert client.get("/echo").error is None


def test_an_error_of_the_handler_may_be_raised_here(site: Site) -> None:
    with (
        TestClient(site, raise_server_exceptions=True) as client,
        pytest.raises(ValueError, match="the reason"),
    ):
        client.get("/boom")


def test_an_answer_in_time_or_an_error(client: TestClient) -> None:
    started = time.perf_counter()

    with pytest.raises(AnswerTimeoutError, match=r"must be answered in 0\.05 seconds"):
        client.get("/slow", timeout=0.05)

    assert time.perf_counter() - started < 10
    assert client.get("/echo").status == 200


def test_an_answer_that_breaks_off_names_the_reason(client: TestClient) -> None:
    with pytest.raises(AnswerError, match="broke off"):
        client.get("/broken")


def test_a_stream_begins_in_time_or_is_an_error(client: TestClient) -> None:
    with (
        pytest.raises(AnswerTimeoutError, match="the head of GET /slow must come"),
        client.stream("GET", "/slow", timeout=0.05),
    ):
        pass


def test_a_location_that_is_none_is_an_error(client: TestClient) -> None:
    with pytest.raises(RedirectError, match="Location must be a URL, got 'ftp://testserver/'"):
        client.get("/moved?status=302&to=ftp://testserver/")


def test_fields_of_the_client_go_with_every_request(site: Site) -> None:
    with TestClient(site, headers={"X-Tenant": "a", "accept": "text/html"}) as client:
        client.headers["X-More"] = "1"
        sent = client.get("/echo").json["headers"]

    assert client.base_url == "http://testserver"
    assert (sent["X-Tenant"], sent["X-More"], sent["accept"]) == ("a", "1", "text/html")


# -- streams -----------------------------------------------------------------------------------


def test_pieces_come_as_they_are_sent() -> None:
    go_on = threading.Event()

    async def handler(request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            await asyncio.to_thread(go_on.wait, 20)
            yield b"second"

        return Response(200, pieces())

    with TestClient(handler) as client, client.stream("GET", "/") as answer:
        pieces = iter(answer)
        assert (answer.status, next(pieces)) == (200, b"first")
        go_on.set()
        assert answer.read() == b"second"


def test_lines_come_one_by_one(client: TestClient) -> None:
    with client.stream("GET", "/stream") as answer:
        assert list(answer.iter_lines()) == ["line 0", "line 1", "line 2"]


def test_a_client_that_leaves_an_endless_stream_ends_it() -> None:
    ended = threading.Event()
    sent = 0

    async def handler(request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            nonlocal sent
            try:
                while True:
                    yield bytes(1000)
                    sent += 1000
            finally:
                ended.set()

        return Response(200, pieces())

    with TestClient(handler) as client:
        with client.stream("GET", "/") as answer:
            assert next(iter(answer))
        assert ended.wait(20)
        assert sent < 1_000_000, "back pressure stops who sends to nobody"


# -- the life of the application ---------------------------------------------------------------


def test_with_starts_and_stops_the_application(site: Site) -> None:
    with TestClient(site) as client:
        assert site.story == ["startup"]
        client.get("/x")

    assert site.story == ["startup", "GET /x", "drain", "shutdown"]


def test_the_first_request_starts_it_as_well(site: Site) -> None:
    client = TestClient(site)

    assert client.get("/x").status == 404
    client.close()
    client.close()

    assert site.story == ["startup", "GET /x", "drain", "shutdown"]


def test_a_forgotten_client_is_cleaned_up(site: Site) -> None:
    client = TestClient(site)
    client.get("/x")
    threads = threading.active_count()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del client
        gc.collect()

    assert threading.active_count() < threads
    assert site.story[-1] == "shutdown"


def test_no_thread_is_left_behind(site: Site) -> None:
    before = set(threading.enumerate())

    with TestClient(site) as client:
        client.get("/x")

    assert set(threading.enumerate()) <= before


def test_a_start_that_fails_is_raised_and_leaves_nothing() -> None:
    class Failing(Site):
        async def startup(self) -> None:
            raise OSError("no database")

    site, before = Failing(), threading.active_count()

    with pytest.raises(OSError, match="no database"), TestClient(site):
        pass

    assert threading.active_count() == before
    assert site.story == []


def test_what_is_open_at_the_end_is_cancelled() -> None:
    began, cancelled = threading.Event(), threading.Event()

    async def handler(request: Request) -> Response:
        began.set()
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()
        return Response(200, "")

    with TestClient(handler) as client:

        def ask() -> None:
            with contextlib.suppress(AnswerError, asyncio.CancelledError, CancelledError):
                client.get("/")

        thread = threading.Thread(target=ask)
        thread.start()
        assert began.wait(20)

    assert cancelled.wait(20)
    thread.join()


def test_an_asgi_application_is_tested_the_same_way() -> None:
    story: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                story.append(step)
                await send({"type": f"lifespan.{step}.complete"})
            return
        body = (await receive())["body"]
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode() + body})

    with TestClient(app) as client:
        answer = client.post("/there", content="!")

    assert (answer.status, answer.text) == (201, "/there!")
    assert story == ["startup", "shutdown"]


def test_what_is_no_application_is_refused() -> None:
    with pytest.raises(TypeError, match="must be callable with a request, got 42"):
        TestClient(42).get("/")


def test_context_variables_of_the_test_are_not_the_application_s() -> None:
    from contextvars import ContextVar

    mark: ContextVar[str] = ContextVar("mark", default="none")

    async def handler(request: Request) -> Response:
        return Response(200, mark.get())

    mark.set("the test's")
    with TestClient(handler) as client:
        assert client.get("/").text == "none"


def test_the_application_may_not_use_its_own_client() -> None:
    clients: list[TestClient] = []

    async def handler(request: Request) -> Response:
        return Response(200, clients[0].get("/").text)

    with TestClient(handler) as client:
        clients.append(client)
        answer = client.get("/")

    assert isinstance(answer.error, RuntimeError)
    assert "by the application it tests" in str(answer.error)
