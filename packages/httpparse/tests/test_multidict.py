"""groundup_httpparse.multidict: names with several values."""

from collections.abc import Mapping

import pytest

from groundup_httpparse import MultiDict

PAIRS = [("a", "1"), ("b", "2"), ("a", "3")]


def test_a_look_up_gives_the_first_value() -> None:
    fields = MultiDict(PAIRS)

    assert (fields["a"], fields["b"]) == ("1", "2")
    assert fields.get("a") == "1"


def test_all_values_are_there_in_their_order() -> None:
    fields = MultiDict(PAIRS)

    assert fields.getlist("a") == ["1", "3"]
    assert fields.getlist("missing") == []
    assert fields.multi_items() == PAIRS


def test_what_is_missing_is_none_or_the_default() -> None:
    fields = MultiDict(PAIRS)

    assert fields.get("missing") is None
    assert fields.get("missing", "x") == "x"
    assert fields.get("missing", 0) == 0
    with pytest.raises(KeyError):
        fields["missing"]


def test_it_is_a_mapping_of_names_to_first_values() -> None:
    fields = MultiDict(PAIRS)

    assert isinstance(fields, Mapping)
    assert len(fields) == 2
    assert list(fields) == ["a", "b"]
    assert "a" in fields
    assert "missing" not in fields
    assert dict(fields) == fields.to_dict() == {"a": "1", "b": "2"}


def test_equality_looks_at_all_values() -> None:
    assert MultiDict(PAIRS) == MultiDict([("b", "2"), ("a", "1"), ("a", "3")])
    assert MultiDict(PAIRS) != MultiDict([("a", "3"), ("b", "2"), ("a", "1")])
    assert MultiDict([("a", "1")]) == {"a": "1"}
    assert MultiDict(PAIRS) != 5


def test_empty_one_is_false() -> None:
    assert not MultiDict[str]()


def test_nothing_that_is_given_out_changes_it() -> None:
    pairs = list(PAIRS)
    fields = MultiDict(pairs)

    pairs.clear()
    fields.getlist("a").clear()
    fields.multi_items().clear()
    fields.to_dict().clear()

    assert fields.multi_items() == PAIRS
    assert fields.getlist("a") == ["1", "3"]
    assert not hasattr(fields, "__setitem__")


def test_values_may_be_anything() -> None:
    fields = MultiDict([("n", 1), ("n", 2)])

    assert sum(fields.getlist("n")) == 3
    assert repr(fields) == "MultiDict([('n', 1), ('n', 2)])"
