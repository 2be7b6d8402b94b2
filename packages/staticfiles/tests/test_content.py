"""groundup_staticfiles.content: tags, dates and the fields of a file."""

import os
import time
from pathlib import Path

import pytest

from groundup_staticfiles.content import File, Signature, Variant, make_tag, read_signature

FIELDS = [("Content-Type", "text/css"), ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding")]
SIGNATURE: Signature = (1705312800_123456789, 5, 1, 1, 0)


def variant(
    coding: str = "identity",
    etag: str = '"a"',
    content: bytes | None = b"hello",
    nanoseconds: int = SIGNATURE[0],
) -> Variant:
    signature = (nanoseconds, 5, 1, 1, 0)
    return Variant(coding, ("a.css",), signature, content, etag, FIELDS)


def test_the_tag_of_content_is_of_its_bytes_alone() -> None:
    other: Signature = (0, 5, 9, 9, 9)

    assert make_tag(b"hello", SIGNATURE) == make_tag(b"hello", other)
    assert make_tag(b"hello", SIGNATURE) != make_tag(b"world", SIGNATURE)
    assert make_tag(None, SIGNATURE) != make_tag(None, other)


def test_fields_of_the_whole_and_of_not_modified() -> None:
    file = variant()

    assert file.headers.multi_items() == [
        *FIELDS,
        ("ETag", '"a"'),
        ("Last-Modified", "Mon, 15 Jan 2024 10:00:00 GMT"),
        ("Accept-Ranges", "bytes"),
    ]
    assert file.known.multi_items() == [("ETag", '"a"'), *FIELDS[1:]]


def test_what_is_made_on_the_fly_has_no_ranges() -> None:
    file = variant("gzip", 'W/"a-gzip"')

    assert file.headers["Content-Encoding"] == "gzip"
    assert "Accept-Ranges" not in file.headers


def test_size_is_of_the_content_or_of_the_file() -> None:
    assert variant(content=b"hell").size == 4
    assert variant(content=None).size == 5


def test_nothing_has_been_modified_in_the_future_or_before_dates_exist() -> None:
    future = variant(nanoseconds=(int(time.time()) + 10**6) * 10**9)
    assert future.modified is not None
    assert future.modified.timestamp() <= time.time()

    never = variant(nanoseconds=-(10**21))
    assert (never.modified, never.modified_text) == (None, "")
    assert "Last-Modified" not in never.headers


@pytest.mark.parametrize("change", ["content", "time", "other file"])
def test_a_signature_changes_with_the_file(tmp_path: Path, change: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"hello")
    before = read_signature(path.stat())

    if change == "content":
        path.write_bytes(b"hello!")
    elif change == "time":
        os.utime(path, ns=(1, 1))
    else:
        other = tmp_path / "b"
        other.write_bytes(b"hello")
        other.replace(path)

    assert read_signature(path.stat()) != before


def test_a_file_weighs_what_it_holds() -> None:
    assert (
        File("a", variant(), FIELDS).weight == File("a", variant(content=None), FIELDS).weight + 5
    )
