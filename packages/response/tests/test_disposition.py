"""groundup_response.disposition: RFC 6266."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_response import ResponseError, content_disposition


def test_plain_name_has_the_plain_form_alone() -> None:
    assert content_disposition("report 1.pdf") == 'attachment; filename="report 1.pdf"'
    assert content_disposition("a.png", inline=True) == 'inline; filename="a.png"'
    assert content_disposition() == "attachment"


@pytest.mark.parametrize(
    ("name", "plain", "extended"),
    [
        ("€ rates.txt", "_ rates.txt", "%E2%82%AC%20rates.txt"),
        ('say "hi".txt', "say _hi_.txt", "say%20%22hi%22.txt"),
        ("100%41.txt", "100_41.txt", "100%2541.txt"),
        ("it's (1);x.txt", "it's (1);x.txt", None),
    ],
)
def test_other_names_have_both_forms(name: str, plain: str, extended: str | None) -> None:
    second = f"; filename*=UTF-8''{extended}" if extended else ""

    assert content_disposition(name) == f'attachment; filename="{plain}"{second}'


@pytest.mark.parametrize("name", ["/etc/passwd", "..\\..\\passwd", "C:\\passwd", "a/passwd"])
def test_folders_are_never_sent(name: str) -> None:
    assert content_disposition(name) == 'attachment; filename="passwd"'


@pytest.mark.parametrize(
    "name", ["", "a/", ".", "..", "a\r\nSet-Cookie: x=1", "a\0", "a\x85", "a\u2028b", "\ud800"]
)
def test_names_that_are_no_names_are_refused(name: str) -> None:
    with pytest.raises(ResponseError, match="name of a file"):
        content_disposition(name)


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="/\\")))
def test_every_name_can_be_read_back(name: str) -> None:
    if name in {"", ".", ".."}:
        return
    value = content_disposition(name)

    assert value.isascii()
    if "filename*=" in value:
        assert unquote(value.partition("UTF-8''")[2], errors="strict") == name
    else:
        assert value == f'attachment; filename="{name}"'
