"""groundup_messages.response: a body has a type from the start."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import groundup_response
from groundup_httpparse import Headers
from groundup_messages import Response

TEXT, OCTETS = "text/plain; charset=utf-8", "application/octet-stream"


class Markup(str):
    """Text of a kind of its own."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param("text", TEXT, id="text"),
        pytest.param(b"bytes", OCTETS, id="bytes"),
        pytest.param(Markup("<p>"), TEXT, id="kind-of-text"),
        pytest.param(bytearray(b"bytes"), OCTETS, id="bytearray"),
        pytest.param(memoryview(b"bytes"), OCTETS, id="memoryview"),
        pytest.param("", None, id="no-text"),
        pytest.param(b"", None, id="no-bytes"),
        pytest.param(["stream"], None, id="stream"),
    ],
)
def test_text_and_bytes_have_a_type(body: Any, kind: str | None) -> None:
    response = Response(200, body)
    assert response.headers.get("Content-Type") == kind

    later = Response()
    later.body = body
    assert later.headers.get("Content-Type") == kind


def test_a_type_that_was_named_stays() -> None:
    assert Response(200, "{}", {"content-type": "a/b"}).headers["Content-Type"] == "a/b"

    response = Response()
    response.headers["Content-Type"] = "application/json"
    response.body = "{}"

    assert response.headers.multi_items() == [("Content-Type", "application/json")]


def test_is_the_builder_and_serializes_like_it() -> None:
    response = Response(404, "gone")

    assert isinstance(response, groundup_response.Response)
    assert response.serialize() == (
        b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: 4\r\n\r\ngone"
    )
    assert type(Response.redirect("/login")) is Response


def test_json_is_compact() -> None:
    response = Response.json({"a": [1, None]}, 201, {"X-A": "1"})

    assert (response.status, response.text) == (201, '{"a":[1,null]}')
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-A"] == "1"
    with pytest.raises(TypeError):
        Response.json(object())


def test_fields_given_win_over_the_type() -> None:
    headers = Headers([("Content-Type", "application/problem+json")])

    response = Response.json({}, 400, headers)

    assert response.headers.multi_items() == [("Content-Type", "application/problem+json")]
    assert Response.json({}).headers is not Response.json({}).headers


def test_html() -> None:
    response = Response.html("<p>é</p>")

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.body == "<p>é</p>".encode()


async def test_stream_says_what_its_caller_says() -> None:
    async def pieces() -> AsyncIterator[str]:
        yield "a"

    assert Response.stream(["a"]).headers["Content-Type"] == OCTETS
    assert Response.stream(pieces(), "text/csv").headers["Content-Type"] == "text/csv"
    with pytest.raises(ValueError):  # noqa: PT011 - HeaderError of another package
        Response.stream(["a"], "text/csv\r\nX: y")


def test_file_has_type_length_and_name(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<p>hi</p>")

    with Response.file(path) as shown:
        assert shown.headers.multi_items() == [("Content-Type", "text/html; charset=utf-8")]
        assert shown.serialize().endswith(b"Content-Length: 9\r\n\r\n<p>hi</p>")
    with Response.file(str(path), "répört.pdf", headers={"X-A": "1"}) as saved:
        assert saved.headers["Content-Type"] == "application/pdf"
        assert saved.headers["Content-Disposition"].startswith('attachment; filename="r_p_rt.pdf"')
    with Response.file(path, "a.txt", inline=True, content_type="text/x") as both:
        assert both.headers["Content-Disposition"] == 'inline; filename="a.txt"'
        assert both.headers["Content-Type"] == "text/x"


def test_file_that_cannot_be_sent_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")

    with pytest.raises(FileNotFoundError):
        Response.file(tmp_path / "missing")
    for wrong in ({"filename": "a\r\nb"}, {"status": 1}, {"headers": {"X": "\n"}}):
        keywords: dict[str, Any] = wrong  # an open file would be a warning, and so a failure
        with pytest.raises(ValueError):  # noqa: PT011 - three packages refuse, each in its words
            Response.file(path, **keywords)
