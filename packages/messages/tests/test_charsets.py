"""groundup_messages.charsets: which codecs a client may name."""

import pytest

from groundup_messages import BadEncoding, UnsupportedCharset
from groundup_messages.charsets import CHARSETS, LABELS, decode_text


@pytest.mark.parametrize(
    "label", [None, "utf-8", "UTF8", "iso-8859-1", "windows-1252", "Shift_JIS"]
)
def test_usual_charsets_are_read(label: str | None) -> None:
    assert decode_text(b"text", label) == "text"


@pytest.mark.parametrize("name", sorted(CHARSETS))
def test_each_name_on_the_list_is_a_text_codec(name: str) -> None:
    assert decode_text("text".encode(name), name) == "text"


@pytest.mark.parametrize("label", [*LABELS, "X-SJIS", "Windows-874"])
def test_names_that_only_windows_uses_are_read(label: str) -> None:
    assert decode_text(b"text", label) == "text"


@pytest.mark.parametrize(
    ("data", "label"),
    [
        pytest.param(b"\xef\xbb\xbftext", None, id="utf-8"),
        pytest.param(b"\xff\xfet\0e\0x\0t\0", "utf-16", id="utf-16"),
        pytest.param(b"\xff\xfet\0e\0x\0t\0", "utf-16le", id="utf-16-le"),
        pytest.param(b"\xfe\xff\0t\0e\0x\0t", "utf-16be", id="utf-16-be"),
    ],
)
def test_a_byte_order_mark_is_no_part_of_the_text(data: bytes, label: str | None) -> None:
    assert decode_text(data, label) == "text"
    assert decode_text(b"\xef\xbb\xbf" * 2, None) == "\ufeff"


@pytest.mark.parametrize(
    "label",
    [
        *("idna", "punycode", "utf-7", "zlib", "rot13", "unicode_escape", "undefined", "mbcs"),
        *("no-such-charset", "x\0"),
        pytest.param("", id="empty"),
        pytest.param("x" * 100_000, id="huge"),
    ],
)
def test_other_codecs_of_python_are_refused(label: str) -> None:
    with pytest.raises(UnsupportedCharset, match="charset"):
        decode_text(b"text", label)


def test_wrong_bytes_are_shown_with_their_place() -> None:
    with pytest.raises(BadEncoding, match=r"must be utf-8, got b'\\xffd' at byte 3"):
        decode_text(b"abc\xffd", None)
