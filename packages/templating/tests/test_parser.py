"""groundup_templating.parser: tags, their bodies and their ends."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import Template, TemplateError, TemplateSyntaxError
from groundup_templating.heads import MAX_PARAMETERS
from groundup_templating.parser import parse
from groundup_templating.statements import Block, Extends, For, If, Print, Text


def test_the_tree_of_a_template() -> None:
    tree = parse("a{{ b }}{% if c %}d{% endif %}{% block e %}f{% endblock %}")

    assert [type(statement) for statement in tree.body] == [Text, Print, If, Block]
    assert list(tree.blocks) == ["e"]
    assert tree.extends is None


def test_branches_and_else() -> None:
    (statement,) = parse("{% if a %}1{% elif b %}2{% elif c %}3{% else %}4{% endif %}").body

    assert isinstance(statement, If)
    assert len(statement.branches) == 3
    assert len(statement.otherwise) == 1


def test_a_loop_with_everything() -> None:
    (statement,) = parse("{% for a, (b, c) in d if e recursive %}1{% else %}2{% endfor %}").body

    assert isinstance(statement, For)
    assert statement.condition is not None
    assert statement.recursive
    assert statement.otherwise


def test_ends_may_repeat_the_name() -> None:
    assert parse("{% block a %}{% endblock a %}{% macro b() %}{% endmacro b %}").blocks


def test_a_parent_is_noted() -> None:
    assert isinstance(parse("{% extends 'a' %}").extends, Extends)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% esle %}", "unknown tag 'esle': did you mean 'else'"),
        ("{% if %}{% endif %}", "expected an expression"),
        ("{% if a %}", "{% if %} must be closed by {% endif %}"),
        ("{% if a %}{% endfor %}", "{% endfor %} cannot stand here: 'if' is open"),
        ("{% for a in b %}{% if c %}{% endfor %}{% endif %}", "'if' is open"),
        ("{% endif %}", "nothing is open that {% endif %}"),
        ("{% else %}", "nothing is open that {% else %}"),
        ("{% if a %}{% else %}{% else %}{% endif %}", "{% else %} cannot stand here"),
        ("{% if a %}{% else b %}{% endif %}", "expected the end of the tag, got 'b'"),
        ("{% if a b %}{% endif %}", "expected the end of the tag, got 'b'"),
        ("{% for a %}{% endfor %}", "expected 'in'"),
        ("{% for in b %}{% endfor %}", "'in' is a word of the language"),
        ("{% for 1 in b %}{% endfor %}", "expected a name, got '1'"),
        ("{% for a in b c %}{% endfor %}", "expected the end of the tag, got 'c'"),
        ("{% for (a in b %}{% endfor %}", "got '%'|expected|nothing"),
        ("{% set 1 = 2 %}", "expected a name"),
        ("{% set a = %}", "expected an expression"),
        ("{% set a.b.c = 1 %}", "expected '=', got '.'"),
        ("{% set a %}", "{% set %} must be closed by {% endset %}"),
        ("{% with a %}{% endwith %}", "expected '='"),
        ("{% with a = 1 b = 2 %}{% endwith %}", "expected ','"),
        ("{% block %}{% endblock %}", "expected a name"),
        ("{% block a %}{% endblock b %}", "expected the end of the tag, got 'b'"),
        ("{% block a %}{% endblock %}{% block a %}{% endblock %}", "block 'a' is defined twice"),
        ("{% if a %}{% extends 'b' %}{% endif %}", "must stand outside of all blocks, 'if'"),
        ("{% extends 'a' %}{% extends 'b' %}", "can extend only one other"),
        ("{% macro a %}{% endmacro %}", "expected '\\('"),
        ("{% macro a(b, b) %}{% endmacro %}", "'b' is there twice"),
        ("{% macro a(b c) %}{% endmacro %}", "expected ','"),
        ("{% macro true() %}{% endmacro %}", "is a word of the language"),
        ("{% call a %}{% endcall %}", "needs a macro and its arguments"),
        ("{% filter %}{% endfilter %}", "expected a name"),
        ("{% import 'a' %}", "expected 'as'"),
        ("{% from 'a' %}", "expected 'import'"),
        ("{% from 'a' import %}", "expected a name"),
        ("{% include 'a' ignore %}", "expected 'missing'"),
        ("{% include 'a' with %}", "expected 'context'"),
        ("{% raw x %}{% endraw %}", "expected the end of the tag"),
        ("{{ a }}{{ b c }}", "expected the end of the tag, got 'c'"),
        ("{% do x %}", "unknown tag 'do'"),
    ],
)
def test_refusals(source: str, message: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=message.replace("{%", r"\{%")):
        parse(source)


def test_errors_point_at_the_tag_that_is_wrong() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        Template("a\n{% if b %}\n  {% for c in d %}\n{% endif %}")

    assert (caught.value.line, caught.value.column) == (4, 1)


def test_macros_have_at_most_so_many_parameters() -> None:
    def make(count: int) -> str:
        names = ", ".join(f"p{number}" for number in range(count))
        return "{% macro m(" + names + ") %}{{ p0 }}{% endmacro %}{{ m(1) }}"

    assert Template(make(MAX_PARAMETERS)).render() == "1"
    with pytest.raises(TemplateSyntaxError, match="at most 50 parameters"):
        parse(make(MAX_PARAMETERS + 1))


def test_targets_nest_only_so_deep() -> None:
    with pytest.raises(TemplateSyntaxError, match="fewer names"):
        parse("{% for " + "(" * 60 + "a" + ")" * 60 + " in b %}{% endfor %}")


TAGS = st.sampled_from(
    [
        "a",
        "\n  ",
        "{{ x }}",
        "{% if x %}",
        "{% elif x %}",
        "{% else %}",
        "{% endif %}",
        "{% for i in y %}",
        "{% endfor %}",
        "{% set z = 1 %}",
        "{% set z %}",
        "{% endset %}",
        "{% macro m(a) %}",
        "{% endmacro %}",
        "{{ m(1) }}",
        "{% block b %}",
        "{% endblock %}",
        "{% with q = 1 %}",
        "{% endwith %}",
        "{% filter upper %}",
        "{% endfilter %}",
        "<b>",
        "{% raw %}",
        "{% endraw %}",
        "{# c #}",
        "{{ loop.index }}",
        "{% call m(2) %}",
        "{% endcall %}",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TAGS, max_size=10))
def test_any_tags_render_or_are_refused(tags: list[str]) -> None:
    try:
        text = Template("".join(tags)).render(x=1, y=[1, 2])
    except TemplateError as error:
        assert error.line is not None  # noqa: PT017 - either way is right
    else:
        assert "{%" not in text or "{% raw %}" in tags
