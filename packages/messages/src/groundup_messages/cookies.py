"""Read the ``Cookie`` field: RFC 6265, section 5.4 turned round.

    Cookie: sid=38afes7a8; theme=dark

Browsers put the cookie with the longer path first, so of two with one name the first is meant.
A pair without "=" has no name and is left out.  One pair of double quotes around a value is taken
off, as most servers do; nothing else is decoded, because nobody has agreed how.
"""

__all__ = ["parse_cookies"]


def parse_cookies(text: str) -> dict[str, str]:
    """Return the cookies of a field value by name.

    Bytes outside ASCII are read as UTF-8 where they are; scripts in pages write them so.

    >>> parse_cookies('sid=38afes7a8; theme="dark"; sid=other')
    {'sid': '38afes7a8', 'theme': 'dark'}
    """
    if not text.isascii():
        text = _as_utf8(text)
    cookies: dict[str, str] = {}
    for pair in text.split(";"):
        name, equals, value = pair.partition("=")
        name = name.strip(" \t")
        if equals and name and name not in cookies:
            value = value.strip(" \t")
            if value[:1] == '"' and value[-1:] == '"' and len(value) > 1:
                value = value[1:-1]
            cookies[name] = value
    return cookies


def _as_utf8(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
