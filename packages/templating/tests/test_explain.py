"""groundup_templating.explain: every stage, shown."""

from groundup_templating import DictLoader, Environment, explain
from groundup_templating.explain import explain_template

SOURCE = """\
<ul>
  {% for u in us if u %}
    <li title="{{ u.t }}">{{ u.n | safe }}</li>
  {% else %}{# none #}
  {% endfor %}
</ul>{% block b %}{{ x }}{% endblock %}"""


def test_all_stages_are_there() -> None:
    explanation = explain(SOURCE, name="a.html")

    text = str(explanation)
    assert "for      u in us if u" in text
    assert "Print\n    Attribute name='t'" in text
    assert "line 3: {{ u.t }} in attribute title: quoted" in text
    assert "line 3: {{ u.n | safe }} in text: written as it is: | safe" in text
    assert "def root(run, names, out, blocks):" in text
    assert "def block(run, names, out, blocks, level):" in text


def test_every_kind_of_statement_is_shown() -> None:
    source = (
        "{% if a %}{{ b }}{% else %}{{ c }}{% endif %}{% with d = 1 %}{{ d }}{% endwith %}"
        "{% macro m() %}{{ e }}{% endmacro %}{% call m() %}{{ f }}{% endcall %}"
        "{% set g %}{{ h }}{% endset %}{% filter upper %}{{ i }}{% endfilter %}"
    )

    shown = [place.text[3] for place in explain(source).places]

    assert shown == ["b", "c", "d", "e", "f", "h", "i"]


def test_blocks_are_shown_in_the_place_that_they_have() -> None:
    (place,) = explain("<title>{% block t %}{{ x }}{% endblock %}</title>").places

    assert place.escapers == ("title",)


def test_a_template_that_extends_another_is_shown_as_it_is_written() -> None:
    environment = Environment(
        DictLoader({"a.html": "{% extends 'b.html' %}{% block c %}{{ x }}{% endblock %}"})
    )

    explanation = explain_template(environment.get_template("a.html"))

    assert "link.extend(run, 'b.html'" in explanation.python
    assert [place.escapers for place in explanation.places] == [("text",)]


def test_the_python_is_the_python_that_runs() -> None:
    template = Environment().from_string("{{ x }}")

    assert explain_template(template).python == template.unit(None, template.start).source


def test_each_line_of_tree_and_python_knows_its_line_of_the_template() -> None:
    found = explain(
        "<p>\n{{ a }}\n{% for x in b %}\n{{ x }}{% endfor %}{% block c %}\n{{ d }}{% endblock %}"
    )

    tree, python = found.tree.splitlines(), found.python.split("\n")
    assert len(found.tree_lines) == len(tree)
    assert len(found.python_lines) == len(python)
    by_text = {text.strip(): line for text, line in zip(tree, found.tree_lines, strict=True)}
    assert by_text["Name name='a'"] == 2
    assert by_text["Name name='b'"] == 3
    assert by_text["Name name='d'"] == 5
    lines = dict(zip(python, found.python_lines, strict=True))
    assert next(line for text, line in lines.items() if "run.each(" in text) == 3
