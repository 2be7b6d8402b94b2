"""groundup_forms.charsets: a list of charsets, and nothing else that Python can decode."""

import pytest

from groundup_forms import FormError
from groundup_forms.charsets import CHARSETS, decode, find_charset, require_charset


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("windows-1251", "cp1251"),
        ("Shift_JIS", "shift_jis"),
        ("iso-8859-15", "iso8859-15"),
    ],
)
def test_usual_names_are_known(label: str, name: str) -> None:
    assert find_charset(label) == require_charset(label) == name


@pytest.mark.parametrize(
    "label",
    [
        "",
        "utf-7",
        "utf-16",
        "zlib",
        "rot13",
        "idna",
        "punycode",
        "unicode_escape",
        "a\0b",
        "x" * 99,
    ],
)
def test_everything_else_is_refused(label: str) -> None:
    assert find_charset(label) is None
    with pytest.raises(FormError, match="charset of a form must be a usual one") as caught:
        require_charset(label)
    assert caught.value.status == 415
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize("name", sorted(CHARSETS))
def test_ascii_is_itself_in_all_of_them(name: str) -> None:
    text = "".join(map(chr, range(0x20, 0x5C)))  # the backslash is a yen sign in some

    assert text.encode().decode(name) == text


def test_what_is_no_text_is_replaced() -> None:
    assert decode(b"caf\xe9") == "caf\ufffd"
    assert decode(b"caf\xe9", "cp1252") == "café"
