"""Dates as HTTP writes and reads them: RFC 9110, section 5.6.7; asks the clock for ``Date``.

    Sun, 06 Nov 1994 08:49:37 GMT    the form to write
    Sunday, 06-Nov-94 08:49:37 GMT   obsolete (RFC 850), still to be read
    Sun Nov  6 08:49:37 1994         obsolete (asctime), still to be read

Names of days and months are written from tables, never by ``strftime``: that one speaks the
language of the process.  A date that cannot be read is None and no error, because the fields that
carry dates (If-Modified-Since and its family) are to be ignored when they make no sense.
"""

import re
import time
from datetime import UTC, datetime, timedelta

from groundup_response.errors import ResponseError

__all__ = ["current_date", "http_date", "parse_http_date"]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DAY, _MONTH = "|".join(DAYS), "|".join(MONTHS)
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?:{_DAY}), (?P<day>\d\d) (?P<month>{_MONTH}) (?P<year>\d{{4}}) {_TIME} GMT",
        rf"{_LONG_DAY}, (?P<day>\d\d)-(?P<month>{_MONTH})-(?P<year>\d\d) {_TIME} GMT",
        rf"(?:{_DAY}) (?P<month>{_MONTH}) (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
    )
)
LEAP_SECOND = 60  # the grammar has it, datetime has not
SHORT_YEAR = 2  # digits


def http_date(when: datetime | float) -> str:
    """Format a moment, given as an aware datetime or as seconds since 1970.

    >>> http_date(784111777)
    'Sun, 06 Nov 1994 08:49:37 GMT'
    >>> http_date(datetime(2024, 1, 15, 10, tzinfo=UTC))
    'Mon, 15 Jan 2024 10:00:00 GMT'

    Raises:
        ResponseError: The datetime is naive, so nobody knows which moment it means, or the year
            cannot be written with four digits.
    """
    if isinstance(when, datetime):
        if when.utcoffset() is None:
            raise ResponseError(
                f"datetime must be aware, got {when!r}: use datetime.now(timezone.utc)"
            )
        moment = when.astimezone(UTC)
    else:
        try:
            moment = datetime.fromtimestamp(when // 1, UTC)
        except (ValueError, OverflowError, OSError):
            raise ResponseError(f"date must lie in the years 1 to 9999, got {when!r}") from None
    return (
        f"{DAYS[moment.weekday()]}, {moment.day:02} {MONTHS[moment.month - 1]} {moment.year:04} "
        f"{moment.hour:02}:{moment.minute:02}:{moment.second:02} GMT"
    )


def parse_http_date(text: str) -> datetime | None:
    """Read a date in any of the three forms, or return None when it is none of them.

    >>> parse_http_date("Sun Nov  6 08:49:37 1994")
    datetime.datetime(1994, 11, 6, 8, 49, 37, tzinfo=datetime.timezone.utc)
    >>> parse_http_date("tomorrow") is None
    True
    """
    match = next((found for form in FORMS if (found := form.fullmatch(text))), None)
    if match is None:
        return None
    year, second = int(match["year"]), int(match["second"])
    leap = second == LEAP_SECOND
    if len(match["year"]) == SHORT_YEAR:
        year = _full_year(year)
    try:
        moment = datetime(
            *(year, MONTHS.index(match["month"]) + 1, int(match["day"])),
            *(int(match["hour"]), int(match["minute"]), second - leap),
            tzinfo=UTC,
        )
        return moment + timedelta(seconds=leap)
    except (ValueError, OverflowError):
        return None


def _full_year(two_digits: int) -> int:
    """Complete a year of two digits: more than 50 years ahead means the past century."""
    this_year = time.gmtime().tm_year
    year = this_year - this_year % 100 + two_digits
    return year - 100 if year > this_year + 50 else year


_current: tuple[int, bytes] = (0, b"")  # replaced as a whole, so threads see a matching pair


def current_date() -> bytes:
    """Return the present moment for ``Date``; formatted once a second, however many ask.

    May be called from any thread.
    """
    global _current  # noqa: PLW0603 - one memo for the process is the point
    now = int(time.time())
    second, text = _current
    if second != now:
        text = http_date(now).encode("ascii")
        _current = (now, text)
    return text
