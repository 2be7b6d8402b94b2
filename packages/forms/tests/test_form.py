r"""groundup_forms.form: one face for all forms, and nothing left on the disk on any path."""

import contextlib
import io
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_forms import Form, FormError, FormLimits, FormParser, parse_form

MULTIPART = "multipart/form-data; boundary=b"
URLENCODED = "application/x-www-form-urlencoded"


def part(head: str, content: bytes) -> bytes:
    return f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"


UPLOAD = (
    part('name="tag"', b"x")
    + part('name="tag"', "é".encode())
    + part('name="avatar"; filename="me.png"\r\nContent-Type: image/png', b"\x89PNG" * 100)
    + b"--b--\r\n"
)


def test_fields_and_files_of_a_multipart_form() -> None:
    with parse_form(MULTIPART, UPLOAD) as form:
        assert form.fields.getlist("tag") == ["x", "é"]
        file = form.files["avatar"]
        assert (file.filename, file.content_type, file.size) == ("me.png", "image/png", 400)
        assert file.read() == b"\x89PNG" * 100
        assert repr(form) == "<Form fields=['tag'] files=['avatar']>"


@pytest.mark.parametrize("size", range(1, 60))
@pytest.mark.parametrize("spool", [0, 1000])
def test_bytes_may_be_split_anywhere(size: int, spool: int) -> None:
    parser = FormParser(MULTIPART, FormLimits(spool=spool))
    for start in range(0, len(UPLOAD), size):
        parser.feed(UPLOAD[start : start + size])

    with parser.finish() as form:
        assert form.fields.getlist("tag") == ["x", "é"]
        assert form.files["avatar"].read() == b"\x89PNG" * 100
        assert form.files["avatar"].on_disk == (spool == 0)


def test_a_source_may_be_a_file() -> None:
    large = part('name="f"; filename="f"', bytes(600_000)) + b"--b--"

    with parse_form(MULTIPART, io.BytesIO(large)) as form:
        assert form.files["f"].size == 600_000
    with parse_form(URLENCODED, io.BytesIO(b"a=1")) as form:
        assert form.fields.to_dict() == {"a": "1"}


@pytest.mark.parametrize(
    "content_type",
    [URLENCODED, URLENCODED.upper(), f" {URLENCODED} ; charset=utf-8", f"{URLENCODED};x"],
)
def test_urlencoded_forms_arrive_in_pieces_too(content_type: str) -> None:
    parser = FormParser(content_type)
    for piece in (b"na", b"me=%C", b"3%A9&a", b"=1"):
        parser.feed(piece)

    form = parser.finish()

    assert form.fields.to_dict() == {"name": "é", "a": "1"}
    assert len(form.files) == 0
    form.close()


def test_urlencoded_in_another_charset() -> None:
    assert parse_form(f"{URLENCODED}; charset=ISO-8859-1", b"a=%E9").fields["a"] == "é"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("", 415),
        ("application/json", 415),
        ("multipart/mixed; boundary=b", 415),
        (f"{URLENCODED}; charset=utf-7", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=a; boundary=b", 400),
    ],
)
def test_types_that_are_no_forms_are_refused(content_type: str, status: int) -> None:
    with pytest.raises(FormError) as caught:
        parse_form(content_type, b"")

    assert caught.value.status == status


def test_a_part_without_a_filename_is_a_field_whatever_its_type() -> None:
    body = part('name="content"\r\nContent-Type: text/html', b"<p>") + b"--b--"

    assert parse_form(MULTIPART, body).fields["content"] == "<p>"


def test_a_file_that_was_not_chosen_is_left_out() -> None:
    body = (
        part('name="none"; filename=""\r\nContent-Type: application/octet-stream', b"")
        + part('name="empty"; filename="empty.txt"', b"")
        + part('name="nameless"; filename=""', b"x")
        + b"--b--"
    )

    with parse_form(MULTIPART, body) as form:
        assert list(form.files) == ["empty", "nameless"]
        assert form.files["nameless"].filename == ""
        assert len(form.fields) == 0


@pytest.mark.parametrize("last", [True, False])
def test_charset_of_a_multipart_form(last: bool) -> None:
    named = part('name="_charset_"', b"iso-8859-1")
    fields = part('name="a"', b"\xe9") + part(
        'name="b"\r\nContent-Type: text/plain; charset=utf-8', b"\xc3\xa9"
    )

    form = parse_form(MULTIPART, (fields + named if last else named + fields) + b"--b--")

    assert (form.fields["a"], form.fields["b"]) == ("é", "é")
    assert form.fields["_charset_"] == "iso-8859-1"


