"""Write ``Content-Disposition``: RFC 6266, with names outside ASCII by RFC 8187.

    attachment; filename="_.txt"; filename*=UTF-8''%E2%82%AC.txt
                ----------------  ------------------------------
                for old clients   what all others read

The plain form holds only characters that every client reads alike.  Backslash, quote and percent
sign are not among them (RFC 6266, appendix D), so a name with those has both forms too.
"""

import re
from urllib.parse import quote

from groundup_response.errors import ResponseError

__all__ = ["content_disposition"]

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
NOT_PLAIN = re.compile(r"[^ !#-$&-\[\]-~]")
ATTR_CHARS = "!#$&+-.^_`|~"  # besides letters and digits: RFC 8187, section 3.2.1


def content_disposition(filename: str | None = None, *, inline: bool = False) -> str:
    r"""Return the value that names a file to save, or with ``inline`` to show.

    Only the last part of a path is sent: a client must never be told a folder.

    >>> content_disposition("report.pdf")
    'attachment; filename="report.pdf"'
    >>> content_disposition("naïve.txt", inline=True)
    'inline; filename="na_ve.txt"; filename*=UTF-8\'\'na%C3%AFve.txt'

    Raises:
        ResponseError: The name has control characters, cannot be encoded, or is no file's.
    """
    kind = "inline" if inline else "attachment"
    if filename is None:
        return kind
    name = re.split(r"[/\\]", filename)[-1]
    if name in {"", ".", ".."} or CONTROL.search(name):
        raise ResponseError(f"name of a file to send must be printable text, got {filename[:40]!r}")
    plain = NOT_PLAIN.sub("_", name)
    if plain == name:
        return f'{kind}; filename="{name}"'
    try:
        extended = quote(name, safe=ATTR_CHARS)
    except UnicodeEncodeError:
        raise ResponseError(f"name of a file must be valid text, got {filename[:40]!r}") from None
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{extended}"
