"""groundup_messages.charsets: which codecs a client may name."""

import pytest

from groundup_messages import BadEncoding, UnsupportedCharset
from groundup_messages.charsets import CHARSETS, decode_text


@pytest.mark.parametrize(
    "label", [None, "utf-8", "UTF8", "iso-8859-1", "windows-1252", "Shift_JIS"]
)
def test_usual_charsets_are_read(label: str | None) -> None:
    assert decode_text(b"text", label) == "text"


@pytest.mark.parametrize("name", sorted(CHARSETS))
def test_each_name_on_the_list_is_a_text_codec(name: str) -> None:
    assert decode_text("text".encode(name), name).strip("\ufeff") == "text"


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
