"""groundup_messages.request: bodies in every shape, decoded when they are used."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest

from groundup_forms import FormLimits
from groundup_httpparse import Headers, ParseError, RequestHead, RequestParser
from groundup_messages import (
    Address,
    ArrivedBody,
    BadEncoding,
    BadForm,
    BadJSON,
    BodyNotRead,
    PayloadTooLarge,
    Request,
    Response,
    UnsupportedCoding,
    UnsupportedMediaType,
)

JSON = {"Content-Type": "application/json"}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
UPLOAD = (
    b"--b\r\n"
    b'Content-Disposition: form-data; name="email"\r\n\r\nalice@example.com\r\n'
    b"--b\r\n"
    b'Content-Disposition: form-data; name="avatar"; filename="me.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n"
    b"--b--\r\n"
)


async def arriving(data: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        await asyncio.sleep(0)
        yield data[start : start + size]


def test_the_handler_of_the_first_example_works() -> None:
    headers = {
        **MULTIPART,
        "Authorization": "Bearer t",
        "Cookie": "session=s1; theme=dark",
    }
    request = Request("POST", "/profile?name=Alice", headers, UPLOAD)

    assert request.query.get("name") == "Alice"
    assert request.headers.get("Authorization") == "Bearer t"
    assert request.cookies.get("session") == "s1"
    assert request.form.get("email") == "alice@example.com"
    assert request.files["avatar"].filename == "me.png"
    assert request.files["avatar"].read() == b"\x89PNG"
    request.close()


def test_nothing_is_decoded_before_it_is_used() -> None:
    headers = Headers([("Content-Type", "application/json"), ("Cookie", "a=1")])
    request = Request("POST", "/?x=%FF", headers, b"{broken", scheme="https")

    assert {name for name in vars(request) if vars(request)[name] is not None} == {
        *("method", "target", "headers", "_body", "scheme", "http_version", "params", "root_path"),
        *("path", "query_string"),
    }
    assert repr(request) == "<Request POST '/?x=%FF'>"


def test_a_whole_message_becomes_a_request() -> None:
    request = Request.from_bytes(b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")

    assert (request.method, request.path, request.query["b"], request.body) == (
        *("POST", "/a", "c"),
        b"hi",
    )
    with pytest.raises(ParseError):
        Request.from_bytes(b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize("body", ["text", 42, None, [b"sync"]])
def test_other_bodies_are_refused(body: Any) -> None:
    with pytest.raises(TypeError, match="bytes or async pieces"):
        Request("POST", "/", (), body)


def test_text_is_decoded_by_its_charset() -> None:
    plain = Request("POST", "/", {"Content-Type": "text/plain; charset=latin-1"}, b"caf\xe9")

    assert plain.text == "café"
    assert Request("POST", "/", (), "é".encode()).text == "é"
    with pytest.raises(BadEncoding):
        _ = Request("POST", "/", (), b"\xff").text
    with pytest.raises(UnsupportedMediaType):
        _ = Request("POST", "/", {"Content-Type": "text/plain; charset=idna"}, b"a").text


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "a/b+json"]
)
def test_json_is_parsed_once(kind: str) -> None:
    request = Request("POST", "/", {"Content-Type": kind}, b'{"a": [1, null]}')

    assert request.json == {"a": [1, None]}
    assert request.json is request.json
    assert Request("POST", "/", JSON, b"null").json is None


@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b"\xff", b"[" * 100_000, b"NaN", b"1 2"])
def test_broken_json_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadJSON) as caught:
        _ = Request("POST", "/", JSON, body).json

    assert caught.value.status == 400


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}, URLENCODED])
def test_json_must_be_said_to_be_json(headers: dict[str, str]) -> None:
    with pytest.raises(UnsupportedMediaType, match="send Content-Type: application/json"):
        _ = Request("POST", "/", headers, b"{}").json


def test_urlencoded_form() -> None:
    request = Request("POST", "/", URLENCODED, b"name=Alice+B&tag=x&tag=%C3%A9")

    assert request.form.get("name") == "Alice B"
    assert request.form.getlist("tag") == ["x", "é"]
    assert len(request.files) == 0
    assert request.form is request.form


@pytest.mark.parametrize("headers", [{}, JSON, {"Content-Type": "text/plain"}])
def test_what_is_no_form_has_no_fields(headers: dict[str, str]) -> None:
    request = Request("POST", "/", headers, b"{}")

    assert request.form.get("email") is None
    assert request.files.get("avatar") is None


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(MULTIPART, b"no boundary here", id="no-boundary"),
        pytest.param(MULTIPART, UPLOAD[:-20], id="cut-off"),
        pytest.param({"Content-Type": "multipart/form-data"}, UPLOAD, id="no-parameter"),
    ],
)
def test_broken_forms_are_bad_requests(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(BadForm) as caught:
        _ = Request("POST", "/", headers, body).form

    assert caught.value.status == 400


@pytest.mark.parametrize("headers", [JSON, URLENCODED, MULTIPART, {"Content-Type": "text/plain"}])
async def test_compressed_bodies_are_refused(headers: dict[str, str]) -> None:
    headers = {**headers, "Content-Encoding": "gzip"}
    request = Request("POST", "/", headers, gzip.compress(b"{}"))

    assert request.body
    reads = {"application/json": "json", "text/plain": "text"}
    with pytest.raises(UnsupportedCoding, match="coding 'gzip'"):
        getattr(request, reads.get(request.content_type or "", "form"))
    if headers["Content-Type"].startswith("multipart"):
        with pytest.raises(UnsupportedCoding):
            await Request("POST", "/", headers, arriving(UPLOAD)).load()


async def test_a_body_that_has_not_arrived_says_what_to_do() -> None:
    for name in ("body", "text"):
        with pytest.raises(BodyNotRead, match=r"await request\.load\(\)"):
            getattr(Request("POST", "/", (), arriving(b"x")), name)
    for headers, name in ((JSON, "json"), (URLENCODED, "form"), (MULTIPART, "files")):
        with pytest.raises(BodyNotRead, match=r"await request\.load\(\)"):
            getattr(Request("POST", "/", headers, arriving(b"x")), name)


async def test_a_request_knows_whether_its_body_is_there() -> None:
    request = Request("POST", "/", (), arriving(b"abc"))
    assert Request().loaded
    assert not request.loaded

    await request.load()

    assert request.loaded


@pytest.mark.parametrize("size", [1, 3, 1000])
async def test_bodies_may_arrive_split_anywhere(size: int) -> None:
    json = Request("POST", "/", JSON, arriving(b'{"a": 1}', size))
    form = Request("POST", "/", URLENCODED, arriving(b"a=1&b=2", size))
    upload = Request("POST", "/", MULTIPART, arriving(UPLOAD, size))
    for request in (json, form, upload):
        await request.load()
        await request.load()

    assert json.json == {"a": 1}
    assert form.form.to_dict() == {"a": "1", "b": "2"}
    assert upload.form["email"] == "alice@example.com"
    assert upload.files["avatar"].read() == b"\x89PNG"
    with pytest.raises(BodyNotRead, match="parsed as a form"):
        _ = upload.body
    upload.close()


async def test_large_urlencoded_form_is_read_from_its_file() -> None:
    data = b"a=" + b"x" * 1_100_000
    request = Request("POST", "/", URLENCODED, arriving(data, 65536))
    request.form_limits = FormLimits(**{_field_limit(): 2_000_000})

    await request.load()

    assert len(request.form["a"]) == 1_100_000
    request.close()


def _field_limit() -> str:
    return "max_field"


async def test_broken_multipart_is_refused_while_it_arrives() -> None:
    request = Request("POST", "/", MULTIPART, arriving(UPLOAD[:-20]))

    with pytest.raises(BadForm):
        await request.load()
    with pytest.raises(BodyNotRead, match="broke off"):
        _ = request.form


async def test_limit_is_held_by_length_and_by_count() -> None:
    announced = Request("POST", "/", {"Content-Length": "4"}, arriving(b"abcd"))
    counted = Request("POST", "/", (), arriving(b"abcd", 1))
    upload = Request("POST", "/", MULTIPART, arriving(UPLOAD))
    exact = Request("POST", "/", {"Content-Length": "4"}, arriving(b"abcd"))

    for request in (announced, counted, upload):
        with pytest.raises(PayloadTooLarge, match="larger than 3 bytes"):
            await request.load(limit=3)
    await exact.load(limit=4)
    assert exact.body == b"abcd"


async def test_a_loaded_body_is_read_in_pieces_without_waiting() -> None:
    small, large = (
        Request("POST", "/", (), arriving(b"x" * size, 900_000)) for size in (9, 2_000_000)
    )
    await small.load()
    await large.load()

    assert list(small.pieces()) == [b"x" * 9]
    assert max(map(len, large.pieces())) < 100_000
    assert sum(map(len, large.pieces())) == len(large.body) == 2_000_000
    assert list(Request("POST", "/", (), b"whole").pieces()) == [b"whole"]
    assert list(Request().pieces()) == []
    large.close()


async def test_pieces_of_what_is_not_there_say_what_to_do() -> None:
    request = Request("POST", "/", (), arriving(b"abc"))

    with pytest.raises(BodyNotRead, match=r"await request\.load"):
        request.pieces()


async def test_stream_gives_pieces_as_they_come_or_were_kept() -> None:
    arrived = Request("POST", "/", (), arriving(b"abcdefgh", 3))
    kept = Request("POST", "/", (), arriving(b"abcdefgh", 3))
    await kept.load()
    whole = Request("POST", "/", (), b"abcdefgh")

    assert [piece async for piece in arrived.stream()] == [b"abc", b"def", b"gh"]
    assert [piece async for piece in kept.stream()] == [b"abcdefgh"]  # small ones together
    assert [piece async for piece in whole.stream()] == [b"abcdefgh"]
    assert [piece async for piece in Request().stream()] == []


async def test_close_frees_uploads_however_they_came() -> None:
    loaded = Request("POST", "/", MULTIPART, arriving(UPLOAD))
    await loaded.load()
    given = Request("POST", "/", MULTIPART, UPLOAD)

    for request in (loaded, given):
        file = request.files["avatar"]
        request.close()
        request.close()
        with pytest.raises(ValueError, match="closed"):
            file.read()
    Request().close()


async def test_a_loaded_request_may_be_used_in_a_thread() -> None:
    request = Request("POST", "/", JSON, arriving(b'{"a": 1}'))
    await request.load()

    response = await asyncio.to_thread(lambda: Response.json(request.json))

    assert response.text == '{"a":1}'


@pytest.mark.parametrize("target", ["/a?b=c", "http://a.example/a?b=c", "/", "*"])
def test_a_request_that_was_received_is_as_one_that_was_made(target: str) -> None:
    method = "OPTIONS"
    data = f"{method} {target} HTTP/1.1\r\nHost: a.example\r\n\r\n".encode()
    (head,) = RequestParser().feed(data)
    assert isinstance(head, RequestHead)
    ends = Address("10.0.0.1", 5), Address("10.0.0.2", 80)

    received = Request.received(head, b"", *ends, "https")

    made = Request(method, target, head.headers, client=ends[0], server=ends[1], scheme="https")
    assert {**vars(received), "root_path": received.root_path} == vars(made)


async def test_a_body_in_pieces_is_received_as_such() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"

    (head,) = RequestParser().feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert isinstance(head, RequestHead)

    request = Request.received(head, pieces(), None, None, "http")

    assert (request.streamed, request.loaded) == (True, False)
    await request.load()
    assert request.body == b"a"


async def test_a_body_that_came_with_its_head_waits_to_be_loaded() -> None:
    fields = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "3"}
    request = Request("POST", "/", fields, ArrivedBody(b"a=1"))

    assert not request.loaded
    with pytest.raises(BodyNotRead, match="still on its way"):
        _ = request.form
    await request.load(limit=3)

    assert request.loaded
    assert (request.body, request.form["a"]) == (b"a=1", "1")
    assert [piece async for piece in request.stream()] == list(request.pieces()) == [b"a=1"]
    request.close()


async def test_a_body_that_came_with_its_head_may_be_too_large() -> None:
    request = Request("POST", "/", {}, ArrivedBody(b"abcd"))

    with pytest.raises(PayloadTooLarge, match="3 bytes"):
        await request.load(limit=3)
    with pytest.raises(BodyNotRead, match="broke off"):
        _ = request.body
