"""Which charsets a form may be in, and the text that its bytes are.

A client names its charset in three places: for a whole urlencoded body in its Content-Type, for
one part of a multipart body in that part's, and for either in a field called ``_charset_``, which
a browser fills in when a page asks for it.  The names are chosen from a list, because Python knows
codecs that are no charsets (``zlib``), that take quadratic time (``idna``) or that turn harmless
bytes into markup (``utf-7``).

Bytes that are no text in their charset become U+FFFD, as browsers and the WHATWG rules have it: a
form that was filled in by hand is not thrown away for one broken letter.
"""

import codecs

from groundup_forms.errors import FormError

__all__ = ["CHARSET_FIELD", "UTF_8", "decode", "find_charset", "require_charset"]

UTF_8 = "utf-8"
CHARSET_FIELD = "_charset_"

# All of them have ASCII at its place, so that "&", "=" and "%" can be found before decoding.
# As codecs.lookup(label).name spells them.
CHARSETS = frozenset(
    {
        *(UTF_8, "ascii"),
        *(f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))),
        *(f"cp125{page}" for page in range(9)),
        *("cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "tis-620"),
        *("gbk", "gb2312", "gb18030", "big5", "big5hkscs", "euc_jp", "euc_kr", "shift_jis"),
        *("cp932", "cp949"),
    }
)
# What browsers mean when they say so: WHATWG Encoding, section 4.2.
MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252"}
MAX_LABEL = 40  # characters; the registry has none longer


def find_charset(label: str) -> str | None:
    """Return the codec of a charset, or None when the charset is not on the list.

    >>> find_charset("Latin1"), find_charset("UTF8"), find_charset("utf-7")
    ('cp1252', 'utf-8', None)
    """
    try:
        name = codecs.lookup(label).name if len(label) <= MAX_LABEL else ""
    except (LookupError, ValueError):  # ValueError: a NUL inside
        return None
    return MEANT.get(name, name) if name in CHARSETS else None


def require_charset(label: str) -> str:
    """Return the codec of a charset.

    Raises:
        FormError: It is not on the list; status 415.
    """
    name = find_charset(label)
    if name is None:
        message = f"charset of a form must be a usual one, got {label[:40]!r}: send UTF-8"
        raise FormError(message, status=415)
    return name


def decode(data: bytes, charset: str = UTF_8) -> str:
    """Return the text that bytes are, with U+FFFD in place of what is none."""
    return data.decode(charset, "replace")
