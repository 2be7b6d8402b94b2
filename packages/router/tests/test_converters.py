"""groundup_router.converters: one value has one way to be written."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_router import CONVERTERS

ID = "123e4567-e89b-12d3-a456-426614174000"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        pytest.param("int", "0", 0, id="zero"),
        pytest.param("int", "007", 7, id="leading-zeros"),
        pytest.param("int", "9" * 18, 10**18 - 1, id="largest"),
        pytest.param("date", "2024-02-29", date(2024, 2, 29), id="leap-day"),
        pytest.param("uuid", ID, UUID(ID), id="uuid"),
        pytest.param("uuid", ID.upper(), UUID(ID), id="uuid-in-capitals"),
        pytest.param("slug", "Hello-big_world2", "Hello-big_world2", id="slug"),
    ],
)
def test_takes(name: str, text: str, value: object) -> None:
    assert CONVERTERS[name].parse(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("int", "", id="empty"),
        pytest.param("int", "+4", id="sign"),
        pytest.param("int", "-4", id="minus"),
        pytest.param("int", "4_0", id="underscore"),
        pytest.param("int", " 4", id="space"),
        pytest.param("int", "4\n", id="newline"),
        pytest.param("int", "٤", id="arabic-digit"),
        pytest.param("int", "²", id="superscript"),
        pytest.param("int", "9" * 19, id="too-long"),
        pytest.param("date", "2023-02-29", id="no-such-day"),
        pytest.param("date", "2024-1-5", id="short-date"),
        pytest.param("date", "20240105", id="basic-date"),
        pytest.param("date", "٢٣٢٤-٤٥-٢٢", id="arabic-date"),
        pytest.param("uuid", ID.replace("-", ""), id="no-hyphens"),
        pytest.param("uuid", f"{{{ID}}}", id="braces"),
        pytest.param("uuid", ID[:-1], id="short-uuid"),
        pytest.param("slug", "-a", id="hyphen-first"),
        pytest.param("slug", "a--b", id="two-hyphens"),
        pytest.param("slug", "é", id="not-ascii"),
        pytest.param("slug", "a" * 256, id="long-slug"),
    ],
)
def test_does_not_take(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"must be|day"):
        CONVERTERS[name].parse(text)


@given(st.integers(0, 10**18 - 1), st.dates(), st.uuids())
def test_what_is_formatted_is_parsed_back(number: int, day: date, key: UUID) -> None:
    for name, value in (("int", number), ("date", day), ("uuid", key)):
        converter = CONVERTERS[name]

        assert converter.parse(converter.format(value)) == value
