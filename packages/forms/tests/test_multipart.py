r"""groundup_forms.multipart: any split of a body gives the same parts, and no part gets lost."""

import time
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_forms import FormError, FormLimits, MultipartParser, PartEnd, PartStart

HEAD = b'Content-Disposition: form-data; name="%s"\r\n'
FILE = b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: image/png\r\n'
BODY = (
    b"preamble\r\n--b\r\n"
    + HEAD % b"title"
    + b"\r\nHello\r\n--b \t\r\n"
    + FILE % (b"avatar", b"me.png")
    + b"\r\n\r\n--\r\n--a\r\n-\r\n\r\n--b\r\n"
    + HEAD % b"empty"
    + b"\r\n\r\n--b--\r\nepilogue\r\n--b\r\n"
)
Part = tuple[str, str | None, bytes]
PARTS: list[Part] = [
    ("title", None, b"Hello"),
    ("avatar", "me.png", b"\r\n--\r\n--a\r\n-\r\n"),
    ("empty", None, b""),
]


def parse(pieces: list[bytes], limits: FormLimits | None = None) -> list[Part]:
    """Return the parts; hold that events come in order and pieces are never empty."""
    parser = MultipartParser(b"b", limits)
    parts: list[Part] = []
    opened = False
    for event in (event for piece in pieces for event in parser.feed(piece)):
        if isinstance(event, PartStart):
            assert not opened
            opened = True
            parts.append((event.name, event.filename, b""))
        elif isinstance(event, bytes):
            assert opened
            assert event
            name, filename, content = parts.pop()
            parts.append((name, filename, content + event))
        else:
            assert isinstance(event, PartEnd)
            assert opened
            opened = False
    parser.finish()
    assert not opened
    assert parser.done
    return parts


def split(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def test_reads_all_parts() -> None:
    assert parse([BODY]) == PARTS


@pytest.mark.parametrize("size", range(1, len(BODY)))
def test_bytes_may_be_split_anywhere(size: int) -> None:
    assert parse(split(BODY, size)) == PARTS


@pytest.mark.parametrize("at", range(len(BODY)))
def test_bytes_may_be_cut_in_two_anywhere(at: int) -> None:
    assert parse([BODY[:at], b"", BODY[at:]]) == PARTS


def test_content_arrives_before_its_part_is_complete() -> None:
    parser = MultipartParser("b")
    parser.feed(b"--b\r\n" + HEAD % b"a" + b"\r\n")

    assert parser.feed(b"abc") == [b"abc"]
    assert parser.feed(b"def\r") == [b"def"]
    assert parser.feed(b"\n--") == []
    assert parser.feed(b"x") == [b"\r\n--x"]
    assert not parser.done


def test_a_form_without_parts_is_a_form() -> None:
    assert parse([b"--b--\r\n"]) == []
    assert parse([b"--b--"]) == []


def test_a_part_without_an_empty_line_of_its_own_is_empty() -> None:
    for size in range(1, 60):
        body = b"--b\r\n" + HEAD % b"a" + b"\r\n--b\r\n" + HEAD % b"c" + b"\r\nd\r\n--b--"
        assert parse(split(body, size)) == [("a", None, b""), ("c", None, b"d")]


def test_content_may_begin_like_a_delimiter() -> None:
    content = b"--a\r\n --b-but-not-at-a-line\r\n--\r\n-\r\r\n"
    body = b"--b\r\n" + HEAD % b"a" + b"\r\n" + content + b"\r\n--b--"

    for size in range(1, 60):
        assert parse(split(body, size)) == [("a", None, content)]


CUT_OFF = b"--b\r\n" + HEAD % b"a" + b"\r\nx\r\n--b--"


@pytest.mark.parametrize("end", range(len(CUT_OFF)))
def test_a_body_that_is_cut_off_is_refused(end: int) -> None:
    with pytest.raises(FormError, match=r"must end with b'--b--', ended in part 1|a line b'--b'"):
        parse([CUT_OFF[:end]])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"--b\n" + HEAD % b"a" + b"\nx\n--b--\n", "followed by CRLF", id="bare-lf"),
        pytest.param(b"--bb\r\n\r\n\r\n--b--", "followed by CRLF", id="longer-boundary"),
        pytest.param(b"--b-\r\n\r\n--b--", "followed by CRLF", id="one-hyphen"),
        pytest.param(b"--b\r\r\n", "followed by CRLF", id="bare-cr"),
        pytest.param(b"--b" + b" " * 257 + b"\r\n", "followed by CRLF", id="padding"),
        pytest.param(b"--b\r\n\r\nx\r\n--b--", "Content-Disposition, got none", id="no-head"),
        pytest.param(b"--b\r\nA: x\r\n--b\r\n\r\n", "on one line", id="delimiter-in-head"),
        pytest.param(b"x--b\r\n", "must have a line", id="not-at-a-line"),
        pytest.param(b"", "must have a line b'--b'", id="empty"),
    ],
)
def test_what_is_no_multipart_is_refused(body: bytes, message: str) -> None:
    for pieces in ([body], split(body, 1)):
        with pytest.raises(FormError, match=message) as caught:
            parse(pieces)
        assert caught.value.status == 400


