"""groundup_templating.lookup: a dot means an item or an attribute."""

from collections import OrderedDict, UserDict
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest

from groundup_templating import (
    ChainableUndefined,
    LenientUndefined,
    SandboxError,
    Undefined,
    UndefinedError,
)
from groundup_templating.lookup import MAX_KINDS, Lookup

LOOKUP = Lookup(Undefined, trusted=False)


@dataclass
class Author:
    name: str
    items: int = 3


MAPPINGS: list[Any] = [
    {"items": 1},
    OrderedDict(items=1),
    UserDict(items=1),
    MappingProxyType({"items": 1}),
]


@pytest.mark.parametrize("mapping", MAPPINGS, ids=["dict", "ordered", "user", "proxy"])
def test_of_mappings_the_item_comes_first(mapping: Any) -> None:
    assert LOOKUP.get(mapping, "items") == 1
    assert callable(LOOKUP.get(mapping, "keys"))
    assert isinstance(LOOKUP.get(mapping, "nope"), Undefined)


def test_of_other_values_the_attribute() -> None:
    assert LOOKUP.get(Author("A"), "items") == 3
    assert LOOKUP.get("text", "upper")() == "TEXT"
    assert isinstance(LOOKUP.get(Author("A"), "nope"), Undefined)


def test_items_are_found_by_number_key_and_slice() -> None:
    assert LOOKUP.get_item([1, 2], -1) == 2
    assert LOOKUP.get_item({"a": 1}, "a") == 1
    assert LOOKUP.get_item("abc", slice(1, None)) == "bc"


@pytest.mark.parametrize(("value", "index"), [([1], 5), ({}, "a"), (3, 0), ({}, []), ([1], "a")])
def test_missing_items_are_undefined(value: Any, index: Any) -> None:
    assert isinstance(LOOKUP.get_item(value, index), Undefined)


def test_paths_lead_through_items_and_attributes() -> None:
    value = {"authors": [Author("A"), Author("B")]}

    assert LOOKUP.get_path(value, "authors.1.name") == "B"
    assert LOOKUP.get_path([5], 0) == 5


def test_paths_may_not_be_private() -> None:
    with pytest.raises(SandboxError, match="underscore"):
        LOOKUP.get_path({}, "a.__class__")
    assert Lookup(Undefined, trusted=True).get_path("x", "__class__.__name__") == "str"


def test_values_of_the_program_have_no_attributes() -> None:
    with pytest.raises(SandboxError, match="function has no attributes"):
        LOOKUP.get(lambda: 1, "x")
    assert callable(Lookup(Undefined, trusted=True).get("x".upper, "__call__"))


def test_what_is_undefined_has_nothing() -> None:
    with pytest.raises(UndefinedError):
        LOOKUP.get(Undefined("x"), "y")
    with pytest.raises(UndefinedError):
        Lookup(LenientUndefined, trusted=False).get_item(LenientUndefined("x"), "y")


class Broken:
    @property
    def value(self) -> int:
        raise ValueError("broken")


def test_errors_of_properties_are_not_hidden() -> None:
    with pytest.raises(ValueError, match="broken"):
        LOOKUP.get(Broken(), "value")


@pytest.mark.parametrize("name", ["error", "chains", "_name"])
def test_what_is_undefined_shows_nothing_of_itself(name: str) -> None:
    with pytest.raises(UndefinedError):
        LOOKUP.get(Undefined("x"), name)


def test_a_getter_of_one_name_does_what_get_does() -> None:
    lookup = Lookup(Undefined, trusted=False)

    for name in ("real", "keys", "nope", "class", "é"):
        getter = lookup.make_getter(name)
        for value in ({"é": 1, "keys": 2, "class": 3}, 5, "x", [1], Undefined("q")):
            try:
                expected = lookup.get(value, name)
            except UndefinedError:
                with pytest.raises(UndefinedError):
                    getter(value)
                continue
            found = getter(value)
            assert type(found) is type(expected)
            assert isinstance(found, Undefined) or found == expected


def test_a_loader_gives_all_names_or_none() -> None:
    lookup = Lookup(Undefined, trusted=False)
    load = lookup.make_loader(("real", "imag"))

    assert load({"real": 1, "imag": 2}) == (1, 2)
    assert load({"real": 1}) is None
    assert load(5) is None
    lookup.get(5, "real")  # now the type is known
    assert load(5) == (5, 0)
    assert load("x") is None


def test_a_loader_takes_names_that_are_words_of_python() -> None:
    lookup = Lookup(Undefined, trusted=False)
    load = lookup.make_loader(("class", "name"))
    value = type("Kind", (), {"class": 1, "name": 2})()
    lookup.get(value, "name")

    assert load(value) == (1, 2)
    assert load({"class": 3, "name": 4}) == (3, 4)
    assert lookup.make_loader(("class", "name")) is load


def test_a_getter_takes_names_that_are_words_of_python() -> None:
    lookup = Lookup(Undefined, trusted=False)

    assert lookup.make_getter("class")({"class": 1}) == 1


def test_no_more_functions_are_remembered_than_fit() -> None:
    lookup = Lookup(Undefined, trusted=False)

    for number in range(MAX_KINDS + 1):
        assert lookup.make_getter(f"name{number}")({f"name{number}": number}) == number
        assert lookup.make_loader((f"name{number}", "x"))({f"name{number}": 1, "x": 2}) == (1, 2)

    assert lookup.make_getter("name0") is lookup.make_getter("name0")
    assert lookup.make_getter("last") is not lookup.make_getter("last")
    assert lookup.make_loader(("last", "x")) is not lookup.make_loader(("last", "x"))


def test_what_is_undefined_and_chains_stays_so() -> None:
    lookup = Lookup(ChainableUndefined, trusted=False)
    missing = lookup.get({}, "a")

    assert lookup.get(missing, "b") is missing


def test_no_more_types_are_remembered_than_fit() -> None:
    lookup = Lookup(Undefined, trusted=False)

    kinds = [type(f"Kind{number}", (), {"name": number}) for number in range(MAX_KINDS + 10)]
    assert [lookup.get(kind(), "name") for kind in kinds] == list(range(MAX_KINDS + 10))

    load = lookup.make_loader(("name", "name"))
    assert load(kinds[-1]()) == (MAX_KINDS + 9, MAX_KINDS + 9)
