"""groundup_testing.multipart: what it writes, forms can read."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_messages import Request
from groundup_testing.multipart import encode_multipart, open_file

TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="%"),
    min_size=1,
    max_size=20,
)


def parse(body: bytes, kind: str) -> Request:
    return Request("POST", "/", {"Content-Type": kind}, body)


@settings(max_examples=50)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=5), st.binary(max_size=200))
def test_what_is_written_can_be_read(fields: list[tuple[str, str]], content: bytes) -> None:

    body, kind = encode_multipart(fields, [("file", ("a.bin", content, "x/y"))])

    request = parse(body, kind)

    assert request.form.multi_items() == fields
    file = request.files["file"]
    assert (file.filename, file.content_type, file.read()) == ("a.bin", "x/y", content)
    request.close()


def test_names_that_would_break_out_are_escaped() -> None:
    body, _ = encode_multipart([('a"\r\nX: 1', "v")], [], boundary="b")

    assert b'name="a%22%0D%0AX: 1"' in body


def test_every_body_has_a_boundary_of_its_own() -> None:
    assert encode_multipart([], [])[1] != encode_multipart([], [])[1]


def test_files_opened_as_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")

    with path.open() as file, pytest.raises(TypeError, match="binary mode"):
        open_file("a", file)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the mistake itself


def test_a_name_is_only_the_last_part_of_a_path(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"<p>")

    assert open_file("field", path) == ("page.html", b"<p>", "text/html")
    assert open_file("field", ("x", path)) == ("x", b"<p>", "application/octet-stream")
