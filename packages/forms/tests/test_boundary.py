"""groundup_forms.boundary: RFC 2046, section 5.1.1, and clients that forget the quotes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_forms import FormError
from groundup_forms.boundary import check_boundary, find_boundary

TYPE = "multipart/form-data"
CHARACTERS = "0123456789ABCXYZabcxyz'()+_,-./:=?"


@pytest.mark.parametrize(
    ("parameters", "boundary"),
    [
        ("; boundary=----WebKitFormBoundary7MA4YWxk", b"----WebKitFormBoundary7MA4YWxk"),
        (";boundary=b", b"b"),
        (" ; BOUNDARY=b ;", b"b"),
        ('; boundary="a b"', b"a b"),
        ('; boundary="a:b" ; charset=utf-8', b"a:b"),
        ("; charset=utf-8; boundary=b", b"b"),
        ("; boundary=----=_Part_1.2:3/4", b"----=_Part_1.2:3/4"),
        ('; a="; boundary=x"; boundary=b', b"b"),
        (r'; boundary="a\b"', b"ab"),
        ("; boundary=" + "x" * 70, b"x" * 70),
    ],
)
def test_finds_the_boundary(parameters: str, boundary: bytes) -> None:
    assert find_boundary(TYPE + parameters) == boundary


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param("", id="none"),
        pytest.param("; charset=utf-8", id="another-parameter"),
        pytest.param("; boundary=", id="empty"),
        pytest.param('; boundary=""', id="empty-quoted"),
        pytest.param("; boundary=a; boundary=b", id="two"),
        pytest.param("; boundary=a; Boundary=a", id="the-same-twice"),
        pytest.param('; boundary="a', id="quote-open"),
        pytest.param('; boundary=a; b"; boundary=c', id="junk-after-it"),
        pytest.param("; boundary=" + "x" * 71, id="too-long"),
        pytest.param('; boundary="a "', id="blank-at-the-end"),
        pytest.param("; boundary=a b\tc", id="tab"),
        pytest.param("; boundary=é", id="not-ascii"),
        pytest.param("; boundary=a\r\nb", id="line-break"),
        pytest.param("; boundary=a\0", id="nul"),
    ],
)
def test_refuses_what_is_not_one_boundary(parameters: str) -> None:
    with pytest.raises(FormError, match="boundary") as caught:
        find_boundary(TYPE + parameters)

    assert caught.value.status == 400
    assert len(str(caught.value)) < 200


def test_takes_bytes_and_text() -> None:
    assert check_boundary("b") == check_boundary(b"b") == b"b"
    for bad in ("", "\ud800", b"\xff"):
        with pytest.raises(FormError, match="1 to 70"):
            check_boundary(bad)


@given(st.text(CHARACTERS, min_size=1, max_size=70))
def test_every_boundary_is_found_quoted(boundary: str) -> None:
    assert find_boundary(f'{TYPE}; boundary="{boundary}"') == boundary.encode()


@pytest.mark.parametrize(
    "junk", ["; " * 50_000, ";a=" + " " * 100_000 + '"', ';a="' + "\\" * 100_000]
)
def test_long_junk_takes_no_time(junk: str) -> None:
    started = time.process_time()

    with pytest.raises(FormError):
        find_boundary(TYPE + junk)

    assert time.process_time() - started < 0.5
