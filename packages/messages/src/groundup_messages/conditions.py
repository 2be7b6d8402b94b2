r"""Conditional requests: RFC 9110, sections 8.8 and 13.

    ETag: "v2"     ETag: W/"v2"         the version of what was sent; W/ means "nearly the same"

    If-Match: "v2", "v1"                change it, if it is still one of these        or 412
    If-Unmodified-Since: date           the same by date; only without the line above
    If-None-Match: W/"v2"               send it (or make it), unless it is one of     304, or 412
    If-Modified-Since: date             the same by date; only without the line above
    If-Range: "v2"                      send the range, if it is a part of this       or the whole

    strong comparison  both strong, and the same text     If-Match, If-Range: bytes must be equal
    weak comparison    the same text                      If-None-Match: a good enough copy is there

A condition that cannot be read is no reason to overwrite anything, and none to leave the content
out: such an If-Match is not met, and such an If-None-Match is met by reading only.  So it is with
more than 100 tags.  Dates that cannot be read are ignored, as the RFC demands.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Protocol, Self

from groundup_response import parse_http_date

__all__ = ["ETag", "ETags", "RangeCondition", "choose_condition_status"]

CHARACTERS = r"[\x21\x23-\x7e\x80-\xff]"  # no quotation mark, no blank, no control
OPAQUE = re.compile(rf"{CHARACTERS}*+")
TAG = re.compile(rf'(W/)?"({CHARACTERS}*+)"')
ITEM = re.compile(rf'[ \t]*+(?:(W/)?"({CHARACTERS}*+)"[ \t]*+)?(?:,|\Z)')
HASH_SIZE = 16  # bytes: nobody meets two contents of one tag by chance

NOT_MODIFIED, PRECONDITION_FAILED = 304, 412
MAX_TAGS = 100  # a cache may know many versions, but not as many as a head has room for
READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class ETag:
    """A name for one version of some content; ``str`` is what HTTP writes.

    >>> str(ETag("v2")), str(ETag("v2", weak=True))
    ('"v2"', 'W/"v2"')
    >>> ETag("v2").matches_strongly(ETag("v2", weak=True)), ETag("v2").matches(ETag("v2"))
    (False, True)

    Raises:
        ValueError: The text has a quotation mark, a blank or a control character in it.
    """

    text: str
    weak: bool = False

    def __post_init__(self) -> None:
        """Refuse what would end the tag too early."""
        if not OPAQUE.fullmatch(self.text):
            raise ValueError(f"ETag must be visible characters without quotes, got {self.text!r}")

    def __str__(self) -> str:
        return f'{"W/" if self.weak else ""}"{self.text}"'

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Return the strong tag of some bytes: equal bytes have equal tags.

        >>> ETag.of(b"a") == ETag.of(b"a"), ETag.of(b"a") == ETag.of(b"b")
        (True, False)
        """
        return cls(blake2b(content, digest_size=HASH_SIZE, usedforsecurity=False).hexdigest())

    @classmethod
    def parse(cls, value: str) -> Self | None:
        """Return the tag that is the value of a field, or None when it is none."""
        match = TAG.fullmatch(value.strip(" \t"))
        return None if match is None else cls(match[2], weak=match[1] is not None)

    def matches(self, other: "ETag") -> bool:
        """Compare weakly: the content is equivalent."""
        return self.text == other.text

    def matches_strongly(self, other: "ETag") -> bool:
        """Compare strongly: each byte is the same."""
        return self.text == other.text and not self.weak and not other.weak


