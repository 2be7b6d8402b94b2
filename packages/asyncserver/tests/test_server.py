"""groundup_asyncserver.server: start, serve, and stop in an order that loses nothing."""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundup_asyncserver import ListenError, Server, ServerConfig
from groundup_messages import Request, Response

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CERTIFICATE = Path(__file__).with_name("localhost.pem")


async def hello(request: Request) -> Response:
    return Response(200, f"hello {request.text}")


class Application:
    """Writes down what it is told, and when."""

    def __init__(self, *, fails_in: str = "") -> None:
        self.story: list[str] = []
        self.begun = asyncio.Event()
        self.release = asyncio.Event()
        self._fails_in = fails_in

    def _tell(self, what: str) -> None:
        self.story.append(what)
        if what == self._fails_in:
            raise KeyError(what)

    async def __call__(self, request: Request) -> Response:
        self._tell("begin")
        self.begun.set()
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self._tell("cancelled")
            raise
        self._tell("end")
        return Response(200, "done")

    async def startup(self) -> None:
        self._tell("startup")

    async def drain(self) -> None:
        self._tell("drain")

    async def shutdown(self) -> None:
        self._tell("shutdown")


async def test_real_clients_are_served(start: Any) -> None:
    server = await start(hello)

    async with httpx.AsyncClient(base_url=server.url) as client:
        for number in range(3):
            response = await client.post("/", content=f"number {number}")
            assert response.text == f"hello number {number}"
        assert server.connections == 1


async def test_a_server_says_where_it_is() -> None:
    server = Server(hello, ServerConfig(port=0))
    assert server.addresses == []
    assert server.port == 0

    async with server:
        assert server.port > 0
        assert [str(address) for address in server.addresses] == [f"127.0.0.1:{server.port}"]
        assert server.url == f"http://127.0.0.1:{server.port}"


async def test_a_server_on_all_addresses_gives_a_url_that_can_be_opened(start: Any) -> None:
    server = await start(hello, host="0.0.0.0")

    assert server.url == f"http://127.0.0.1:{server.port}"


async def test_a_port_in_use_is_an_error_before_the_handler_starts(start: Any) -> None:
    first = await start(hello)
    application = Application()

    with pytest.raises(ListenError, match="is in use"):
        await Server(application, ServerConfig(port=first.port)).start()

    assert application.story == []


async def test_a_server_starts_once_at_a_time_and_may_start_again(connect: Any) -> None:
    server = Server(hello, ServerConfig(port=0))
    for _ in range(2):
        await server.start()
        with pytest.raises(RuntimeError, match="runs already"):
            await server.start()
        wire = await connect(server)
        await wire.send(GET)
        assert (await wire.read_response())[1] == b"hello "
        await server.stop()
    await server.stop()


async def test_a_handler_that_cannot_start_frees_the_port() -> None:
    application = Application(fails_in="startup")
    server = Server(application, ServerConfig(port=0))

    with pytest.raises(KeyError, match="startup"):
        await server.start()

    async with Server(hello, ServerConfig(port=server.port)):
        pass


async def test_open_requests_end_before_the_handler_is_shut_down(start: Any, connect: Any) -> None:
    application = Application()
    server = await start(application)
    busy, idle = await connect(server), await connect(server)
    await busy.send(GET)
    await application.begun.wait()

    stopping = asyncio.ensure_future(server.stop(5))
    assert await idle.read_all() == b""
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)
    application.release.set()
    head, body = await busy.read_response()
    await stopping

    assert body == b"done"
    assert b"\r\nConnection: close\r\n" in head
    assert application.story == ["startup", "begin", "drain", "end", "shutdown"]


async def test_what_does_not_end_within_the_grace_is_cancelled(start: Any, connect: Any) -> None:
    application = Application()
    server = await start(application)
    wire = await connect(server)
    await wire.send(GET)
    await application.begun.wait()

    await server.stop(0.05)

    assert (await wire.read_all()).startswith(b"HTTP/1.1 503 ")
    assert application.story == ["startup", "begin", "drain", "cancelled", "shutdown"]


async def test_a_client_that_never_reads_does_not_hold_the_stop(start: Any, connect: Any) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100_000

    async def handler(request: Request) -> Response:
        return Response.stream(pieces())

    server = await start(handler)
    wire = await connect(server)
    await wire.send(GET)
    await wire.read(1000)

    async with asyncio.timeout(5):
        await server.stop(0.01)


async def test_a_plain_handler_that_never_returns_does_not_hold_the_stop(
    start: Any, connect: Any
) -> None:
    begun, release = threading.Event(), threading.Event()

    def handler(request: Request) -> Response:
        begun.set()
        release.wait(20)
        return Response()

    server = await start(handler)
    wire = await connect(server)
    await wire.send(GET)
    await asyncio.to_thread(begun.wait, 5)

    async with asyncio.timeout(5):
        await server.stop(0.01)
    release.set()


@pytest.mark.parametrize("hook", ["drain", "shutdown"])
async def test_a_hook_that_fails_does_not_hold_the_stop(
    start: Any, hook: str, caplog: pytest.LogCaptureFixture
) -> None:
    application = Application(fails_in=hook)
    server = await start(application)

    await server.stop()

    assert application.story == ["startup", "drain", "shutdown"]
    assert "failed while the server stops" in caplog.text


