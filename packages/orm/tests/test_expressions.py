"""groundup_orm.expressions: operators build trees, and mistakes do not pass for conditions."""

from typing import Any

import pytest

from groundup_orm import Column, Integer, MappingError, Model, Registry, String, and_, or_
from groundup_orm.expressions import Binary, Bind, Junction, Like, escape_like


class User(Model):
    __tablename__ = "users"
    registry = Registry()

    id = Column(Integer, primary_key=True)
    name = Column(String(20))
    age = Column(Integer)


def test_an_expression_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match=r"use & \| ~ in place of and, or, not"):
        bool(User.age == 1)
    with pytest.raises(TypeError):
        _ = 1 < User.age < 5
    with pytest.raises(TypeError):
        _ = User.age in [1, 2]


def test_values_become_parameters() -> None:
    condition = User.age == 7

    assert isinstance(condition, Binary)
    assert isinstance(condition.right, Bind)
    assert condition.right.value == 7


def test_conditions_of_one_kind_are_not_nested() -> None:
    condition = (User.age > 1) & (User.age > 2) & (User.age > 3)

    assert isinstance(condition, Junction)
    assert len(condition.parts) == 3


@pytest.mark.parametrize("join", [and_, or_])
def test_joining_needs_conditions(join: Any) -> None:
    with pytest.raises(MappingError, match="at least one condition"):
        join()
    with pytest.raises(MappingError, match="SQL expression, got True"):
        join(True)


def test_one_condition_stays_itself() -> None:
    condition = User.age > 1

    assert and_(condition) is condition


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("a", "a"), ("50%", r"50\%"), ("a_b", r"a\_b"), ("\\", "\\\\"), ("%_\\", r"\%\_" + "\\\\")],
)
def test_wildcards_are_escaped(text: str, pattern: str) -> None:
    assert escape_like(text) == pattern


def test_patterns_are_parameters_too() -> None:
    condition = User.name.contains("100%")

    assert isinstance(condition, Like)
    assert condition.pattern.value == r"%100\%%"


def test_lists_have_a_limit() -> None:
    assert User.age.in_(range(30_000)) is not None
    with pytest.raises(MappingError, match="at most 30000 values, got 30001: give it a query"):
        User.age.in_(range(30_001))


def test_expressions_can_be_keys() -> None:
    assert len({User.age, User.name, User.age}) == 2