@pytest.mark.parametrize("charset", [b"utf-7", b"\xff", b"x" * 1000])
def test_charset_field_that_names_none_is_a_field_like_others(charset: bytes) -> None:
    body = part('name="_charset_"', charset) + part('name="a"', b"\xc3\xa9\xff") + b"--b--"

    assert parse_form(MULTIPART, body).fields["a"] == "é\ufffd"


@pytest.mark.parametrize(
    ("total", "on_disk"),
    [
        pytest.param(250, [False, False, True], id="one-past"),
        pytest.param(300, [False, False, False], id="at"),
        pytest.param(0, [True, True, True], id="nothing"),
    ],
)
def test_all_files_together_have_a_share_of_the_memory(total: int, on_disk: list[bool]) -> None:
    body = b"".join(part(f'name="{name}"; filename="f"', b"x" * 100) for name in "abc") + b"--b--"

    with parse_form(MULTIPART, body, FormLimits(spool=200, spool_total=total)) as form:
        assert [file.on_disk for file in form.files.values()] == on_disk
        assert [file.read() for file in form.files.values()] == [b"x" * 100] * 3


def test_a_file_that_went_to_the_disk_leaves_the_memory_to_others() -> None:
    body = (
        part('name="a"; filename="f"', b"x" * 300)
        + part('name="b"; filename="f"', b"x" * 200)
        + b"--b--"
    )

    with parse_form(MULTIPART, body, FormLimits(spool=200, spool_total=200)) as form:
        assert [file.on_disk for file in form.files.values()] == [True, False]


def open_spool(limits: FormLimits) -> FormParser:
    """Return a parser that holds a file on the disk."""
    parser = FormParser(MULTIPART, limits)
    parser.feed(part('name="f"; filename="f"', b"x" * 100) + part('name="g"; filename="g"', b""))
    parser.feed(b'--b\r\nContent-Disposition: form-data; name="h"; filename="h"\r\n\r\n12345')
    return parser


def spools(parser: FormParser) -> list[Any]:
    inner: Any = parser._parser  # what it owns is nobody's business but this test's
    return [file.file for _, file in inner._files]


ENDINGS: dict[str, Callable[[FormParser], object]] = {
    "cut off": FormParser.finish,
    "broken": lambda parser: parser.feed(b"\r\n--b\n"),
    "too large": lambda parser: parser.feed(b"x" * 1000),
    "given up": FormParser.close,
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_spooled_is_freed_on_every_path(ending: str) -> None:
    parser = open_spool(FormLimits(spool=1, max_file=500))
    files = spools(parser)
    assert len(files) == 3

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with contextlib.suppress(FormError):
            ENDINGS[ending](parser)

    assert all(file.closed for file in files)
    parser.close()


def test_a_source_that_cannot_be_read_is_not_hidden() -> None:
    source = io.BytesIO(UPLOAD)
    source.close()

    with pytest.raises(ValueError, match="closed file"):
        parse_form(MULTIPART, source)


def test_a_form_owns_its_files_once_it_is_handed_out() -> None:
    parser = FormParser(MULTIPART, FormLimits(spool=1))
    parser.feed(UPLOAD)
    form = parser.finish()

    parser.close()
    assert form.files["avatar"].read(4) == b"\x89PNG"
    form.close()
    form.close()

    with pytest.raises(ValueError, match="closed"):
        form.files["avatar"].read()


@pytest.mark.parametrize("count", [2, 3])
def test_limits_are_held_for_urlencoded_forms_while_they_arrive(count: int) -> None:
    parser = FormParser(URLENCODED, FormLimits(max_fields=1, max_field_total=6))
    parser.feed(b"&" * 2)
    parser.feed(b"a=1234")

    with pytest.raises(FormError, match="max_field") as caught:
        parser.feed(b"&" if count == 2 else b"x" * 20)

    assert caught.value.status == 413


def test_an_empty_form_is_a_form() -> None:
    for form in (Form(), parse_form(URLENCODED, b""), parse_form(MULTIPART, b"--b--")):
        assert len(form.fields) == len(form.files) == 0
        form.close()


@given(st.dictionaries(st.text(), st.text(), max_size=5), st.integers(1, 50))
def test_values_come_through_unchanged(fields: dict[str, str], size: int) -> None:
    def escape(name: str) -> str:
        return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")

    plain = {
        name: value
        for name, value in fields.items()
        if name.isprintable() and "%" not in name and "\\" not in name
    }
    body = b"".join(part(f'name="{escape(name)}"', value.encode()) for name, value in plain.items())
    parser = FormParser(MULTIPART)
    for start in range(0, len(body), size):
        parser.feed(body[start : start + size])
    parser.feed(b"--b--")

    assert parser.finish().fields.to_dict() == plain
