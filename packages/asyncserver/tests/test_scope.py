"""groundup_asyncserver.scope: what ASGI says becomes what a Request says."""

from typing import Any

import pytest

from groundup_asyncserver import Disconnected, request_from_scope
from groundup_messages import Address


def receiver(*messages: dict[str, Any]) -> Any:
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    return receive


def scope(**more: Any) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/", "headers": [], **more}


def test_all_that_a_scope_says() -> None:
    request = request_from_scope(
        scope(
            method="PUT",
            path="/site/café",
            raw_path=b"/site/caf%C3%A9",
            query_string=b"a=1",
            root_path="/site",
            scheme="https",
            http_version="2",
            headers=[(b"host", b"example.com"), (b"cookie", b"a=1"), (b"cookie", b"b=\xe9")],
            client=("1.2.3.4", 5),
            server=("::1", 443),
        ),
        receiver(),
    )

    assert (request.method, request.path, request.query["a"]) == ("PUT", "/caf%C3%A9", "1")
    assert request.url == "https://example.com/site/caf%C3%A9?a=1"
    assert request.cookies["a"] == "1"
    assert (request.client, request.server) == (Address("1.2.3.4", 5), Address("::1", 443))
    assert request.http_version == "2"


def test_a_scope_may_say_little() -> None:
    request = request_from_scope({"type": "http", "path": "/"}, receiver())

    assert (request.method, request.target, request.body) == ("GET", "/", b"")
    assert request.client is None


@pytest.mark.parametrize(
    ("path", "target"), [("/a b", "/a%20b"), ("/é", "/%C3%A9"), ("/100%", "/100%25")]
)
def test_a_path_without_its_raw_form_is_encoded_again(path: str, target: str) -> None:
    assert request_from_scope(scope(path=path), receiver()).target == target


def test_a_server_on_a_unix_socket_has_no_port() -> None:
    request = request_from_scope(scope(server=("/run/a.sock", None)), receiver())

    assert request.server == Address("/run/a.sock")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"headers": [(b"content-length", b"6")]}, id="length"),
        pytest.param({"headers": [(b"transfer-encoding", b"chunked")]}, id="chunked"),
        pytest.param({"method": "POST"}, id="http-2"),
    ],
)
async def test_the_body_is_read_piece_by_piece(fields: dict[str, Any]) -> None:
    request = request_from_scope(
        scope(**fields),
        receiver(
            {"type": "http.request", "body": b"abc", "more_body": True},
            {"type": "http.request", "more_body": True},
            {"type": "http.request", "body": b"def"},
        ),
    )

    await request.load()

    assert request.body == b"abcdef"


async def test_a_client_that_leaves_breaks_the_body() -> None:
    request = request_from_scope(
        scope(method="POST"),
        receiver(
            {"type": "http.request", "body": b"abc", "more_body": True},
            {"type": "http.disconnect"},
        ),
    )

    with pytest.raises(Disconnected):
        await request.load()


def test_a_websocket_scope_has_no_body_and_is_a_get() -> None:
    request = request_from_scope(
        {"type": "websocket", "path": "/chat", "scheme": "ws", "headers": []}, receiver()
    )

    assert (request.method, request.scheme, request.body) == ("GET", "ws", b"")
