"""groundup_sessions.session: a mapping that knows what was changed in it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_sessions import InvalidValue, Session

ID = "x" * 43


def known(**texts: str) -> Session:
    return Session(ID, texts)


def test_a_session_is_a_mapping() -> None:
    session = known(user_id="42", cart='["tea"]')

    assert session["user_id"] == 42
    assert session.get("absent") is None
    assert dict(session) == {"user_id": 42, "cart": ["tea"]}
    assert len(session) == 2
    assert "cart" in session
    assert "absent" not in session
    with pytest.raises(KeyError):
        session["absent"]


def test_a_new_session_is_empty_and_has_no_id() -> None:
    session = Session()

    assert session.new
    assert session.id is None
    assert not session
    assert session.changes() == ({}, set())


def test_a_known_session_has_its_id() -> None:
    assert known().id == ID
    assert not known().new


def test_only_what_was_changed_is_a_change() -> None:
    session = known(a="1", b="2", c="3")

    session["a"] = 10
    session["b"] = 2
    del session["c"]
    session["d"] = 4

    assert session.changes() == ({"a": 10, "d": 4}, {"c"})


def test_a_look_is_no_change() -> None:
    session = known(cart='["tea"]')

    assert session["cart"] == ["tea"]

    assert session.changes() == ({}, set())


def test_a_value_changed_in_place_is_a_change() -> None:
    session = known(cart='{"tea":[1]}')

    session["cart"]["tea"].append(2)

    assert session.changes() == ({"cart": {"tea": [1, 2]}}, set())


def test_a_default_that_was_filled_is_a_change() -> None:
    session = Session()

    session.setdefault("cart", []).append("tea")

    assert session.changes() == ({"cart": ["tea"]}, set())


def test_what_was_removed_is_gone_and_can_be_set_again() -> None:
    session = known(a="1")

    del session["a"]

    assert "a" not in session
    assert list(session) == []
    with pytest.raises(KeyError):
        session["a"]
    with pytest.raises(KeyError):
        del session["a"]
    session["a"] = 2
    assert session.changes() == ({"a": 2}, set())


def test_a_value_that_came_and_went_is_no_change() -> None:
    session = Session()

    session["a"] = 1
    del session["a"]

    assert session.changes() == ({}, set())


def test_a_value_that_cannot_be_kept_is_refused_where_it_is_set() -> None:
    session = Session()

    with pytest.raises(InvalidValue, match="'cart'"):
        session["cart"] = {1, 2}
    with pytest.raises(InvalidValue, match="must be a str"):
        session[7] = 1  # type: ignore[index]  # what an untyped caller does
    assert session.changes() == ({}, set())


def test_a_value_that_was_spoiled_in_place_is_refused_at_the_end() -> None:
    session = known(cart="[]")
    session["cart"].append(object())

    with pytest.raises(InvalidValue, match="'cart'"):
        session.changes()


USES: list[Callable[[Session], object]] = [
    lambda s: s.get("a"),
    lambda s: "a" in s,
    len,
    list,
    bool,
    lambda s: s.update(a=1),
    lambda s: s.pop("a"),
    lambda s: s.rotate(),
    lambda s: s.invalidate(),
    lambda s: s.flash("x"),
    lambda s: s.flashes(),
    lambda s: s.clear(),
]


@pytest.mark.parametrize("use", USES, ids=range(len(USES)))
def test_every_use_is_noticed(use: Callable[[Session], object]) -> None:
    session = known(a="1")
    assert not session.accessed

    use(session)

    assert session.accessed


@pytest.mark.parametrize("name", ["id", "new", "accessed", "rotated", "invalidated", "__class__"])
def test_a_look_from_outside_is_no_use(name: str) -> None:
    session = known(a="1")

    getattr(session, name)
    repr(session)

    assert not session.accessed


def test_neither_id_nor_values_are_shown() -> None:
    shown = repr(known(card='"4111"'))

    assert shown == "<Session known, 1 values>"


def test_rotating_keeps_the_values_but_the_secret_of_forms() -> None:
    session = known(a="1", _csrf='"secret"')

    session.rotate()

    assert session.rotated
    assert session.changes() == ({}, {"_csrf"})


def test_what_is_set_after_an_end_belongs_to_a_new_session() -> None:
    session = known(user_id="42")
    session["a"] = 1
    session.rotate()

    session.invalidate()
    session["b"] = 2

    assert session.invalidated == [ID]
    assert session.new
    assert not session.rotated
    assert session.changes() == ({"b": 2}, set())


def test_after_saving_nothing_is_changed() -> None:
    session = known(a="1", b="2")
    session["a"] = [1]
    del session["b"]
    session.rotate()

    session.mark_saved("y" * 43)

    assert session.id == "y" * 43
    assert session.changes() == ({}, set())
    assert dict(session) == {"a": [1]}
    assert not session.rotated
    session["a"].append(2)
    assert session.changes() == ({"a": [1, 2]}, set())


VALUES = st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.none() | VALUES), max_size=12)


@given(st.dictionaries(st.sampled_from("abc"), VALUES), STEPS)
def test_changes_turn_what_was_loaded_into_what_is_there(
    before: dict[str, Any], steps: list[tuple[str, Any]]
) -> None:
    from groundup_sessions.values import encode_value

    session = Session(ID, {name: encode_value(name, value) for name, value in before.items()})
    model = dict(before)
    for name, value in steps:
        if value is None:
            session.pop(name, None)
            model.pop(name, None)
        else:
            session[name] = model[name] = value

    changed, removed = session.changes()

    assert dict(session) == model
    merged = {name: value for name, value in before.items() if name not in removed} | changed
    assert merged == model
    assert all(name not in before or before[name] != value for name, value in changed.items())
