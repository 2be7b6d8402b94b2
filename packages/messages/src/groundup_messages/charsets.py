"""Which charsets a client may name, and the text that its bytes are.

Python knows many more codecs than the web.  Some of them are no charsets (``zlib``), some take
quadratic time (``idna``, ``punycode``), some turn harmless bytes into markup (``utf-7``).  So the
client chooses from a list: the one of the WHATWG Encoding Standard, as far as Python has it.

A byte order mark in front says how the text was written, and is no part of it.
"""

import codecs

from groundup_messages.errors import BadEncoding, UnsupportedCharset

__all__ = ["decode_text"]

# As codecs.lookup(label).name spells them.
CHARSETS = frozenset(
    {
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii"),
        *(f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))),
        *(f"cp125{page}" for page in range(9)),
        *("cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"),
        *("gbk", "gb2312", "gb18030", "big5", "big5hkscs", "euc_jp", "euc_kr", "shift_jis"),
        *("iso2022_jp", "cp932", "cp949", "cp874", "tis-620"),
    }
)
# What Windows and older programs say, and Python does not know by that name.
LABELS = {
    "iso-8859-8-i": "iso8859-8",
    "iso88591": "iso8859-1",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "windows-949": "cp949",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gbk",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-sjis": "shift_jis",
}
MAX_LABEL = 40  # characters; the registry has none longer


def decode_text(data: bytes, charset: str | None) -> str:
    r"""Return the text that bytes are in a charset, UTF-8 when none is named.

    >>> decode_text(b"caf\xe9", "ISO-8859-1")
    'café'

    Raises:
        UnsupportedCharset: The charset is not on the list.
        BadEncoding: The bytes are not text in it.
    """
    name = "utf-8" if charset is None else _find_codec(charset)
    try:
        return data.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        found = data[error.start : error.start + 10]
        raise BadEncoding(f"body must be {name}, got {found!r} at byte {error.start}") from None


def _find_codec(label: str) -> str:
    try:
        known = LABELS.get(label.lower(), label) if len(label) <= MAX_LABEL else ""
        name = codecs.lookup(known).name
    except (LookupError, ValueError):  # ValueError: a NUL inside
        name = ""
    if name not in CHARSETS:
        raise UnsupportedCharset(f"charset must be a usual one, got {label[:40]!r}: send UTF-8")
    return name
