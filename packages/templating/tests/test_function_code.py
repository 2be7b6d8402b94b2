"""groundup_templating.function_code: functions, and the same as coroutines."""

import pytest

from groundup_templating import DictLoader, Environment, TemplateSyntaxError
from groundup_templating.function_code import MAX_LOOPS

SOURCE = (
    "{% macro m(x) %}{{ f(x) }}{% endmacro %}{% for i in x recursive %}{{ loop([]) }}{% endfor %}"
    "{% include 'p.html' %}{% block b %}{{ super() }}{% endblock %}"
    "{% set a %}{{ m(1) }}{% endset %}"
    "{% import 'p.html' as p %}{% for i in x %}{{ i }}{% endfor %}"
)


def python(source: str, *, waits: bool) -> str:
    environment = Environment(DictLoader({"p.html": ""}))
    template = environment.from_string(source)
    return template.unit(None, template.start, waits=waits).source


def test_a_template_that_does_not_wait_has_nothing_to_wait_for() -> None:
    code = python(SOURCE, waits=False)

    assert "await" not in code
    assert "async" not in code


def test_a_template_that_waits_waits_for_all_that_others_do() -> None:
    code = python(SOURCE, waits=True)

    assert "    def " not in code
    assert code.count("async def ") == 3
    for call in ("async_link.include", "async_link.block", "async_link.load_module", "pause"):
        assert f"await {call}(" in code
    for call in ("run.call(", "listed("):
        assert code.count(call) == code.count(f"await awaited({call}") + code.count(f"await {call}")


def test_it_pauses_where_text_is_written_and_not_where_a_value_is_made() -> None:
    assert python("{% for i in x %}{{ i }}{% endfor %}", waits=True).count("pause(") == 1
    assert "pause(" not in python("{% set a %}{% for i in x %}{% endfor %}{% endset %}", waits=True)


def test_loops_nest_as_deep_as_the_limit_in_coroutines_too() -> None:
    def nested(depth: int) -> str:
        return "{% for i in x %}" * depth + "{% endfor %}" * depth

    assert "await" in python(nested(MAX_LOOPS), waits=True)
    with pytest.raises(TemplateSyntaxError, match="nested at most"):
        python(nested(MAX_LOOPS + 1), waits=True)
