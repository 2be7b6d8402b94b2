"""groundup_templating.layout: lines that vanish, bodies that move, dashes that eat."""

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import DictLoader, Environment, Template, TemplateSyntaxError
from groundup_templating.layout import MAX_NESTING


def render(source: str, **names: object) -> str:
    return Template(dedent(source)).render({"yes": True, "items": [1, 2], **names})


def test_the_example_of_the_module() -> None:
    source = """\
        <ul>
          {% for item in items %}
            <li>{{ item }}</li>
          {% endfor %}
        </ul>
        """

    assert render(source) == "<ul>\n  <li>1</li>\n  <li>2</li>\n</ul>"


def test_nested_bodies_move_by_all_their_tags() -> None:
    source = """\
        {% for item in items %}
          {% if yes %}
            <b>
              {{ item }}
            </b>
          {% else %}
            none
          {% endif %}
        {% endfor %}
        """

    assert render(source) == "<b>\n  1\n</b>\n<b>\n  2\n</b>"


def test_bodies_that_are_not_indented_stay() -> None:
    assert render("{% if yes %}\na\n  b\n{% endif %}\nc") == "a\n  b\nc"


def test_a_body_moves_as_a_whole() -> None:
    assert render("{% if yes %}\n    a\n  b\n{% endif %}") == "  a\nb\n"


def test_lines_with_text_keep_their_break() -> None:
    assert render("x\n  a {% if yes %}b{% endif %}\n  c\n") == "x\n  a b\n  c"


def test_a_tag_with_text_on_its_line_moves_nothing() -> None:
    assert render("x {% if yes %}\n    a\n{% endif %}") == "x \n    a\n"


def test_several_tags_on_one_line_leave_nothing() -> None:
    assert render("a\n  {% set x = 1 %}{% set y = 2 %}  \nb{{ x }}{{ y }}") == "a\nb12"


def test_comments_on_lines_of_their_own_vanish() -> None:
    assert render("a\n  {# note #}\nb") == "a\nb"


def test_a_comment_does_not_hold_a_body_back() -> None:
    assert render("{% if yes %}\n{# note #}\n  a\n{% endif %}") == "a\n"


def test_outputs_and_includes_keep_their_line() -> None:
    assert render("a\n{{ '' }}\nb") == "a\n\nb"


def test_blank_lines_of_a_body_stay() -> None:
    assert render("{% if yes %}\n  a\n\n  b\n{% endif %}") == "a\n\nb\n"


def test_one_line_break_at_the_end_is_not_part_of_the_text() -> None:
    assert Template("a\n").render() == "a"
    assert Template("a\r\n").render() == "a"
    assert Template("a\n\n").render() == "a\n"
    assert Template("a\n\r\n").render() == "a\n"


def test_a_last_line_that_vanishes_takes_the_break_before_it_along() -> None:
    assert Template("a\n{% if x %}\n  b\n{% endif %}\n").render(x=True) == "a\nb"
    assert Template("a\n{% if x %}\n  b\n{% endif %}\n").render(x=False) == "a"
    assert Template("a\n{# c #}\n").render() == "a"
    assert Template("a\n{% if 1 %}\n  b\n{% endif %}").render() == "a\nb\n"
    assert Template("a\n{{ 1 }}{% if 1 %}{% endif %}\n").render() == "a\n1"


def test_an_included_text_leaves_no_line_behind() -> None:
    templates = {
        "p.html": "a\n{% include 'i.html' %}\nb\n",
        "i.html": "{% if 1 %}\n  c\n{% endif %}\n",
    }

    assert Environment(DictLoader(templates)).render("p.html") == "a\nc\nb"


def test_a_macro_ends_without_the_break_before_its_end() -> None:
    source = """\
        {% macro cell(x) %}
          <td>{{ x }}</td>
        {% endmacro %}
        {% set title %}
          Hi
        {% endset %}
        <tr>{{ cell(1) }}</tr>{{ title }}.
        """

    assert render(source) == "<tr><td>1</td></tr>Hi."


def test_dashes_eat_all_space_on_their_side() -> None:
    assert render("a \n {{- 1 -}} \n b {#- c -#} d {%- if yes -%} e {%- endif %}") == "a1bde"


def test_raw_keeps_tags_as_text() -> None:
    assert render("{% raw %}\n  {{ x }}\n{% endraw %}\nb") == "{{ x }}\nb"


def test_tabs_move_like_spaces() -> None:
    assert Template("\t{% if 1 %}\n\t\ta\n\t{% endif %}").render() == "\ta\n"


def test_windows_line_breaks_stay() -> None:
    assert render("{% if yes %}\r\n  a\r\n{% endif %}\r\nb") == "a\r\nb"


def test_the_environment_can_leave_all_as_it_is() -> None:
    template = Environment(dedent=False).from_string("{% if 1 %}\n  a\n{% endif %}\n")

    assert template.render() == "\n  a\n"


def test_blocks_nest_as_deep_as_the_limit() -> None:
    def nested(depth: int) -> str:
        return "{% if yes %}" * depth + "x" + "{% endif %}" * depth

    assert render(nested(MAX_NESTING)) == "x"
    with pytest.raises(TemplateSyntaxError, match="at most 50 deep"):
        render(nested(MAX_NESTING + 1))
    with pytest.raises(TemplateSyntaxError, match="nested at most 50 deep"):
        render("{% if x %}" * 100_000)  # a megabyte


def test_crossed_tags_are_the_error_of_the_parser() -> None:
    with pytest.raises(TemplateSyntaxError, match="'for' is open"):
        render("{% for a in items %}{% endif %}{% endfor %}")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["a", "  b", "    c", "", "{{ 1 }}", "  {# x #}"]), max_size=8))
def test_no_visible_character_is_ever_lost(lines: list[str]) -> None:
    body = "\n".join(lines)
    source = "  {% if yes %}\n" + body + "\n  {% endif %}\n"

    plain = "".join(body.replace("{# x #}", "").replace("{{ 1 }}", "1").split())
    assert "".join(Template(source).render(yes=True).split()) == plain
