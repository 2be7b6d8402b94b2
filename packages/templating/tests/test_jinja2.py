"""The common subset: templates that Jinja2 and this engine render to the same text."""

from datetime import date
from typing import Any

import jinja2
import pytest

from groundup_templating import DictLoader, Environment, LenientUndefined


class User:
    def __init__(self, name: str, age: int, tags: list[str]) -> None:
        self.name = name
        self.age = age
        self.tags = tags


USERS = [User("Alice", 30, ["x", "y"]), User("bob", 25, []), User("Carol <3", 30, ["z"])]
CONTEXT: dict[str, Any] = {
    "name": "World",
    "html": "<b>&\"'</b>",
    "n": 7,
    "f": 2.5,
    "zero": 0,
    "yes": True,
    "none": None,
    "empty": [],
    "items": ["a", "b", "c"],
    "numbers": [3, 1, 2, 3],
    "mixed": ["b", "A", "c", "B"],
    "d": {"one": 1, "two": 2, "items": "mine"},
    "pairs": {"b": 2, "a": 1},
    "nested": {"list": [{"x": 1}, {"x": 2}]},
    "users": USERS,
    "text": "The quick brown fox jumps over the lazy dog. " * 3,
    "lines": "one\ntwo\n\nthree",
    "day": date(2024, 5, 17),
    "tree": [{"v": 1, "c": [{"v": 2, "c": []}]}, {"v": 3, "c": []}],
}

EXPRESSIONS = """
name
html
n
f
none
yes
items
d.one
d["two"]
nested.list[1].x
nested.list.0.x
users[0].name
items[1:]
items[::-1]
items[-1]
"abc"[1]
"a" "b"
'it\\'s'
1 + 2 * 3
(1 + 2) * 3
7 // 2
7 / 2
7 % 3
2 ** 3
-n
- 3 + 5
+n
n - 1 - 1
1 if yes else 2
1 if zero else 2
"x" if zero
not yes
not zero
yes and n
zero or n
zero and nope
n == 7
n != 7
n < 8
n >= 8
1 < n < 10
1 < n > 10
3 in numbers
9 in numbers
9 not in numbers
not 9 in numbers
"o" in name
name ~ "!" ~ n
html ~ "<"
[1, "a", none]
(1, 2)
(1,)
()
{"a": 1}
{"a": {"b": {}}}
name|upper
name|lower
"hello world"|title
"hello-world (foo)"|title
"hELLO"|capitalize
"  x  "|trim
"xxaxx"|trim("x")
name|length
items|count
items|first
items|last
empty|first
items|join(", ")
numbers|sort|join(",")
numbers|sort(reverse=true)|join(",")
mixed|sort|join
mixed|sort(case_sensitive=true)|join
users|sort(attribute="age,name")|map(attribute="name")|join("|")
users|map(attribute="name")|join(", ")
users|join(",", attribute="name")
items|map("upper")|join
items|map("replace", "a", "z")|join
numbers|select("odd")|join(",")
numbers|reject("odd")|join(",")
numbers|select("gt", 1)|join(",")
users|selectattr("tags")|map(attribute="name")|join(",")
users|selectattr("age", "eq", 30)|list|length
users|rejectattr("age", "eq", 30)|list|length
numbers|unique|join(",")
mixed|unique|join(",")
numbers|sum
users|sum(attribute="age")
numbers|min
numbers|max
mixed|max
items|reverse|join
"abc"|reverse
items|batch(2)|list
items|batch(2, "-")|list
numbers|slice(3)|list
numbers|slice(3, 0)|list
pairs|dictsort
pairs|dictsort(by="value")
pairs|dictsort(reverse=true)
pairs|items|list
nope|default("d")
nope|d("d")
zero|default("d", true)
""|default("d", boolean=true) if false else "x"
"3.7"|int
"x"|int(5)
3.9|int
"ff"|int(0, 16)
"2.5"|float
"x"|float
-3|abs
2.567|round(2)
2.4|round
2.1|round(0, "ceil")
2.9|round(method="floor")
42.55|round(1, "floor")
1|filesizeformat
100|filesizeformat
13000|filesizeformat
4100000|filesizeformat
4100000|filesizeformat(true)
text|truncate(20)
text|truncate(20, true)
text|truncate(20, false, "…")
"short"|truncate(20)
"a b c"|wordcount
lines|indent
lines|indent(2, true)
lines|indent(2, blank=true)
text|wordwrap(20)
"x"|center(5)
"%s and %s"|format(1, "b")
"%(a)s"|format(a=1)
"<i>x</i> y"|striptags
html|e
html|escape
html|safe
html|forceescape
html|safe|forceescape
html|safe|upper
html|replace("b", "i")
"a b&c"|urlencode
{"a": 1, "b": "x y"}|urlencode
{"class": "x", "id": none, "title": "<"}|xmlattr
[1, 2]|string
name|string|length
"abc"|list
items|length
1 is odd
2 is even
9 is divisibleby 3
9 is divisibleby(2)
name is defined
nope is defined
nope is undefined
nope is not defined
none is none
n is number
n is integer
f is float
name is string
d is mapping
items is sequence
items is iterable
n is iterable
yes is true
yes is boolean
"a" is lower
"A" is upper
n is eq 7
n is ne 7
n is gt(3)
n is lt 3
n is sameas 7
1 is in numbers
1 is in [2]
name is callable
range is callable
"upper" is filter
"odd" is test
not n is odd
n is odd and yes
-1|abs
n|string ~ "x"
d.get("one")
d.get("nine", 9)
d.keys()|list
"a,b".split(",")
"abc".upper()
"abc".startswith("a")
"x".join(["1", "2"])
range(3)|list
range(1, 10, 4)|list
dict(a=1)
dict(a=1).a
day.year
day.isoformat()
(items|first) ~ (items|last)
"a" if n > 3 else "b" if n > 1 else "c"
[1, 2, 3][1]
{"x": [1, 2]}.x[0]
none|default("x")
3.0
1e3
1_000
"é"
"\\n" in lines
name[0]|lower
users[2].name
users[2].name|upper
users[2].tags|first
numbers|groupby(0) if false else "x"
users|groupby("age")|length
[users[0], users[1]]|groupby("age")|map(attribute="grouper")|list
{"a": 1}|tojson
"a"|tojson
[1, none, true]|tojson
""".strip().splitlines()