async def test_a_drain_that_never_ends_does_not_hold_the_stop(
    start: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Slow(Application):
        async def drain(self) -> None:
            await asyncio.sleep(30)

    application = Slow()
    server = await start(application)

    await server.stop(0.05)

    assert application.story == ["startup", "shutdown"]
    assert "longer than the grace" in caplog.text


async def test_serve_forever_ends_when_it_is_told_from_any_thread() -> None:
    server = Server(hello, ServerConfig(port=0))
    announced: list[str] = []

    def announce(server: Server) -> None:
        announced.append(server.url)
        threading.Thread(target=server.request_stop).start()

    async with asyncio.timeout(5):
        await server.serve_forever(announce)

    assert announced == [server.url]
    server.request_stop()


async def test_serve_forever_stops_when_it_is_cancelled() -> None:
    application = Application()
    server = Server(application, ServerConfig(port=0))
    ready = asyncio.Event()
    task = asyncio.ensure_future(server.serve_forever(lambda _: ready.set()))
    await ready.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert application.story == ["startup", "drain", "shutdown"]


@pytest.mark.skipif(os.name != "posix", reason="sockets of POSIX systems")
async def test_a_unix_socket_is_served(tmp_path: Path) -> None:
    path = str(tmp_path / "a.sock")

    async with Server(hello, ServerConfig(unix=path)) as server:
        transport = httpx.AsyncHTTPTransport(uds=path)
        async with httpx.AsyncClient(transport=transport) as client:
            assert (await client.post("http://a/", content="unix")).text == "hello unix"
        assert server.url == f"http+unix:{path}"

    assert not tmp_path.joinpath("a.sock").exists()


@pytest.fixture
def tls() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The rules of a server and of a client that trusts it."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(CERTIFICATE)
    return server, ssl.create_default_context(cafile=str(CERTIFICATE))


async def test_tls_is_served(start: Any, tls: Any) -> None:
    async def handler(request: Request) -> Response:
        return Response(200, f"{request.scheme} {len(request.body)}")

    server = await start(handler, ssl=tls[0])

    async with httpx.AsyncClient(verify=tls[1]) as client:
        for _ in range(2):
            response = await client.post(
                f"https://localhost:{server.port}/", content=b"x" * 500_000
            )
            assert response.text == "https 500000"
    assert server.url.startswith("https://")


async def test_files_go_through_tls_whole(start: Any, tls: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 4000)

    async def handler(request: Request) -> Response:
        return Response.file(path)

    server = await start(handler, ssl=tls[0])

    async with httpx.AsyncClient(verify=tls[1]) as client:
        response = await client.get(f"https://localhost:{server.port}/")
    assert response.content == path.read_bytes()


async def test_many_bytes_go_through_tls_whole(start: Any, tls: Any) -> None:
    data = bytes(range(256)) * 8000

    async def handler(request: Request) -> Response:
        return Response(200, data)

    server = await start(handler, ssl=tls[0])

    async with httpx.AsyncClient(verify=tls[1]) as client:
        response = await client.get(f"https://localhost:{server.port}/")
    assert response.content == data


async def test_a_closure_alert_is_sent_before_a_tls_connection_closes(start: Any, tls: Any) -> None:
    """RFC 9112, section 9.8: without it, a client cannot tell an end from a cut."""
    server = await start(hello, ssl=tls[0])

    def read_all() -> bytes:
        data = b""
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain,
            # An end without the alert is an SSLEOFError here, in place of b"".
            tls[1].wrap_socket(
                plain, server_hostname="localhost", suppress_ragged_eofs=False
            ) as connection,
        ):
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            while piece := connection.recv(1000):
                data += piece
        return data

    assert (await asyncio.to_thread(read_all)).startswith(b"HTTP/1.1 200")


async def test_what_is_no_tls_is_closed(start: Any, connect: Any, tls: Any) -> None:
    server = await start(hello, ssl=tls[0])
    wire = await connect(server)

    await wire.send(GET)

    assert not (await wire.read_all()).startswith(b"HTTP")
    assert server.connections == 0


async def test_a_factory_makes_protocols_of_one_server(start: Any) -> None:
    server = await start(hello)

    first, second = server.protocol_factory()(), server.protocol_factory()()

    assert first._context is second._context


async def test_thousands_of_requests_leave_nothing_behind(start: Any, connect: Any) -> None:
    import gc

    server = await start(hello)
    wire, before = await connect(server), 0
    for number in range(20):
        await wire.send(GET * 100)
        for _ in range(100):
            await wire.read_response()
        if number == 5:
            gc.collect()
            before = len(gc.get_objects())
    gc.collect()

    assert len(gc.get_objects()) < before + 200


async def test_a_request_that_is_half_there_does_not_hold_the_stop(
    start: Any, connect: Any
) -> None:
    server = await start(hello)
    wire = await connect(server)
    await wire.send(GET + GET[:10])
    await wire.read_response()

    async with asyncio.timeout(5):
        await server.stop(0.01)

    assert await wire.read_all() == b""
