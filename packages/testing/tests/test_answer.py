"""groundup_testing.answer: bytes as they came, text as a person reads it."""

import gzip
import zlib

import pytest

import groundup_testing.answer
from groundup_httpparse import Headers
from groundup_testing import Answer, AnswerError
from groundup_testing.answer import decode_content
from groundup_testing.reply import ReplyHead


def make(body: bytes, status: int = 200, **fields: str) -> Answer:
    headers = Headers({name.replace("_", "-"): value for name, value in fields.items()})
    return Answer(ReplyHead("1.1", status, "OK", headers, keep_alive=True), body, "http://a/b?c")


def test_text_is_utf_8_or_what_the_type_says() -> None:
    assert make("é".encode()).text == "é"
    assert make(b"\xe9", Content_Type="text/plain; charset=ISO-8859-1").text == "é"


def test_text_and_json_are_decompressed_and_the_body_is_not() -> None:
    packed = gzip.compress(b'{"a": 1}')
    answer = make(packed, Content_Encoding="gzip")

    assert answer.body == packed
    assert answer.json == {"a": 1}


def test_the_address_knows_its_parts() -> None:
    answer = make(b"")

    assert (answer.url.path, answer.url.query) == ("/b", "c")
    assert repr(answer) == "<Answer 200 OK>"


def test_cookies_of_this_answer() -> None:
    headers = Headers([("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=x=y")])
    answer = Answer(ReplyHead("1.1", 200, "OK", headers, keep_alive=True), b"", "http://a/")

    assert answer.cookies == {"a": "1", "b": "x=y"}


@pytest.mark.parametrize(
    ("body", "fields", "message"),
    [
        (b"<h1>Oops</h1>", {}, r"must be JSON .* got 500 with '<h1>Oops</h1>'"),
        (b"\xff", {}, "must be utf-8"),
        (b"{}", {"Content_Type": "x/y; charset=klingon"}, "must be known, got 'klingon'"),
        (b"{}", {"Content_Encoding": "gzip"}, "must be gzip as its encoding says"),
        (b"{}", {"Content_Encoding": "br"}, "gzip or deflate to be read, got 'br'"),
        (gzip.compress(b"{}", mtime=0)[:-9], {"Content_Encoding": "gzip"}, "whole gzip"),
    ],
)
def test_what_cannot_be_read_is_shown(body: bytes, fields: dict[str, str], message: str) -> None:
    with pytest.raises(AnswerError, match=message):
        _ = make(body, 500, **fields).json


def test_codings_are_undone_from_the_last_to_the_first() -> None:
    packed = gzip.compress(zlib.compress(b"hello"))

    assert decode_content(packed, "deflate, identity, GZIP") == b"hello"
    assert decode_content(b"plain", "") == b"plain"


def test_a_body_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groundup_testing.answer, "MAX_DECODED", 1000)

    assert len(decode_content(gzip.compress(bytes(1000)), "gzip")) == 1000
    with pytest.raises(AnswerError, match="grow beyond 1000"):
        decode_content(gzip.compress(bytes(1001)), "gzip")
