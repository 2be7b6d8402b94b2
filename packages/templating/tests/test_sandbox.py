"""groundup_templating.sandbox: what a template that nobody trusts can reach."""

import datetime as dt
import types
from collections.abc import Iterator
from typing import Any

import pytest

from groundup_templating import (
    Environment,
    LimitError,
    Limits,
    Markup,
    SandboxError,
    Template,
    TemplateError,
    public,
)
from groundup_templating.sandbox import (
    MAX_BITS,
    MAX_ITEMS,
    MAX_TEXT,
    add,
    concat,
    modulo,
    multiply,
    power,
)


class User:
    name = "Alice"

    def delete(self) -> str:
        return "deleted"

    def greet2(self, word: str) -> str:
        return word

    @public
    def greet(self, word: str) -> str:
        return f"{word} {self.name}"

    @classmethod
    def create(cls) -> "User":
        return cls()


@public
class Money:
    def __init__(self, amount: int) -> None:
        self.amount = amount


def generate() -> Iterator[int]:
    yield 1


def render(source: str, **names: Any) -> str:
    context = {
        "user": User(),
        "cls": User,
        "f": lambda: "called",
        "g": generate(),
        "s": "{0}",
        "l": [1],
        "d": {"a": 1, "f": lambda: 1},
        "os": types,
        "d99": range(99),
        "m": Markup("<b>{}</b>"),
    }
    return Template(source).render({**context, **names})


ATTACKS = [
    "{{ ''.__class__ }}",
    "{{ ''['__class__'].x }}",
    "{{ user.__init__ }}",
    "{{ user.__class__.__mro__ }}",
    "{{ user._private }}",
    "{{ user|attr('__class__') }}",
    "{{ [user]|map(attribute='__class__')|list }}",
    "{{ [user]|map('attr', '__class__')|list }}",
    "{{ [user]|sort(attribute='__class__') }}",
    "{{ [user]|groupby('__class__') }}",
    "{{ [user]|sum(attribute='name.__class__') }}",
    "{{ [user]|selectattr('__dict__')|list }}",
    "{{ [user]|join(',', attribute='__class__') }}",
    "{{ f.__globals__ }}",
    "{{ f.__code__.co_code }}",
    "{{ f.name }}",
    "{{ user.delete.x }}",
    "{{ user.delete() }}",
    "{{ cls.create() }}",
    "{{ cls.name }}",
    "{{ d.f() }}",
    "{% set f2 = user.delete %}{{ f2() }}",
    "{% set f2 = user.delete %}{% block b %}{{ f2() }}{% endblock %}",
    "{% macro m(f) %}{{ f() }}{% endmacro %}{{ m(user.delete) }}",
    "{% set gettext = user.greet2 %}{% trans %}x{% endtrans %}",
    "{% set ngettext = user.delete %}{% trans n=1 %}x{% pluralize %}y{% endtrans %}",
    "{% for f2 in [user.delete] %}{{ f2() }}{% endfor %}",
    "{{ (user.delete)() }}",
    "{{ {'a': user.delete}['a']() }}",
    "{{ g.gi_frame }}",
    "{{ g.gi_code }}",
    "{{ os.FunctionType }}",
    "{{ os.ModuleType('x') }}",
    "{{ '{0.__class__}'.format(user) }}",
    "{{ s.format(user) }}",
    "{{ s.format_map(d) }}",
    "{{ m.format(user) }}",
    "{{ 'x'.encode() }}",
    "{{ l.append(2) }}",
    "{{ l.clear() }}",
    "{{ d.update(a=2) }}",
    "{{ d.pop('a') }}",
    "{% set d.a = 2 %}",
    "{% set user.name = 'x' %}",
    "{% set ns = namespace() %}{% set ns.__class__ = 1 %}",
    "{{ dict.fromkeys }}",
    "{{ range.__init__ }}",
    "{{ loop.__class__ }}",
    "{{ self.__class__ }}",
    "{{ namespace.mro() }}",
    "{% from 'x' import __builtins__ %}",
    "{{ (1).__class__ }}",
    "{{ user.name.__len__() }}",
]


@pytest.mark.parametrize("source", ATTACKS)
def test_attacks_are_refused(source: str) -> None:
    with pytest.raises(TemplateError):
        render(source)


@pytest.mark.parametrize(
    "name", ["run", "names", "out", "blocks", "lookup", "link", "__template__"]
)
def test_what_generated_code_uses_is_no_name_of_the_template(name: str) -> None:
    assert render("{{ " + name + " is defined }}") == "False"
    assert render("{{ __builtins__ is defined }}{{ __import__ is defined }}") == "FalseFalse"


