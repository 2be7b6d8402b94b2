"""groundup_templating.compiler: the Python that runs, and the lines it claims to be from."""

import traceback
from io import StringIO
from pathlib import Path
from pdb import Pdb
from typing import Any

import pytest

from groundup_templating import Environment, Template, TemplateSyntaxError
from groundup_templating.function_code import MAX_LOOPS


def render(source: str, **names: Any) -> str:
    return Template(source).render(**names)


def python(source: str) -> str:
    template = Template(source)
    return template.unit(None, template.start).source


def test_pieces_that_follow_each_other_are_handed_over_at_once() -> None:
    code = python("a{{ b }}c{{ d }}")

    assert code.count("extend((") == 1
    assert "append(" not in code.replace("out.append", "")


def test_loops_make_no_loop_variable_that_nobody_asks_for() -> None:
    assert "Loop(" not in python("{% for i in x %}{{ i }}{% endfor %}")
    assert "Loop(" in python("{% for i in x %}{{ loop.index }}{% endfor %}")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% set a = 1 %}{% if x %}{% set a = 2 %}{% endif %}{{ a }}", "2"),
        ("{% if not x %}{% set x = 3 %}{% endif %}{{ x }}", "1"),
        ("{% for i in [1, 2] %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}", "231"),
        ("{% for x in [5] %}{{ x }}{% endfor %}{{ x }}", "51"),
        ("{% for x in [x, x] %}{{ x }}{% endfor %}", "11"),
        (
            (
                "{% with x = x + 1 %}{{ x }}{% with x = x + 1 %}{{ x }}{% endwith %}"
                "{% endwith %}{{ x }}"
            ),
            "231",
        ),
        ("{% with a = 1, b = a %}{{ b }}{% endwith %}", "9"),
        ("{% set b = 1 %}{% set b = b + 1 %}{{ b }}", "2"),
        ("{% set c %}{% set x = 7 %}{{ x }}{% endset %}{{ c }}{{ x }}", "71"),
        ("{% macro m(x) %}{% set x = x ~ '!' %}{{ x }}{% endmacro %}{{ m(2) }}{{ x }}", "2!1"),
        (
            (
                "{% for i in [1, 2] %}{% if i == 2 %}{% set y = i %}{% endif %}"
                "{{ y|default('-') }}{% endfor %}"
            ),
            "-2",
        ),
        (
            (
                "{% for i in [3] if i > x %}{% for j in [i] if j > x %}{{ i }}{{ j }}"
                "{% endfor %}{% endfor %}"
            ),
            "33",
        ),
        ("{% set f = [] %}{% for i in f %}{% else %}{% set z = 4 %}{{ z }}{% endfor %}", "4"),
        ("{% block b %}{% set x = 5 %}{{ x }}{% endblock %}{{ x }}", "51"),
        ("{% for i in [1, 2] %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}", "12"),
        ("{% filter upper %}{% for i in 'ab' %}{{ i }}{% endfor %}{% endfilter %}", "AB"),
    ],
)
def test_scopes(source: str, text: str) -> None:
    assert render(source, x=1, a=9) == text


def test_names_that_mean_something_in_python_are_just_names() -> None:
    names = [
        "class",
        "def",
        "import",
        "lambda",
        "str",
        "print",
        "None_",
        "out",
        "run",
        "v_x",
        "self",
    ]
    source = "".join("{{ " + name + " }}" for name in names)

    assert render(source, **dict.fromkeys(names, "1")) == "1" * len(names)


def nested_loops(depth: int) -> str:
    return "{% for i in x %}" * depth + "a" + "{% endfor %}" * depth


def test_loops_nest_as_deep_as_the_limit() -> None:
    assert render(nested_loops(MAX_LOOPS), x=[1]) == "a"
    with pytest.raises(TemplateSyntaxError, match="at most 15 deep"):
        Template(nested_loops(MAX_LOOPS + 1))


def test_the_deepest_nesting_of_everything_compiles() -> None:
    source = "{% if x %}{% with a = 1 %}" * 17 + nested_loops(15) + "{% endwith %}{% endif %}" * 17

    assert render(source, x=[1]) == "a"


def broken() -> None:
    raise RuntimeError("inside")


PAGE = "<p>\n{% for i in x %}\n  {{ i }}\n  {{ broken() }}\n{% endfor %}"


def test_a_traceback_shows_the_line_of_a_template_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")

    with pytest.raises(RuntimeError) as caught:
        Environment(str(tmp_path)).render("page.html", {"x": [1], "broken": broken})

    text = "".join(traceback.format_exception(caught.value))
    assert f'File "{path.resolve()}", line 4' in text
    assert "{{ broken() }}" in text
    assert caught.value.__notes__ == ["in template page.html, line 4: {{ broken() }}"]


def test_a_traceback_shows_the_line_of_a_template_from_a_text() -> None:
    with pytest.raises(RuntimeError) as caught:
        render(PAGE, x=[1], broken=broken)

    text = "".join(traceback.format_exception(caught.value))
    assert 'File "<template <template>>", line 4' in text
    assert "    {{ broken() }}" in text


def test_a_debugger_shows_the_line_of_a_template() -> None:
    with pytest.raises(RuntimeError) as caught:
        render(PAGE, x=[1], broken=broken)
    shown = StringIO()
    debugger = Pdb(stdin=StringIO("up\nup\nlist\nquit\n"), stdout=shown, readrc=False)
    debugger.use_rawinput = False

    debugger.reset()
    debugger.interaction(None, caught.tb)

    assert "<template <template>>(4)root()\n-> {{ broken() }}" in shown.getvalue()
    assert "4  ->\t  {{ broken() }}" in shown.getvalue()
    assert "{% endfor %}" in shown.getvalue()


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("a\n\n{{ x.y }}", 3, 4),
        ("{{ a }}{{ b }}{{ x.y }}", 1, 18),
        ("{% if x.y %}{% endif %}", 1, 9),
        ("\n{% for i in x.y %}{% endfor %}", 2, 1),
        ("{{ a }}\n{% set z = x.y ~ '' %}", 2, 1),
        ("{% macro m() %}\n {{ x.y }}{% endmacro %}\n{{ m() }}", 2, 5),
        ("é {{ x.y }}", 1, 6),
    ],
)
def test_an_error_knows_the_line_and_column_of_its_tag(source: str, line: int, column: int) -> None:
    with pytest.raises(ValueError, match="int has no 'y'") as caught:
        render(source, x=1, a=1, b=2)

    assert (caught.value.line, caught.value.column) == (line, column)  # type: ignore[attr-defined]  # a TemplateError
