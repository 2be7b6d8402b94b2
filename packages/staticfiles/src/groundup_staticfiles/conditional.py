r"""Answer conditional requests: RFC 9110, section 13.

    If-Match: "a", "b"            412 unless one is what we have     strong comparison
    If-Unmodified-Since: date     412 if newer; only without the line above
    If-None-Match: "a", W/"b"     304 if one is what we have         weak comparison
    If-Modified-Since: date       304 unless newer; only without the line above
    If-Range: "a"                 whole content in place of a range unless it is what we have

The precedence is the point.  An entity tag knows more than a date, so a date is not even looked at
when a tag is there; several well-known servers answer 304 where the tag had said "changed".
"""

import re
from datetime import datetime
from typing import Protocol

from groundup_response import parse_http_date

__all__ = ["Fields", "Validators", "check_conditions", "matches_range_condition"]

TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


class Fields(Protocol):
    """Header fields, as far as they are read here."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a field, or None."""
        ...


class Validators(Protocol):
    """What is known of the content that would be sent."""

    @property
    def etag(self) -> str:
        """With its quotes."""
        ...

    @property
    def modified(self) -> datetime | None:
        """When it was changed, in whole seconds, or None."""
        ...

    @property
    def modified_text(self) -> str:
        """The same as HTTP writes it, or ""."""
        ...


def check_conditions(fields: Fields, now: Validators) -> int | None:
    """Return 304 or 412, or None when the content is to be sent.

    For GET and HEAD alone: other methods would have no 304.  Fields are asked for in lower case.
    """
    wanted = fields.get("if-match")
    if wanted is not None:
        if not _matches(wanted, now.etag, weak=False):
            return 412
    elif (since := fields.get("if-unmodified-since")) is not None and _is_newer(since, now):
        return 412
    known = fields.get("if-none-match")
    if known is not None:
        return 304 if known == now.etag or _matches(known, now.etag, weak=True) else None
    since = fields.get("if-modified-since")
    if since is None or not now.modified_text:
        return None
    if since == now.modified_text:  # what a browser sends is what we sent
        return 304
    moment = parse_http_date(since)
    return None if moment is None or _is_newer(since, now) else 304


def matches_range_condition(condition: str, now: Validators) -> bool:
    """Tell whether a range may be sent: If-Range has our strong tag, or our date to the letter."""
    if '"' in condition:
        return condition == now.etag and not condition.startswith("W/")
    return bool(now.modified_text) and condition == now.modified_text


def _matches(field: str, etag: str, *, weak: bool) -> bool:
    if field.strip(" \t") == "*":
        return True
    tags = TAG.findall(field)
    if weak:
        return etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}
    return etag in tags and not etag.startswith("W/")


def _is_newer(since: str, now: Validators) -> bool:
    moment = parse_http_date(since)  # one that cannot be read is to be ignored
    return moment is not None and now.modified is not None and now.modified > moment