def test_data_may_have_any_key() -> None:
    assert render("{{ x['__class__'] }}", x={"__class__": "a"}) == "a"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ f() }}", "called"),
        ("{% set h = f %}{{ h() }}", "called"),
        ("{% macro m(x) %}{{ x() }}{% endmacro %}{{ m(f) }}", "called"),
        ("{{ user.greet('Hi') }}", "Hi Alice"),
        ("{{ user.name }}", "Alice"),
        ("{{ cls().name }}", "Alice"),
        ("{{ make(3).amount }}", "3"),
        ("{{ 'a-b'.split('-') | join('+') }}", "a+b"),
        ("{{ d.items() | length }}", "2"),
        ("{{ d.get('z', 9) }}", "9"),
        ("{{ d['items'] is defined }}", "False"),
        ("{{ {'items': 5}.items }}", "5"),
        ("{{ 'abc'.replace('a', 'x').upper() }}", "XBC"),
        ("{{ day.strftime('%Y') }}", "2024"),
        ("{{ (5).bit_length() }}", "3"),
        ("{{ [3, 4].index(4) }}", "1"),
        ("{{ {1, 2} is defined if false else 'x' }}", "x"),
        ("{{ tags.union([3])|sort|join }}", "123"),
    ],
)
def test_what_is_allowed(source: str, text: str) -> None:
    if "{1, 2}" in source:  # there are no set displays
        with pytest.raises(TemplateError):
            render(source)
        return
    names = {"make": Money, "day": dt.date(2024, 1, 1), "tags": {1, 2}}
    assert render(source, **names) == text


def test_the_error_says_how_to_allow_a_call() -> None:
    with pytest.raises(SandboxError, match=r"delete may not be called.*mark it with @public"):
        render("{{ user.delete() }}")


@pytest.mark.parametrize(
    "source", ["{{ user.delete() }}", "{{ d.f() }}", "{{ cls.create().name }}"]
)
def test_a_trusted_environment_may_call_everything(source: str) -> None:
    template = Environment(trusted=True).from_string(source)

    assert template.render(user=User(), cls=User, d={"f": lambda: "deleted"}) in {
        "deleted",
        "Alice",
    }


def test_a_trusted_environment_reads_private_names() -> None:
    template = Environment(trusted=True).from_string(
        "{{ ''.__class__.__name__ }}{{ d.items()|list }}"
    )

    assert template.render(d={}) == "str[]"


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 20000000 }}",
        "{{ [1] * 2000000 }}",
        "{{ 9 ** 99999 }}",
        "{{ (9 ** 3000) * (9 ** 3000) * (9 ** 3000) }}",
        "{{ '%9999d' % 1 }}",
        "{{ '%*d' % (99999, 1) }}",
        "{{ '%9999d'|format(1) }}",
        "{{ 'a'.ljust(20000000) }}",
        "{{ 'a'.center(20000000) }}",
        "{{ '\\t'.expandtabs(20000000) }}",
        "{{ ('a' * 10000).replace('a', 'b' * 10000) }}",
        "{{ ('a' * 10000)|replace('a', 'b' * 10000) }}",
        "{{ ('a' * 10000).join(['b'] * 10000) }}",
        "{{ 'a'|center(20000000) }}",
        "{{ 'a\\nb'|indent(20000000) }}",
        "{{ range(200000) }}",
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% set n = namespace(s='a') %}{% for i in d99 %}{% set n.s = n.s ~ n.s %}{% endfor %}",
        "{% set n = namespace(s='a') %}{% for i in d99 %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(s=[1]) %}{% for i in d99 %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(40) }}",
        "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set s = 'a' * 9000000 %}{{ s }}{{ s }}",
    ],
)
def test_nothing_gets_huge(source: str) -> None:
    with pytest.raises(LimitError):
        render(source)


def test_limits_of_values_at_their_edge() -> None:
    assert len(multiply("a", MAX_TEXT)) == MAX_TEXT
    assert len(add("a" * (MAX_TEXT - 1), "b")) == MAX_TEXT
    assert len(multiply([0], MAX_ITEMS)) == MAX_ITEMS
    assert power(2, MAX_BITS // 2).bit_length() == MAX_BITS // 2 + 1
    for made in (
        lambda: multiply("a", MAX_TEXT + 1),
        lambda: add("a" * MAX_TEXT, "b"),
        lambda: multiply(MAX_ITEMS + 1, (0,)),
        lambda: power(2, MAX_BITS),
        lambda: concat("a" * MAX_TEXT, "b"),
    ):
        with pytest.raises(LimitError):
            made()


def test_ordinary_values_are_left_alone() -> None:
    assert (add(1, 2), multiply(2.5, 2), multiply(3, 4)) == (3, 5, 12)
    assert (power(2, -1), power(1, 10**9), modulo(7, 3)) == (0.5, 1, 1)
    assert modulo("%5s|", "a") == "    a|"
    assert concat(1, None, "a") == "1Nonea"
    assert concat("<", Markup("<b>")) == Markup("&lt;<b>")


def test_limits_can_be_chosen() -> None:
    few = Environment(limits=Limits(output=10, iterations=5, depth=2, seconds=None))

    assert few.from_string("{{ x }}").render(x="a" * 10) == "a" * 10
    with pytest.raises(LimitError, match="at most 10 characters, got 11"):
        few.from_string("{{ x }}").render(x="a" * 11)
    assert few.from_string("{% for i in x %}{{ i }}{% endfor %}").render(x=[1] * 5) == "11111"
    with pytest.raises(LimitError, match="at most 5 turns"):
        few.from_string("{% for i in x %}{{ i }}{% endfor %}").render(x=[1] * 6)
    assert few.globals["range"](3)
