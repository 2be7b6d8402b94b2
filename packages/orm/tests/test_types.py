"""groundup_orm.types: what columns hold, and that it comes back the same from both databases."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundup_orm import (
    JSON,
    Boolean,
    Column,
    ColumnType,
    Database,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Model,
    Registry,
    Session,
    String,
    Text,
    ValidationError,
)

NAIVE = datetime(2030, 1, 1)  # noqa: DTZ001 - a wall clock's time
EARLY, LATE = datetime(2, 1, 1), datetime(9998, 1, 1)  # noqa: DTZ001 - hypothesis wants it so


class Base(Model, abstract=True):
    registry = Registry()


class Sample(Base):
    __tablename__ = "samples"

    id = Column(Integer, primary_key=True)
    integer = Column(Integer)
    string = Column(String(30))
    text = Column(Text)
    boolean = Column(Boolean)
    number = Column(Float)
    moment = Column(DateTime)
    wall = Column(DateTime(timezone=False))
    data = Column(JSON)
    binary = Column(LargeBinary)


@pytest.mark.parametrize(
    ("column_type", "value", "message"),
    [
        pytest.param(Integer(), "7", "integer, got '7'", id="text-for-integer"),
        pytest.param(Integer(), True, "integer, got True", id="bool-for-integer"),
        pytest.param(Integer(), 1.0, "integer", id="float-for-integer"),
        pytest.param(Integer(), 2**63, "64 bits", id="integer-too-large"),
        pytest.param(Integer(), -(2**63) - 1, "64 bits", id="integer-too-small"),
        pytest.param(Text(), b"x", "string, got b'x'", id="bytes-for-text"),
        pytest.param(Text(), "a\0b", "NUL", id="nul"),
        pytest.param(Text(), "\ud800", "Unicode", id="surrogate"),
        pytest.param(String(3), "abcd", "at most 3 characters, got 4", id="string-too-long"),
        pytest.param(Boolean(), 1, "True or False", id="one-for-true"),
        pytest.param(Float(), math.nan, "NaN", id="nan"),
        pytest.param(Float(), True, "number", id="bool-for-float"),
        pytest.param(Float(), 10**400, "fit in a float", id="float-too-large"),
        pytest.param(DateTime(), NAIVE, "time zone", id="naive-moment"),
        pytest.param(DateTime(), "2030-01-01", "datetime", id="text-for-moment"),
        pytest.param(
            DateTime(timezone=False), datetime(2030, 1, 1, tzinfo=UTC), "no time zone", id="aware"
        ),
        pytest.param(
            DateTime(),
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))),
            "between the years",
            id="before-year-one",
        ),
        pytest.param(JSON(), {1, 2}, "JSON", id="set-for-json"),
        pytest.param(JSON(), math.inf, "JSON", id="infinity-in-json"),
        pytest.param(JSON(), ["a\0"], "NUL", id="nul-in-json"),
        pytest.param(LargeBinary(), "text", "bytes", id="text-for-bytes"),
    ],
)
def test_refuses_what_the_column_cannot_hold(
    column_type: ColumnType[Any], value: object, message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        column_type.check(value)


@pytest.mark.parametrize(
    ("column_type", "value"),
    [
        pytest.param(Integer(), 2**63 - 1, id="largest"),
        pytest.param(Integer(), -(2**63), id="smallest"),
        pytest.param(String(3), "äöü", id="characters-not-bytes"),
        pytest.param(String(), "x" * 10_000, id="no-length"),
        pytest.param(JSON(), ["\\u0000"], id="backslash-before-u0000"),
    ],
)
def test_takes_what_is_just_within_the_limits(column_type: ColumnType[Any], value: object) -> None:
    assert column_type.check(value) == value


def test_moments_become_utc() -> None:
    local = datetime(2030, 6, 1, 12, tzinfo=timezone(timedelta(hours=2)))

    checked = DateTime().check(local)

    assert checked == local
    assert checked.tzinfo is UTC


def test_bytes_like_values_become_bytes() -> None:
    assert LargeBinary().check(memoryview(b"abc")) == b"abc"


def test_long_values_are_cut_in_messages() -> None:
    with pytest.raises(ValidationError) as caught:
        Integer().check("x" * 1000)

    assert len(str(caught.value)) < 80


def test_length_must_be_positive() -> None:
    with pytest.raises(ValidationError, match="at least 1, got 0"):
        String(0)


def test_repr_names_the_length() -> None:
    assert repr(String(5)) == "String(5)"
    assert repr(String()) == "String"
    assert repr(Integer()) == "Integer"


# PostgreSQL has no text with NUL, and neither has room for lone surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
samples = st.fixed_dictionaries(
    {
        "integer": st.none() | st.integers(-(2**63), 2**63 - 1),
        "string": st.none() | texts,
        "text": st.none() | texts,
        "boolean": st.none() | st.booleans(),
        "number": st.none() | st.floats(allow_nan=False),
        "moment": st.none() | st.datetimes(EARLY, LATE, timezones=st.just(UTC)),
        "wall": st.none() | st.datetimes(EARLY, LATE),
        "data": json_values,
        "binary": st.none() | st.binary(max_size=30),
    }
)


@pytest.fixture
def filled(database: Database) -> Database:
    database.create_all(Sample)
    return database


@given(values=samples)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_value_comes_back_as_it_was(filled: Database, values: dict[str, Any]) -> None:
    with Session(filled) as session:
        sample = Sample(**values)
        session.add(sample)
        session.commit()
        key = sample.id
    with Session(filled) as session:
        loaded = session.get(Sample, key)
        assert loaded is not None

        found = {name: getattr(loaded, name) for name in values}

    assert found == values
    assert {n: type(v) for n, v in found.items()} == {n: type(v) for n, v in values.items()}


@given(moments=st.lists(st.datetimes(EARLY, LATE, timezones=st.just(UTC)), max_size=5))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_moments_sort_as_they_pass(filled: Database, moments: list[datetime]) -> None:
    with Session(filled) as session:
        session.query(Sample).delete()
        session.add_all([Sample(moment=moment) for moment in moments])

        found = session.query(Sample.moment).order_by(Sample.moment).all()

        assert found == sorted(moments)
        session.rollback()
