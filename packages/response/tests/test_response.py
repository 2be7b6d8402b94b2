"""groundup_response.response: the object, and what it refuses."""

import io
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar

import pytest

from groundup_httpparse import HeaderError, Headers
from groundup_response import (
    BodyError,
    CookieError,
    FileBody,
    Framing,
    Response,
    ResponseError,
    serialize_head,
)


class Stream:
    """A body that remembers whether it was closed."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        self.closed += 1


async def async_stream(log: list[str]) -> AsyncIterator[bytes]:
    try:
        yield b"a"
        yield b"b"
    finally:
        log.append("closed")


def test_builds_exactly_the_bytes_of_the_first_example() -> None:
    response = Response(200, "OK")
    response.set_header("Content-Type", "application/json")
    response.set_body('{"status": "success"}')

    assert response.serialize() == (
        b"HTTP/1.1 200 OK\r\n"
        b"Content-Type: application/json\r\n"
        b"Content-Length: 21\r\n"
        b"\r\n"
        b'{"status": "success"}'
    )


def test_default_is_an_empty_ok() -> None:
    assert Response().serialize() == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert repr(Response(404)) == "<Response 404 Not Found>"


class Typed(Response):
    """A response whose bodies bring along what they are."""

    default_headers: ClassVar[Mapping[type, Headers]] = {
        str: Headers({"Content-Type": "text/plain", "Vary": "Accept"}),
        bytes: Headers({"Content-Type": "image/png"}),
    }


class Text(str):
    """Text of a kind of its own."""

    __slots__ = ()


def test_a_body_brings_its_default_fields_along() -> None:
    assert Typed(200, "a").headers == {"Content-Type": "text/plain", "Vary": "Accept"}
    assert Typed(200, Text("a")).headers["Content-Type"] == "text/plain"
    assert Typed(200, b"a").headers == {"Content-Type": "image/png"}
    assert Typed(200, "a", {"content-type": "a/b"}).headers == {
        "content-type": "a/b",
        "Vary": "Accept",
    }
    for body in ("", b"", ["stream"]):
        assert not Typed(200, body).headers
    assert not Response(200, "a").headers


def test_a_body_that_is_set_later_brings_them_too() -> None:
    response = Typed()
    response.set_body(b"")
    assert not response.headers

    response.set_body(b"a")
    assert response.headers == {"Content-Type": "image/png"}
    response.body = "text"
    assert response.headers == {"Content-Type": "image/png", "Vary": "Accept"}


def test_default_fields_are_shared_with_nobody() -> None:
    Typed(200, "a").headers["Content-Type"] = "changed"
    Typed(200, "a").headers.add("Vary", "changed")

    assert Typed(200, "a").headers == {"Content-Type": "text/plain", "Vary": "Accept"}


def test_status_is_checked_when_it_is_assigned() -> None:
    response = Response(HTTPStatus.CREATED)
    assert (response.status, response.reason) == (201, "Created")
    assert type(response.status) is int

    response.status = 404
    assert response.reason == "Not Found"
    for wrong in (99, 1000):
        with pytest.raises(ResponseError):
            response.status = wrong
        with pytest.raises(ResponseError):
            Response(wrong)
    text: Any = "OK"
    with pytest.raises(TypeError, match="status must be an int"):
        Response(text)
    assert response.status == 404


def test_header_constant_of_a_program_stays_as_it_was() -> None:
    common = Headers([("Cache-Control", "no-store")])

    response = Response(200, "", common)
    response.set_cookie("sid", "alice")

    assert common.multi_items() == [("Cache-Control", "no-store")]


def test_fields_are_set_and_added() -> None:
    response = Response(headers=[("Vary", "Accept"), ("vary", "Origin")])
    response.set_header("VARY", "Cookie")
    response.add_header("Vary", "Accept")

    assert response.headers.getlist("vary") == ["Cookie", "Accept"]


@pytest.mark.parametrize("bad", ["a\r\nb", "a\nb", "a\rb", "a\0b", "€"])
def test_fields_refuse_what_would_split_the_response(bad: str) -> None:
    response = Response()
    writes: list[Callable[[], object]] = [
        lambda: response.set_header("X-A", bad),
        lambda: response.add_header("X-A", bad),
        lambda: response.set_header(bad, "x"),
        lambda: Response(headers={"X-A": bad}),
    ]

    for write in writes:
        with pytest.raises(HeaderError):
            write()
    assert response.headers.multi_items() == []


def test_cookie_of_the_same_identity_is_replaced_and_others_stay() -> None:
    response = Response()
    response.set_cookie("a", "1")
    response.set_cookie("b", "1")
    response.set_cookie("a", "1", path="/shop")
    response.set_cookie("a", "2", max_age=5)

    assert response.headers.getlist("Set-Cookie") == [
        "b=1; Path=/; SameSite=Lax",
        "a=1; Path=/shop; SameSite=Lax",
        "a=2; Path=/; Max-Age=5; SameSite=Lax",
    ]
    assert response.serialize().count(b"\r\nSet-Cookie: ") == 3


def test_refused_cookie_leaves_the_response_as_it_was() -> None:
    response = Response()
    with pytest.raises(CookieError):
        response.set_cookie("a", "x; Domain=evil.example")

    assert "Set-Cookie" not in response.headers


def test_deleting_a_cookie_expires_it() -> None:
    response = Response()
    response.set_cookie("a", "1")
    response.delete_cookie("a")

    assert response.headers.getlist("Set-Cookie") == [
        "a=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax"
    ]


@pytest.mark.parametrize(
    ("name", "keywords"),
    [
        ("__Host-a", {}),
        ("__Http-a", {}),
        ("__Host-Http-a", {}),
        ("a", {"samesite": "None"}),
        ("a", {"partitioned": True}),
    ],
)
def test_deleting_a_secure_cookie_is_secure_by_itself(name: str, keywords: dict[str, Any]) -> None:
    response = Response()

    response.delete_cookie(name, **keywords)

    assert "; Secure" in response.headers.getlist("Set-Cookie")[0]


@pytest.mark.parametrize(
    ("location", "sent"),
    [
        ("/login?next=%2Fa&b=ü#top", "/login?next=%2Fa&b=%C3%BC#top"),
        ("https://[::1]:8000/a b", "https://[::1]:8000/a%20b"),
        ("/\\evil.example", "/%5Cevil.example"),
    ],
)
def test_redirect_names_a_valid_uri(location: str, sent: str) -> None:
    response = Response.redirect(location)

    assert (response.status, response.headers["Location"]) == (303, sent)


def test_redirect_refuses_other_statuses_and_line_breaks() -> None:
    assert Response.redirect("/", 308).status == 308
    for status in (200, 300, 304, 404):
        with pytest.raises(ResponseError, match="status of a redirect"):
            Response.redirect("/", status)
    for location in ("/\r\nSet-Cookie: a=1", "/\n", "/\0"):
        with pytest.raises(ResponseError, match="CR, LF or NUL"):
            Response.redirect(location)


def test_body_is_text_bytes_or_a_stream() -> None:
    response = Response(200, "é")
    assert (response.body, response.text, response.is_stream) == (b"\xc3\xa9", "é", False)
    assert response.content_length == 2

    response.body = ["a", b"b"]
    assert response.is_stream
    assert response.content_length is None
    with pytest.raises(BodyError, match="iterate over body"):
        _ = response.text
    wrong: Any = {"a": 1}
    with pytest.raises(TypeError, match="JSON"):
        response.body = wrong
    assert response.serialize().endswith(b"\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n")


def test_stream_without_chunks_is_ended_by_the_connection() -> None:
    assert Response(200, ["a", "b"]).serialize(http_version="1.0") == (
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab"
    )


def test_head_sends_no_body_and_reads_no_stream() -> None:
    pieces = iter(["a"])

    wire = Response(200, pieces).serialize(method="HEAD")

    assert wire == b"HTTP/1.1 200 OK\r\n\r\n"
    assert next(pieces) == "a"


@pytest.mark.parametrize("length", ["1", "3"])
def test_stream_of_another_length_than_announced_is_an_error(length: str) -> None:
    with pytest.raises(BodyError, match=f"must have {length} bytes"):
        Response(200, ["ab"], {"Content-Length": length}).serialize()


def test_async_stream_is_refused_with_the_way_out() -> None:
    with pytest.raises(TypeError, match="serialize_head"):
        Response(200, async_stream([])).serialize()


def test_file_is_serialized_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"content")

    with Response(200, FileBody(path)) as response:
        wire = response.serialize()
        body = response.body

    assert wire.endswith(b"Content-Length: 7\r\n\r\ncontent")
    assert isinstance(body, FileBody)
    assert body.file.closed


def test_close_runs_once_the_body_first() -> None:
    calls: list[str] = []
    body = Stream()
    response = Response(200, body)
    response.call_on_close(lambda: calls.append(f"first, body closed {body.closed}"))
    response.call_on_close(lambda: calls.append("second"))

    response.close()

    assert calls == ["first, body closed 1", "second"]


def test_replaced_body_is_closed_with_the_response_and_not_before() -> None:
    inner = Stream(b"a", b"b")
    response = Response(200, inner)
    response.body = (piece.upper() for piece in inner)

    assert inner.closed == 0
    assert response.serialize(http_version="1.0").endswith(b"AB")
    response.close()
    response.close()

    assert inner.closed >= 1


def test_every_closer_runs_even_when_one_fails() -> None:
    calls: list[str] = []

    def fail() -> None:
        raise OSError("disk")

    response = Response()
    response.call_on_close(fail)
    response.call_on_close(lambda: calls.append("ran"))

    with pytest.raises(OSError, match="disk"):
        response.close()
    assert calls == ["ran"]
    response.close()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b"bytes", False, id="bytes"),
        pytest.param("text", False, id="text"),
        pytest.param(bytearray(b"a"), False, id="bytearray"),
        pytest.param(["a", b"b"], False, id="list"),
        pytest.param(iter("ab"), False, id="iterator"),
        pytest.param((letter for letter in "ab"), True, id="generator"),
        pytest.param(Stream(b"a"), True, id="stream"),
        pytest.param(async_stream([]), True, id="async-generator"),
        pytest.param(FileBody(io.BytesIO(b"a")), True, id="file"),
    ],
)
async def test_closable_tells_whether_something_must_be_closed(body: Any, expected: bool) -> None:
    made, filled = Response(200, body), Response()
    filled.set_body(body)

    for response in (made, filled):
        assert response.closable is expected
        await response.aclose()
        assert not response.closable, "closing happens once"


def test_closable_follows_what_is_set_later() -> None:
    first, second = Response(200, Stream(b"a")), Response(200, "page")
    first.set_body("page")
    second.call_on_close(list)

    assert first.closable, "the replaced body is still open"
    assert second.closable
    for response in (first, second):
        response.close()
        assert not response.closable
        response.set_body(iter("ab"))
        assert not response.closable
        response.call_on_close(list)
        assert response.closable
    assert not Response().closable
    assert not Response.redirect("/").closable


def test_a_body_is_closed_again_when_it_comes_back() -> None:
    body = Stream(b"a")
    response = Response(200, body)
    response.close()
    response.close()
    assert body.closed == 1

    response.set_body(body)
    response.close()

    assert body.closed == 2


async def test_body_that_needs_no_closing_is_left_alone() -> None:
    calls: list[str] = []
    for response in (Response(200, ["a"]), Response(200, "a")):
        response.call_on_close(lambda: calls.append("closed"))
        await response.aclose()
    Response(200, ["a"]).close()

    assert calls == ["closed", "closed"]


async def test_async_closers_are_awaited() -> None:
    log: list[str] = []
    stream = async_stream(log)
    assert await anext(stream) == b"a"

    async def later() -> None:
        log.append("awaited")

    def fail() -> None:
        raise OSError("disk")

    response = Response(200, stream)
    response.call_on_close(later)
    response.call_on_close(fail)
    with pytest.raises(OSError, match="disk"):
        await response.aclose()
    await response.aclose()

    assert log == ["closed", "awaited"]


async def test_close_finishes_an_async_stream_that_need_not_wait() -> None:
    log: list[str] = []
    stream = async_stream(log)
    assert await anext(stream) == b"a"

    Response(200, stream).close()

    assert log == ["closed"]
    Response(200, async_stream(log)).close()


async def test_close_says_when_it_would_have_to_wait() -> None:
    import asyncio

    async def wait() -> None:
        await asyncio.sleep(1)

    response = Response()
    response.call_on_close(wait)

    with pytest.raises(TypeError, match=r"use aclose\(\)"):
        response.close()


def test_each_thread_may_build_responses_of_its_own() -> None:
    wrong: list[bytes] = []

    def build(number: int) -> None:
        for _ in range(200):
            response = Response(200, str(number), {"Content-Type": f"text/x-{number}"})
            wire = response.serialize()
            if wire.count(str(number).encode()) < 2:
                wrong.append(wire)

    threads = [threading.Thread(target=build, args=(1000 + number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


DATE = b"Tue, 24 Nov 2026 20:00:00 GMT"


def write(response: Response, method: str = "GET", version: str = "1.1") -> bytes:
    """Return head and body as a server writes them that knows of no quick way."""
    head, framing = serialize_head(
        response, method=method, http_version=version, keep_alive=True, date=DATE
    )
    return head if framing is Framing.NONE else head + response.text.encode()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: Response(200, "h\u00e9llo"), id="text"),
        pytest.param(lambda: Response(404, b"no"), id="bytes"),
        pytest.param(Response, id="empty"),
        pytest.param(lambda: Response(200, "a", {"Vary": "Cookie", "ETag": '"1"'}), id="fields"),
        pytest.param(lambda: Typed(200, "a"), id="shared"),
        pytest.param(lambda: Response(200, b"a" * 65536), id="the largest"),
        pytest.param(lambda: Response(200, "a", {"Content-Length": "7"}), id="a length that lies"),
        pytest.param(lambda: Response(204), id="no content"),
        pytest.param(lambda: Response(205, "a"), id="reset"),
        pytest.param(lambda: Response(304, b"a", {"ETag": '"1"'}), id="not modified"),
        pytest.param(lambda: Response.sharing(Headers({"Vary": "Cookie"}), b"a"), id="sharing"),
    ],
)
def test_a_small_response_is_written_at_once_as_in_two_steps(
    make: Callable[[], Response], version: str
) -> None:
    expected = write(make(), version=version)

    assert make().serialize_small("POST", version, DATE) == expected


@pytest.mark.parametrize(
    ("method", "make"),
    [
        pytest.param("HEAD", lambda: Response(200, "a"), id="head"),
        pytest.param("CONNECT", lambda: Response(200, "a"), id="connect"),
        pytest.param("HEAD", lambda: Response(304), id="head, not modified"),
        pytest.param("GET", lambda: Response(304, ["a"]), id="not modified, stream"),
        pytest.param("GET", lambda: Response(101), id="interim"),
        pytest.param("GET", lambda: Response(200, b"a" * 65537), id="one byte too many"),
        pytest.param("GET", lambda: Response(200, ["a"]), id="stream"),
        pytest.param("GET", lambda: Response(200, "a", {"Connection": "close"}), id="close"),
        pytest.param("GET", lambda: Response(200, "a", {"Set-Cookie": "a=1"}), id="secret"),
        pytest.param("GET", lambda: Response(200, "a", {"Date": "today"}), id="dated"),
    ],
)
def test_what_is_not_usual_is_not_written_at_once(
    method: str, make: Callable[[], Response]
) -> None:
    for _ in range(2):
        serialize_head(make(), method=method, http_version="1.1", keep_alive=True, date=DATE)

    assert make().serialize_small(method, "1.1", DATE) is None


def test_shared_fields_are_copied_when_somebody_asks_for_them() -> None:
    fields = Headers({"ETag": '"1"'})

    first, second = (Response.sharing(fields, b"a", 203) for _ in range(2))
    first.set_header("X-Own", "1")

    assert (first.status, first.body, first.is_stream) == (203, b"a", False)
    assert first.headers.multi_items() == [("ETag", '"1"'), ("X-Own", "1")]
    assert second.headers.multi_items() == fields.multi_items() == [("ETag", '"1"')]


def test_a_head_that_was_never_written_is_not_known() -> None:
    response = Response(299, "a", {"Content-Language": "en, never, seen"})

    assert response.serialize_small("GET", "1.1", DATE) is None


def test_fields_that_are_set_after_a_look_are_written() -> None:
    write(Typed(200, "a"))
    response = Typed(200, "a")

    response.set_header("X-Own", "1")

    assert response.serialize_small("GET", "1.1", DATE) is None
    assert b"X-Own: 1" in write(response)
    assert "X-Own" not in Typed(200, "a").headers


def test_fields_can_be_replaced_as_a_whole() -> None:
    response = Typed(200, "a")
    write(response)

    response.headers = Headers({"Vary": "Cookie"})

    assert response.headers.multi_items() == [("Vary", "Cookie")]
    assert write(response).startswith(b"HTTP/1.1 200 OK\r\nVary: Cookie\r\nDate")
    assert response.serialize_small("GET", "1.1", DATE) == write(response)


def test_no_line_break_gets_into_what_is_remembered() -> None:
    response = Response(200, "a")
    response.headers = Headers.from_trusted([("Vary", "a\r\nSet-Cookie: evil=1")])

    with pytest.raises(ResponseError):
        write(response)

    assert response.serialize_small("GET", "1.1", DATE) is None


@pytest.mark.parametrize("body", [["a"], iter(()), FileBody])
def test_a_response_knows_whether_its_body_is_a_stream(body: Any, tmp_path: Path) -> None:
    if body is FileBody:
        (tmp_path / "a").write_bytes(b"a")
        body = FileBody(tmp_path / "a")
    with Response(200, body) as response:
        assert response.is_stream

        response.set_body(b"a")

        assert not response.is_stream
