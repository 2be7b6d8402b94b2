r"""groundup_staticfiles.ranges: RFC 9110, section 14, and requests for a file a hundred times."""

import io
import re
from email import message_from_bytes
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_response import BodyError
from groundup_staticfiles.ranges import (
    MAX_RANGES,
    MultipartBody,
    UnsatisfiableRange,
    parse_ranges,
)


@pytest.mark.parametrize(
    ("value", "ranges"),
    [
        ("bytes=0-499", [(0, 500)]),
        ("bytes=500-999", [(500, 1000)]),
        ("bytes=9500-", [(9500, 10000)]),
        ("bytes=-500", [(9500, 10000)]),
        ("bytes=-20000", [(0, 10000)]),
        ("bytes=0-20000", [(0, 10000)]),
        ("bytes=9999-9999", [(9999, 10000)]),
        ("bytes=0-0,-1", [(0, 1), (9999, 10000)]),
        ("bytes=-1,0-0", [(9999, 10000), (0, 1)]),
        ("bytes = 0-0 ,\t500-600", [(0, 1), (500, 601)]),
        ("bytes=,0-1, ,", [(0, 2)]),
        ("BYTES=0-0", [(0, 1)]),
        ("bytes=0-0,20000-", [(0, 1)]),
        ("bytes=0-0,-0", [(0, 1)]),
        ("bytes=0-99,50-149", [(0, 150)]),
        ("bytes=0-99,100-199", [(0, 200)]),
        ("bytes=0-99,180-199", [(0, 200)]),
        ("bytes=500-599,0-99,550-700", [(0, 100), (500, 701)]),
    ],
)
def test_reads_ranges(value: str, ranges: list[tuple[int, int]]) -> None:
    assert parse_ranges(value, 10000) == ranges


@pytest.mark.parametrize(
    "value",
    [
        *("", "bytes", "bytes=", "bytes=a-b", "bytes=5-4", "bytes=--5", "bytes=-", "bytes=1"),
        *("lines=0-1", "bytes 0-1", "bytes=0-1;x", "bytes=,", "bytes=+0-1", "bytes=0-1,5-4"),
        *("bytes=0x0-1", "bytes=\u0660-\u0661", "bytes=0 - 1", f"bytes={'9' * 19}-"),
    ],
)
def test_what_cannot_be_read_is_ignored(value: str) -> None:
    assert parse_ranges(value, 10000) == []


@pytest.mark.parametrize(
    "value", ["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=10000-,-0"]
)
def test_what_lies_outside_is_unsatisfiable(value: str) -> None:
    with pytest.raises(UnsatisfiableRange, match="inside the 10000 bytes"):
        parse_ranges(value, 10000)


def test_nothing_has_no_ranges() -> None:
    assert parse_ranges("bytes=-5", 0) == []
    with pytest.raises(UnsatisfiableRange):
        parse_ranges("bytes=0-", 0)


def test_the_number_of_ranges_has_its_edge() -> None:
    many = ",".join(f"{start}-{start}" for start in range(0, MAX_RANGES * 100, 100))

    assert len(parse_ranges(f"bytes={many}", 10000)) == MAX_RANGES
    assert parse_ranges(f"bytes={many},9999-", 10000) == []
    assert parse_ranges("bytes=" + "0-," * 100_000, 10000) == []


@settings(deadline=None)
@given(st.text("bytes=0123456789-, "), st.integers(0, 1000))
def test_ranges_lie_inside_and_never_overlap(junk: str, size: int) -> None:
    for value in (junk, "bytes=" + junk):
        try:
            ranges = parse_ranges(value, size)
        except UnsatisfiableRange:
            continue
        assert all(0 <= start < stop <= size for start, stop in ranges)
        assert sum(stop - start for start, stop in ranges) <= size
        assert len(ranges) <= MAX_RANGES


@pytest.mark.parametrize("in_memory", [True, False])
def test_several_ranges_are_one_body(in_memory: bool) -> None:
    content = bytes(range(256))
    source = content if in_memory else io.BytesIO(content)
    body = MultipartBody(source, [(0, 10), (200, 256)], "image/png", 256)

    data = b"".join(body)
    body.close()

    assert len(data) == body.length
    message = message_from_bytes(f"Content-Type: {body.content_type}\r\n\r\n".encode() + data)
    parts: Any = message.get_payload()
    assert [(part["Content-Type"], part["Content-Range"]) for part in parts] == [
        ("image/png", "bytes 0-9/256"),
        ("image/png", "bytes 200-255/256"),
    ]
    pieces = re.split(
        rb"\r\n--[0-9a-f]{24}.*?\r\n\r\n|\r\n--[0-9a-f]{24}--\r\n", data, flags=re.DOTALL
    )
    assert pieces == [b"", content[:10], content[200:], b""]
    assert in_memory or source.closed  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]  # bytes are never closed


def test_a_file_that_gets_shorter_is_an_error() -> None:
    body = MultipartBody(io.BytesIO(b"short"), [(0, 1), (100, 200)], "image/png", 256)

    with pytest.raises(BodyError):
        list(body)


def test_each_boundary_is_new() -> None:
    types = {MultipartBody(b"", [], "a/b", 0).content_type for _ in range(5)}

    assert len(types) == 5
