"""What a request costs that is not looked at: nothing beyond storing what came in."""

import sys
from types import FrameType
from typing import Any

import pytest

from groundup_httpparse import Headers
from groundup_messages import Address, Request, Response, use_json_encoder
from groundup_messages.content import Encoder, make_encode
from groundup_messages.jsonport import find_encoder

HEAD = [
    ("Host", "example.com"),
    ("Accept", "text/html"),
    ("Accept-Language", "de"),
    ("Cookie", "a=1"),
    ("Authorization", "Bearer abc"),
    ("If-None-Match", '"1"'),
    ("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ("Content-Type", "application/json"),
]


def functions_of(work: Any) -> list[str]:
    """Return the names of the functions of Python that some work calls, itself left out."""
    called: list[str] = []

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            called.append(frame.f_code.co_qualname)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return [name for name in called if not name.endswith("<lambda>")]


def test_making_a_request_calls_nothing_but_its_constructor() -> None:
    headers, client = Headers(HEAD), Address("127.0.0.1", 1)

    called = functions_of(lambda: Request("GET", "/a?b=c", headers, b"{}", client=client))

    assert called == ["Request.__init__"]


def test_what_was_given_is_all_that_is_stored() -> None:
    request = Request("GET", "/a?b=c", Headers(HEAD), b"{}")

    assert set(vars(request)) == {
        *("method", "target", "headers", "_body", "client", "server", "scheme", "http_version"),
        *("params", "root_path", "path", "query_string"),
    }


def test_a_path_is_there_without_a_call() -> None:
    request = Request("GET", "/a?b=c", Headers(HEAD))

    called = functions_of(lambda: (request.method, request.path, request.query_string))

    assert called == []


def test_one_condition_reads_one_field() -> None:
    request = Request("GET", "/", Headers(HEAD))

    called = functions_of(lambda: request.bearer_token)

    assert called[:2] == ["Envelope.bearer_token", "Headers.get"]
    assert not any("parse" in name or "choose" in name for name in called)


def test_what_handlers_look_at_often_is_decoded_once() -> None:
    request = Request("GET", "/a?b=c", Headers(HEAD))

    def look() -> None:
        _ = request.path, request.query, request.cookies, request.host, request.content_type

    look()

    assert not [name for name in functions_of(look)[1:] if "Envelope." not in name]


@pytest.mark.parametrize("encoder", [make_encode(), find_encoder()], ids=["standard", "fastest"])
def test_an_answer_in_json_is_one_call_from_its_encoder(encoder: Encoder) -> None:
    value = {"id": 1, "tags": ["a", True, 2.5]}
    use_json_encoder(encoder)
    try:
        called = functions_of(lambda: Response.json(value))
    finally:
        use_json_encoder(None)

    assert called == [*("Response.json", encoder.__qualname__, "Response._of", "Response.__init__")]
