"""Read application/x-www-form-urlencoded: WHATWG URL, section 5.1.

    name=Alice+B&tag=web&tag=%C3%A9

Split at "&", each piece at its first "=", then "+" is a blank and ``%C3`` a byte; a percent sign
that is no escape stays.  What comes out is UTF-8, or the charset that the Content-Type names, or
the one that a browser has put into the field ``_charset_`` because the page asked it to.  Nothing
in this format can be malformed; it can only be too much.
"""

from typing import BinaryIO

from groundup_forms.charsets import CHARSET_FIELD, UTF_8, decode, find_charset, require_charset
from groundup_forms.limits import FormLimits, Meter, too_large
from groundup_httpparse import MultiDict, parse_query, percent_decode

__all__ = ["check_size", "parse_urlencoded"]

DEFAULTS = FormLimits()


def parse_urlencoded(
    data: bytes | str | BinaryIO, limits: FormLimits | None = None, *, charset: str = UTF_8
) -> MultiDict[str]:
    """Return the fields of a form, in order.

    >>> parse_urlencoded("name=Alice+B&tag=web&tag=%C3%A9").getlist("tag")
    ['web', 'é']

    Args:
        data: The body, or a file that holds it.
        limits: ``max_fields``, ``max_name``, ``max_field`` and ``max_field_total`` hold here.
        charset: Of the bytes, once decoded.

    Raises:
        FormError: It passes a limit (413), or the charset is unknown (415).
    """
    limits = DEFAULTS if limits is None else limits
    codec = UTF_8 if charset == UTF_8 else require_charset(charset)
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    elif not isinstance(data, bytes):
        data = data.read(_most(limits) + 1)
    check_size(len(data), data.count(b"&"), limits)
    fields = _parse(data, codec, limits)
    named = fields.get(CHARSET_FIELD)
    if named is not None and codec == UTF_8:
        codec = find_charset(named) or UTF_8
        if codec != UTF_8:
            fields = _parse(data, codec, limits)
    return fields


def check_size(size: int, separators: int, limits: FormLimits) -> None:
    """Refuse a body that must pass a limit whatever is in it, before more of it is kept.

    Raises:
        FormError: It is too large; status 413.
    """
    if size > _most(limits):
        raise too_large("fields of a form", limits.max_field_total, "max_field_total")
    # Empty pieces are no fields, but a body of nothing else would still cost memory.
    if separators > 2 * limits.max_fields:
        raise too_large("form", limits.max_fields, "max_fields", "fields")


def _most(limits: FormLimits) -> int:
    """Return how many bytes the largest allowed form has when all of it is escaped."""
    return 3 * limits.max_field_total + 2 * limits.max_fields


def _parse(data: bytes, codec: str, limits: FormLimits) -> MultiDict[str]:
    if codec == UTF_8:
        fields = parse_query(data, max_fields=2 * limits.max_fields + 1)
    else:
        fields = MultiDict(_split(piece, codec) for piece in data.split(b"&") if piece)
    _measure(fields, 3 * len(data), limits)
    return fields


def _split(piece: bytes, codec: str) -> tuple[str, str]:
    name, _, value = piece.replace(b"+", b" ").partition(b"=")
    return decode(percent_decode(name), codec), decode(percent_decode(value), codec)


def _measure(fields: MultiDict[str], most: int, limits: FormLimits) -> None:
    """Hold the limits; ``most`` is what all fields together can have in bytes of UTF-8."""
    pairs = fields.multi_items()
    # Nearly every form is far below all limits, and a few comparisons show it.
    if (
        most <= limits.max_field
        and most <= limits.max_field_total
        and len(pairs) <= limits.max_fields
        and (most <= limits.max_name or 4 * max(map(len, fields), default=0) <= limits.max_name)
    ):
        return
    meter = Meter(limits)
    for name, value in pairs:
        meter.start_field(name, len(name.encode()))
        meter.add(len(value.encode()))