@dataclass(frozen=True, slots=True)
class ETags:
    """The value of ``If-Match`` or ``If-None-Match``.

    >>> ETags.parse('"v1", W/"v2"').matches(ETag("v2")), ETags.parse("*").matches(None)
    (True, True)
    """

    tags: frozenset[ETag] = field(default_factory=frozenset[ETag])
    anything: bool = False
    """Whether it was ``*``: whatever there is, matches."""
    malformed: bool = False
    """Whether something else stood there, too."""

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read a list of tags, or ``*``; what is neither is left out."""
        if value.strip(" \t") == "*":
            return cls(anything=True)
        tags: set[ETag] = set()
        position = 0
        while position < len(value):
            match = ITEM.match(value, position) if len(tags) < MAX_TAGS else None
            if match is None:  # where the next one starts is a guess: a tag may hold commas
                return cls(frozenset(tags), malformed=True)
            if match[2] is not None:
                tags.add(ETag(match[2], weak=match[1] is not None))
            position = match.end()
        return cls(frozenset(tags), malformed=not tags)

    def matches(self, etag: ETag | None) -> bool:
        """Compare weakly; None is content without a tag."""
        if etag is None or self.anything:
            return self.anything
        return any(etag.matches(tag) for tag in self.tags)

    def matches_strongly(self, etag: ETag | None) -> bool:
        """Compare strongly; None is content without a tag."""
        return self.anything or (etag is not None and not etag.weak and etag in self.tags)


@dataclass(frozen=True, slots=True)
class RangeCondition:
    """The value of ``If-Range``: a tag, a date, or nothing that makes sense, which never matches.

    >>> RangeCondition.parse('"v2"').matches(ETag("v2"))
    True
    """

    etag: ETag | None = None
    date: datetime | None = None

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read a tag or a date."""
        etag = ETag.parse(value)
        return cls(etag, None if etag is not None else parse_http_date(value.strip(" \t")))

    def matches(self, etag: ETag | None = None, modified: datetime | None = None) -> bool:
        """Tell whether a range may be sent: the very same tag, or the very same second."""
        if self.etag is not None:
            return etag is not None and self.etag.matches_strongly(etag)
        return self.date is not None and self.date == _whole_second(modified)


class Conditions(Protocol):
    """The conditions of a request: the four fields that decide whether it is to be done."""

    @property
    def method(self) -> str:
        """The method, "GET"."""
        ...

    @property
    def if_match(self) -> ETags | None:
        """The tags of which one must be there."""
        ...

    @property
    def if_none_match(self) -> ETags | None:
        """The tags of which none may be there."""
        ...

    @property
    def if_modified_since(self) -> datetime | None:
        """The date of the client's copy."""
        ...

    @property
    def if_unmodified_since(self) -> datetime | None:
        """The date of what the client would change."""
        ...


def choose_condition_status(
    wanted: Conditions, etag: ETag | None, modified: datetime | None, *, exists: bool
) -> int | None:
    """Return 304 or 412, or None when the request is to be done: RFC 9110, section 13.2.2.

    Raises:
        ValueError: ``modified`` is naive.
    """
    changed = _whole_second(modified)
    if wanted.if_match is not None:
        if not exists or not wanted.if_match.matches_strongly(etag):
            return PRECONDITION_FAILED
    elif _is_newer(changed, wanted.if_unmodified_since) is True:
        return PRECONDITION_FAILED
    reading = wanted.method in READING
    if wanted.if_none_match is not None:
        if exists and wanted.if_none_match.matches(etag):
            return NOT_MODIFIED if reading else PRECONDITION_FAILED
        return PRECONDITION_FAILED if wanted.if_none_match.malformed and not reading else None
    if reading and _is_newer(changed, wanted.if_modified_since) is False:
        return NOT_MODIFIED
    return None


def _is_newer(changed: datetime | None, since: datetime | None) -> bool | None:
    """Tell whether something has changed since a date; None when one of the two is not known."""
    return None if changed is None or since is None else changed > since


def _whole_second(moment: datetime | None) -> datetime | None:
    """Cut a moment to the second, which is all that HTTP can say of it."""
    if moment is None:
        return None
    if moment.utcoffset() is None:
        raise ValueError(f"modified must be aware, got {moment!r}: use datetime.now(timezone.utc)")
    return moment.replace(microsecond=0)
