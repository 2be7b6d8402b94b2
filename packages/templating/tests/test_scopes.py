"""groundup_templating.scopes: which variable a name means."""

from groundup_templating.parser import parse
from groundup_templating.scopes import Scope, assigned_names, target_names
from groundup_templating.statements import For, Set


def test_names_are_found_from_the_inside_out() -> None:
    outer = Scope(0)
    inner = Scope(1, outer)
    outer.bind("a")
    inner.bind("b")

    assert (inner.find("a"), inner.find("b"), inner.find("c")) == ("v0_a", "v1_b", "v_c")
    assert outer.free == {"c": "v_c"}
    assert "b" in inner.used


def test_an_inner_name_hides_an_outer_one() -> None:
    outer = Scope(0)
    outer.bind("a")
    inner = Scope(1, outer)
    inner.bind("a")

    assert inner.find("a") == "v1_a"
    assert inner.visible() == {"a": "v1_a"}


def test_what_is_exported_need_not_be_handed_on() -> None:
    top = Scope(0, exports=True)
    top.bind("a")
    inner = Scope(1, top)
    inner.bind("b")

    assert inner.visible() == {"b": "v1_b"}


def test_assigned_names_are_those_of_this_scope() -> None:
    tree = parse(
        "{% set a, b = 1, 2 %}{% if a %}{% set c %}{% endset %}{% else %}{% set d = 1 %}{% endif %}"
        "{% macro e() %}{% set x = 1 %}{% endmacro %}{% import 'f' as f %}"
        "{% from 'g' import g, h as i %}{% for j in k %}{% set l = 1 %}{% endfor %}"
    )

    assert list(assigned_names(tree.body)) == ["a", "b", "c", "d", "e", "f", "g", "i"]


def test_targets_name_all_they_bind() -> None:
    loop, bound = parse("{% for a, (b, c) in d %}{% endfor %}{% set e = 1 %}").body

    assert isinstance(loop, For)
    assert isinstance(bound, Set)
    assert list(target_names(loop.target)) == ["a", "b", "c"]
    assert list(target_names(bound.target)) == ["e"]
