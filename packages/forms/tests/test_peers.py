"""What another client writes, we read as it was meant."""

from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from groundup_forms import parse_form

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="\\%"))


def send(**content: Any) -> tuple[str, bytes]:
    request = httpx.Request("POST", "http://localhost/", **content)
    return request.headers["Content-Type"], request.read()


@given(st.dictionaries(NAMES, st.text(st.characters(codec="utf-8")), min_size=1))
def test_urlencoded_forms_of_httpx(fields: dict[str, str]) -> None:
    assert parse_form(*send(data=fields)).fields.to_dict() == fields


@given(
    st.dictionaries(NAMES, st.text(st.characters(codec="utf-8")), max_size=3),
    st.dictionaries(NAMES, st.binary(), min_size=1, max_size=3),
)
def test_multipart_forms_of_httpx(fields: dict[str, str], files: dict[str, bytes]) -> None:
    sent = {name: ("a b.txt", content, "text/plain") for name, content in files.items()}

    with parse_form(*send(data=fields, files=sent)) as form:
        assert form.fields.to_dict() == fields
        found = {
            name: (file.filename, file.read(), file.content_type)
            for name, file in form.files.multi_items()
        }
    assert found == sent


def test_a_large_upload_of_httpx() -> None:
    content = bytes(range(256)) * 5000

    with parse_form(*send(files={"f": ("f.bin", content)})) as form:
        assert form.files["f"].on_disk
        assert form.files["f"].read() == content
