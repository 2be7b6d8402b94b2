"""groundup_testing.live: a server that others can reach."""

import socket
import threading
from urllib.request import urlopen

import pytest

from groundup_asyncserver import ListenError, ServerConfig
from groundup_messages import Request, Response
from groundup_testing import live_server


def hello(request: Request) -> Response:
    return Response(200, f"Hello from {request.path}!")


def test_others_reach_it_while_the_block_lasts() -> None:
    with live_server(hello) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert server.host == "127.0.0.1"
        with urlopen(f"{server.url}/here") as answer:
            assert answer.read() == b"Hello from /here!"

    with socket.socket() as client:
        client.settimeout(1)
        assert client.connect_ex((server.host, server.port)) != 0


def test_start_and_stop_of_the_application_are_run() -> None:
    story: list[str] = []

    class Site:
        async def startup(self) -> None:
            story.append("startup")

        async def drain(self) -> None:
            story.append("drain")

        async def shutdown(self) -> None:
            story.append("shutdown")

        async def __call__(self, request: Request) -> Response:
            return Response(200, "")

    with live_server(Site()):
        assert story == ["startup"]

    assert story == ["startup", "drain", "shutdown"]
    assert "groundup-testing-server" not in {thread.name for thread in threading.enumerate()}


def test_a_port_in_use_is_an_error_that_leaves_nothing() -> None:
    with live_server(hello) as server:
        with (
            pytest.raises(ListenError, match=str(server.port)),
            live_server(hello, port=server.port),
        ):
            pass
        with urlopen(server.url) as answer:
            assert answer.status == 200

    assert "groundup-testing-server" not in {thread.name for thread in threading.enumerate()}


def test_numbers_of_the_server_may_be_given() -> None:
    config = ServerConfig(port=0, max_body=10)
    with live_server(hello, config=config) as server:
        assert server.connections == 0
        with socket.create_connection((server.host, server.port), timeout=10) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 413 ")
