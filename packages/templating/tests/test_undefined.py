"""groundup_templating.undefined: what a missing name may be asked."""

from collections.abc import Callable
from typing import Any

import pytest

from groundup_templating import (
    ChainableUndefined,
    Environment,
    LenientUndefined,
    Template,
    Undefined,
    UndefinedError,
)

MISSING: Any = Undefined("nmae", {"name": 1, "other": 2}, is_name=True)
USES: list[Callable[[], object]] = [
    lambda: str(MISSING),
    lambda: bool(MISSING),
    lambda: len(MISSING),
    lambda: list(MISSING),
    lambda: MISSING == 1,
    lambda: MISSING < 1,
    lambda: MISSING + 1,
    lambda: 1 + MISSING,
    lambda: -MISSING,
    lambda: MISSING[0],
    lambda: 1 in MISSING,
    lambda: MISSING(1),
    lambda: int(MISSING),
    lambda: hash(MISSING),
]


@pytest.mark.parametrize("number", range(len(USES)))
def test_every_use_is_an_error_that_suggests(number: int) -> None:
    with pytest.raises(UndefinedError, match="'nmae' is not defined: did you mean 'name'"):
        USES[number]()


def test_it_can_be_shown_to_a_programmer() -> None:
    assert repr(MISSING) == "<undefined 'nmae'>"


class User:
    def __init__(self) -> None:
        self.email = "a"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ usr }}", "'usr' is not defined: did you mean 'user'"),
        ("{{ user.emial }}", "User has no 'emial': did you mean 'email'"),
        ("{{ d.nme }}", "dict has no 'nme': did you mean 'name'"),
        ("{{ d.name.first }}", "str has no 'first'"),
        ("{{ l[3] }}", "list has no item 3"),
        ("{{ d.x.y }}", "dict has no 'x'"),
        ("{% if nope %}{% endif %}", "'nope' is not defined"),
        ("{% for x in nope %}{% endfor %}", "'nope' is not defined"),
        ("{{ nope|upper }}", "'nope' is not defined"),
        ("{{ nope ~ 'a' }}", "'nope' is not defined"),
        ("{{ nope() }}", "'nope' is not defined"),
        ("{{ nope.x() }}", "'nope' is not defined"),
        ("<script>{{ nope }}</script>", "'nope' is not defined"),
        ("<a href='{{ nope }}'>", "'nope' is not defined"),
        ("<p title={{ nope }}>", "'nope' is not defined"),
    ],
)
def test_strict_templates_name_what_is_missing(source: str, message: str) -> None:
    with pytest.raises(UndefinedError, match=message) as caught:
        Template(source).render(user=User(), d={"name": "x"}, l=[1])

    assert caught.value.line == 1


def test_default_and_is_defined_may_ask() -> None:
    source = "{{ x|default('d') }}{{ x is defined }}{{ d.x|default('e') }}{{ d.x is undefined }}"

    assert Template(source).render(d={}) == "dFalseeTrue"


def test_missing_names_in_branches_not_taken_do_no_harm() -> None:
    assert Template("{% if false %}{{ nope.x }}{% endif %}a").render() == "a"


def render(undefined: type[Undefined], source: str) -> str:
    return Environment(undefined=undefined).from_string(source).render(d={})


def test_lenient_is_empty_and_false() -> None:
    source = (
        "[{{ x }}{% if x %}a{% endif %}{% for i in x %}b{% endfor %}{{ x == d.y }}{{ x|length }}]"
    )

    assert render(LenientUndefined, source) == "[True0]"
    assert render(LenientUndefined, "<script>{{ x }}</script>") == "<script>null</script>"
    with pytest.raises(UndefinedError, match="'x' is not defined"):
        render(LenientUndefined, "{{ x.y }}")


def test_chainable_goes_on() -> None:
    assert (
        render(ChainableUndefined, "[{{ x.y.z }}{{ x['y'].z }}{{ d.a.b|default('c') }}]") == "[c]"
    )


class Closed:
    def __dir__(self) -> list[str]:
        raise RuntimeError("closed")


def test_a_suggestion_is_never_worth_another_error() -> None:
    with pytest.raises(UndefinedError, match="Closed has no 'x'"):
        Template("{{ c.x }}").render(c=Closed())


def test_undefined_values_may_be_hashed_when_lenient() -> None:
    assert len({LenientUndefined("a"), LenientUndefined("b")}) == 1
