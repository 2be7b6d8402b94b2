"""groundup_response.dates: RFC 9110, section 5.6.7."""

import time
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_response import ResponseError, current_date, http_date, parse_http_date

EXAMPLE = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ],
)
def test_reads_the_three_forms(text: str) -> None:
    assert parse_http_date(text) == EXAMPLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT\n",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, ०६ Nov 1994 08:49:37 GMT",
        "Fri, 31 Dec 9999 23:59:60 GMT",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_http_date(text) is None


def test_leap_second_is_the_second_after() -> None:
    assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == datetime(2017, 1, 1, tzinfo=UTC)


def test_year_of_two_digits_lies_at_most_fifty_years_ahead() -> None:
    for offset in (0, 49, 50, 51, 99):
        year = datetime.now(UTC).year + offset
        found = parse_http_date(f"Sunday, 06-Nov-{year % 100:02} 08:49:37 GMT")

        assert found is not None
        assert found.year == (year if offset <= 50 else year - 100)


def test_writes_moments_of_any_zone_in_gmt() -> None:
    there = EXAMPLE.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert http_date(there) == http_date(EXAMPLE) == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert http_date(EXAMPLE.timestamp() + 0.9) == http_date(EXAMPLE)


def test_writes_early_years_with_four_digits() -> None:
    assert http_date(datetime(33, 4, 3, tzinfo=UTC)) == "Sun, 03 Apr 0033 00:00:00 GMT"


def test_naive_datetime_is_refused_with_the_way_out() -> None:
    with pytest.raises(ResponseError, match=r"datetime\.now\(timezone\.utc\)"):
        http_date(datetime(2024, 1, 1))  # noqa: DTZ001 - the mistake is what is tested


@pytest.mark.parametrize("when", [1e20, -1e20, float("nan"), float("inf")])
def test_moments_that_cannot_be_written_are_refused(when: float) -> None:
    with pytest.raises(ResponseError, match="years 1 to 9999"):
        http_date(when)


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back(when: datetime) -> None:
    text = http_date(when)

    assert parse_http_date(text) == when.replace(microsecond=0)
    if when.year > 1000:
        assert parsedate_to_datetime(text) == when.replace(microsecond=0)


def test_current_date_follows_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = EXAMPLE.timestamp()
    monkeypatch.setattr(time, "time", lambda: now)
    first, again = current_date(), current_date()
    now += 1

    assert first == b"Sun, 06 Nov 1994 08:49:37 GMT"
    assert again is first
    assert current_date() == b"Sun, 06 Nov 1994 08:49:38 GMT"