def test_padding_has_an_edge() -> None:
    body = b"--b" + b" " * 256 + b"\r\n" + HEAD % b"a" + b"\r\nx\r\n--b--"

    assert parse([body]) == parse(split(body, 1)) == [("a", None, b"x")]


def test_an_error_is_final() -> None:
    parser = MultipartParser("b")
    with pytest.raises(FormError) as first:
        parser.feed(b"--b\n")

    for attempt in (lambda: parser.feed(b"--b--"), parser.finish):
        with pytest.raises(FormError) as again:
            attempt()
        assert again.value is first.value


def test_the_boundary_is_checked() -> None:
    with pytest.raises(FormError, match="boundary must be"):
        MultipartParser("")


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("limits", "body", "name"),
    [
        ({"max_fields": 2}, BODY, None),
        ({"max_fields": 1}, BODY, "max_fields"),
        ({"max_files": 1}, BODY, None),
        ({"max_files": 0}, BODY, "max_files"),
        ({"max_field": 5}, BODY, None),
        ({"max_field": 4}, BODY, "max_field"),
        ({"max_field_total": 15}, BODY, None),
        ({"max_field_total": 14}, BODY, "max_field_total"),
        ({"max_file": 14}, BODY, None),
        ({"max_file": 13}, BODY, "max_file"),
        ({"max_file_total": 14}, BODY, None),
        ({"max_file_total": 13}, BODY, "max_file_total"),
        ({"max_name": 6}, BODY, None),
        ({"max_name": 5}, BODY, "max_name"),
        ({"max_headers": 2}, BODY, None),
        ({"max_headers": 1}, BODY, "max_headers"),
        ({"max_head": len(FILE % (b"avatar", b"me.png")) - 2}, BODY, None),
        ({"max_head": len(FILE % (b"avatar", b"me.png")) - 3}, BODY, "max_head"),
    ],
)
def test_every_limit_has_its_edge(
    limits: dict[str, int], body: bytes, name: str | None, size: int
) -> None:
    pieces = split(body, size)
    if name is None:
        assert parse(pieces, FormLimits(**limits)) == PARTS
        return
    with pytest.raises(FormError, match=rf"\({name}\)") as caught:
        parse(pieces, FormLimits(**limits))
    assert caught.value.status == 413


def test_a_head_without_end_is_refused_while_it_arrives() -> None:
    parser = MultipartParser("b", FormLimits(max_head=100))
    parser.feed(b"--b\r\n" + b"x" * 100)

    with pytest.raises(FormError, match="max_head"):
        parser.feed(b"x" * 4)


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.text(
                st.characters(codec="ascii", exclude_categories=["C"], exclude_characters='"\\%')
            ),
            st.none() | st.sampled_from(["", "a.png", "é.txt"]),
            st.binary(max_size=40) | st.sampled_from([b"\r\n--", b"--b", b"\r\n--a\r", b"\r"]),
        ),
        max_size=5,
    ),
    st.lists(st.integers(0, 400), max_size=6),
)
def test_what_is_written_is_read_however_it_is_split(parts: list[Part], cuts: list[int]) -> None:
    parts = [part for part in parts if b"\r\n--b" not in b"\r\n" + part[2] + b"\r\n"]
    body = b"".join(
        b"--b\r\n"
        + (HEAD % name.encode() if filename is None else FILE % (name.encode(), filename.encode()))
        + b"\r\n"
        + content
        + b"\r\n"
        for name, filename, content in parts
    )
    body += b"--b--"
    places = sorted({0, *(cut for cut in cuts if cut < len(body)), len(body)})

    assert parse([body[start:end] for start, end in pairwise(places)]) == parts


@settings(max_examples=150)
@given(st.lists(st.sampled_from([b"--b", b"\r\n", b"-", b"\r", b"\n", HEAD % b"a", b"x", b"--"])))
def test_junk_gives_parts_or_a_form_error_the_same_for_every_split(words: list[bytes]) -> None:
    body = b"".join(words)

    def outcome(pieces: list[bytes]) -> object:
        try:
            return parse(pieces)
        except FormError as error:
            return error.status

    assert outcome([body]) == outcome(split(body, 1)) == outcome(split(body, 3))


@pytest.mark.parametrize(
    ("content", "size"),
    [
        pytest.param(b"\r\n--" + b"b" * 69 + b"\n", 4096, id="near-boundaries"),
        pytest.param(b"\r", 4096, id="only-cr"),
        pytest.param(b"\r\n--" + b"b" * 70, 1, id="one-byte-at-a-time"),
    ],
)
def test_hostile_content_takes_linear_time(content: bytes, size: int) -> None:
    boundary = b"b" * 69 + b"a"
    start = b"--" + boundary + b"\r\n" + FILE % (b"f", b"f") + b"\r\n"
    body = start + content * ((4_000_000 if size > 1 else 100_000) // len(content))
    parser = MultipartParser(boundary)
    started = time.process_time()

    for piece in split(body, size):
        parser.feed(piece)

    assert time.process_time() - started < 2


def test_memory_stays_flat_whatever_the_size_of_a_file() -> None:
    parser = MultipartParser("b")
    parser.feed(b"--b\r\n" + FILE % (b"f", b"f") + b"\r\n")
    piece = b"\r\n--" + bytes(65_000) + b"\r"
    tracemalloc.start()
    try:
        for _ in range(200):
            parser.feed(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 300_000