TEMPLATES = [
    "Hello {{ name }}!",
    "{% if yes %}a{% elif zero %}b{% else %}c{% endif %}",
    "{% if zero %}a{% elif n %}b{% else %}c{% endif %}",
    "{% if zero %}a{% elif zero %}b{% else %}c{% endif %}",
    "{% for i in items %}{{ i }},{% endfor %}",
    (
        "{% for i in items %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}"
        "{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}"
    ),
    "{% for i in items %}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}",
    "{% for i in items|map('upper') %}{{ i }}{{ loop.last }}{{ loop.length }}{% endfor %}",
    "{% for i in empty %}x{% else %}none{% endfor %}",
    "{% for i in items %}x{% else %}none{% endfor %}",
    "{% for k, v in pairs.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k, v in pairs|dictsort %}{{ k }}={{ v }};{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for i in numbers if i > 1 %}{{ loop.index }}:{{ i }} {% endfor %}",
    "{% for i in numbers if i > 5 %}{{ i }}{% else %}-{% endfor %}",
    (
        "{% for i in items %}{% for j in numbers %}{{ loop.index }}{% endfor %}"
        "{{ loop.index }};{% endfor %}"
    ),
    "{% for i in items %}{{ loop.cycle('odd', 'even') }} {% endfor %}",
    "{% for i in numbers|sort %}{{ loop.changed(i) }} {% endfor %}",
    "{% for n in tree recursive %}{{ n.v }}{{ loop.depth }}({{ loop(n.c) }}){% endfor %}",
    "{% for i in items %}{% set x = i %}{% endfor %}{{ x is defined }}",
    "{% set x = 1 %}{% for i in items %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}",
    "{% set x = 1 %}{% if yes %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% if zero %}{% set name = 'x' %}{% endif %}{{ name }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set a = (1, 2) %}{{ a }}",
    (
        "{% set ns = namespace(c=0) %}{% for i in items %}{% set ns.c = ns.c + 1 %}"
        "{% endfor %}{{ ns.c }}"
    ),
    "{% set x %}<i>{{ html }}</i>{% endset %}{{ x }}",
    "{% set x | upper %}abc{% endset %}{{ x }}",
    "{% with a = 1, b = name %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}",
    "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
    "{% raw %}{{ name }} {% if %}{% endraw %}",
    "a{# comment {{ x }} #}b",
    "a {#- c -#} b",
    "a {{- name -}} b",
    "a  {%- if yes -%}  b  {%- endif -%}  c",
    "{% macro m(a, b='x') %}[{{ a }}{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(b=3, a=4) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m('<') }}",
    "{% macro m() %}{{ varargs|length }}{{ kwargs|length }}{% endmacro %}{{ m(1, 2, x=3) }}",
    "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}",
    "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}in {{ name }}{% endcall %}",
    (
        "{% macro m() %}{{ caller(1) }}{{ caller(2) }}{% endmacro %}{% call(x) m() %}("
        "{{ x }}){% endcall %}"
    ),
    "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}",
    "{% macro m() %}x{% endmacro %}{{ m()|upper }}{{ m() ~ '<' }}",
    "{% macro m(a) %}{{ a }}{{ name }}{% endmacro %}{% set name = 'L' %}{{ m(1) }}",
    "{% filter upper %}abc {{ name }}{% endfilter %}",
    "{% filter replace('a', 'b')|upper %}aaa{% endfilter %}",
    "{% include 'part' %}",
    "{% for i in items %}{% include 'item' %}{% endfor %}",
    "{% include 'nope' ignore missing %}x",
    "{% include ['nope', 'part'] %}",
    "{% set v = 1 %}{% include 'v' %}",
    "{% set v = 1 %}{% include 'v' without context %}",
    "{% import 'macros' as m %}{{ m.hi('<') }}{{ m.const }}",
    "{% from 'macros' import hi, const as c %}{{ hi(1) }}{{ c }}",
    "{% import 'macros' as m with context %}{{ m.named() }}",
    "{% extends 'base' %}{% block body %}B{% endblock %}",
    "{% extends 'base' %}{% block body %}{{ super() }}+{% endblock %}ignored",
    (
        "{% extends 'base' %}{% block title %}T{% endblock %}{% block body %}"
        "{{ self.title() }}{% endblock %}"
    ),
    "{% extends 'middle' %}{% block body %}{{ super() }}!{% endblock %}",
    "{% extends 'middle' %}{% set x = 5 %}{% block body %}{{ x }}{% endblock %}",
    "{% extends 'middle' %}{% macro q() %}Q{% endmacro %}{% block body %}{{ q() }}{% endblock %}",
    "{% extends 'looped' %}{% block row scoped %}[{{ i }}]{% endblock %}",
    "{% extends name|lower ~ 'base' if zero else 'base' %}",
    "{% extends 'demanding' %}{% block body %}B{% endblock %}",
    "{% extends 'middle' %}{% block body %}{{ super()|upper }}{% endblock %}",
    "{% block a %}a{% endblock %}{% if self.a() == 'a' %}{{ self.a() ~ '<' }}{% endif %}",
    "<a href='?{{ {'a': 1, 'b': 'x y'}|urlencode }}'>",
    "<a href='/login?next={{ '/a b'|urlencode }}'>",
    "<option value='a'{{ ' selected' if yes }}>",
    (
        "{% for u in users %}{{ u.name }} is {{ u.age }}{% if not loop.last %}, "
        "{% endif %}{% endfor %}"
    ),
    "{% for row in items|batch(2) %}{% for c in row %}{{ c }}{% endfor %};{% endfor %}",
    "{% for g in users|groupby('age') %}{{ g.grouper }}:{{ g.list|length }} {% endfor %}",
    (
        "{% for age, us in users|groupby('age') %}{{ age }}:"
        "{{ us|map(attribute='name')|join }} {% endfor %}"
    ),
    "<p title='{{ html }}'>{{ html }}</p>",
    "{{ '{{' }} {{ '%}' }}",
    "{% if name == 'World' and n > 3 or zero %}y{% endif %}",
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}",
    "{% set j = joiner('|') %}{% for i in items %}{{ j() }}{{ i }}{% endfor %}",
    "x\n",
    "x\n\n",
    "\n  x",
    "",
]
PARTS = {
    "part": "part of {{ name }}\n",
    "item": "[{{ i }}]",
    "v": "{{ v is defined }}",
    "macros": "{% macro hi(x) %}hi {{ x }}{% endmacro %}{% set const = 42 %}"
    "{% macro named() %}{{ name }}{% endmacro %}text",
    "base": "<title>{% block title %}base{% endblock %}</title>{% block body %}body{% endblock %}.",
    "middle": "{% extends 'base' %}{% block body %}[{{ super() }}]{% endblock %}",
    "demanding": "[{% block body required %}{% endblock %}]",
    "looped": "{% for i in items %}{% block row scoped %}-{% endblock %}{% endfor %}",
}


def theirs(source: str) -> str:
    environment = jinja2.Environment(autoescape=True, loader=jinja2.DictLoader(PARTS))
    return environment.from_string(source).render(CONTEXT)


def ours(source: str) -> str:
    environment = Environment(DictLoader(PARTS), undefined=LenientUndefined, dedent=False)
    return environment.from_string(source).render(CONTEXT)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expression_has_the_same_value(expression: str) -> None:
    source = "{{ " + expression + " }}"

    assert ours(source) == theirs(source)


@pytest.mark.parametrize("source", TEMPLATES)
def test_template_gives_the_same_text(source: str) -> None:
    assert ours(source) == theirs(source)


@pytest.mark.parametrize("source", TEMPLATES)
async def test_waiting_and_streaming_give_the_same_text(source: str) -> None:
    environment = Environment(DictLoader(PARTS), undefined=LenientUndefined, dedent=False)
    template = environment.from_string(source)

    assert await template.render_async(CONTEXT) == theirs(source)
    assert "".join(template.stream(CONTEXT, part=1)) == theirs(source)
