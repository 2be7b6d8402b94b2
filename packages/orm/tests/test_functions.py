"""groundup_orm.functions: any function by its name, and nothing else by that way."""

import pytest

from groundup_orm import func
from groundup_orm.functions import Function


def test_names_become_functions() -> None:
    call = func.COALESCE(1, "x", distinct=True)

    assert isinstance(call, Function)
    assert (call.name, len(call.arguments), call.distinct) == ("coalesce", 2, True)


@pytest.mark.parametrize(
    "name", ["a b", "a;b", "a()", "1a", "", "ä", "__wrapped__", "a" * 30 + "!"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(AttributeError, match="plain identifier"):
        getattr(func, name)


def test_types_of_results() -> None:
    assert repr(func.count().type) == "Integer"
    assert repr(func.avg(1).type) == "Float"
    assert func.now().type is None
