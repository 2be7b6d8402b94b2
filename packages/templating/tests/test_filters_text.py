"""groundup_templating.filters_text: texts and numbers (most are compared in test_jinja2)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from groundup_templating import LimitError, Markup, Template, TemplateError
from groundup_templating.filters_text import MAX_WIDTH

NAMES: dict[str, Any] = {
    "m": Markup("<b>a &amp; b</b>"),
    "day": date(2024, 5, 17),
    "moment": datetime(2024, 5, 17, 13, 5, tzinfo=UTC),
}


def render(expression: str) -> str:
    return Template("{{ " + expression + " }}").render(NAMES)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'ÄB'|lowercase", "äb"),
        ("'äb'|uppercase", "ÄB"),
        ("m|lower", "<b>a &amp; b</b>"),
        ("m|upper", "<B>A &AMP; B</B>"),
        ("m|capitalize", "<b>a &amp; b</b>"),
        ("m|title", "<B>a &amp; B</b>"),
        ("m|trim", "<b>a &amp; b</b>"),
        ("m|center(20)", "  <b>a &amp; b</b>  "),
        ("m|indent", "<b>a &amp; b</b>"),
        ("m|replace('a', '<')", "<b>&lt; &&lt;mp; b</b>"),
        ("'a<'|replace('a', m)", "<b>a &amp; b</b>&lt;"),
        ("m|truncate(8, true)", "<b>a ..."),
        ("'a'|indent('> ', first=true)", "&gt; a"),
        ("'Ünï cödé!'|slug", "uni-code"),
        ("'  '|slug", ""),
        ("2.5|round", "2.0"),
        ("-2.5|round(method='floor')", "-3.0"),
        ("-2.5|round(method='ceil')", "-2.0"),
        ("'x'|int", "0"),
        ("none|int(3)", "3"),
        ("none|float(1.5)", "1.5"),
        ("'1e400'|int(4)", "4"),
        ("1024|filesizeformat(true)", "1.0 KiB"),
        ("999999999999999999999999999|filesizeformat", "1000.0 YB"),
        ("1|pluralize", ""),
        ("2|pluralize", "s"),
        ("[1]|pluralize", ""),
        ("0|pluralize('y,ies')", "ies"),
        ("day|date", "2024-05-17"),
        ("day|date('%d.%m.%Y')", "17.05.2024"),
        ("moment|datetime", "2024-05-17 13:05"),
        ("true|yesno", "yes"),
        ("0|yesno('ja,nein')", "nein"),
        ("''|default('x', true)", "x"),
        ("0|default('x')", "0"),
        ("'a%s'|format('<')", "a&lt;"),
        ("'long word'|wordwrap(4)", "long\nword"),
        ("'longword'|wordwrap(4, false)", "longword"),
        ("''|wordwrap(0)", ""),
    ],
)
def test_filters(expression: str, text: str) -> None:
    assert render(expression) == text


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("'a b c d e f g'|truncate(1)", "at least that of the end"),
        ("1|round(method='up')", "knows common, ceil and floor, got 'up'"),
        ("3|date", "needs a date or time, got 3"),
        ("day|datetime", "needs a date with time"),
        ("'%s'|format(1, a=2)", "values or names, not both"),
    ],
)
def test_refusals(expression: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        render(expression)


def test_widths_have_a_limit() -> None:
    assert len(render(f"'x'|center({MAX_WIDTH})")) == MAX_WIDTH
    for expression in (f"'x'|center({MAX_WIDTH + 1})", f"'x'|indent({MAX_WIDTH + 1})"):
        with pytest.raises(LimitError, match="at most 100000"):
            render(expression)
    with pytest.raises(LimitError, match="at most"):
        Template("{{ x|indent(100000) }}").render(x="a\n" * 1000)
