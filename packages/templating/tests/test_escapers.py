"""groundup_templating.escapers: a value stays a value."""

import json
import math
from datetime import date
from decimal import Decimal
from html import unescape
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import ContextError, Markup, TemplateError
from groundup_templating.escapers import BLOCKED_STYLE, ESCAPERS, dump_json
from groundup_templating.markup import Attributes, JSONText

NASTY = "</script><b a='1' \"&`=\\\n\u2028-->"
TEXT = st.text(max_size=30)
REFUSING = {"attribute_name", "attribute_name_strict", "name_part", "plain"}
# Another one always follows, or has come before.
INNER = {"style_url", "not_slash", "not_empty", "animation", "spaced"}


def escape(name: str, value: Any) -> str:
    return str(ESCAPERS[name](value))


@settings(deadline=None)
@given(st.sampled_from(sorted(set(ESCAPERS) - REFUSING - INNER)), TEXT)
def test_nothing_but_plain_lets_markup_through(name: str, value: str) -> None:
    written = escape(name, value)

    assert not set("<>") & set(written)
    if name not in {"script_value", "style_value"}:
        assert not set("\"'") & set(written) or written == '""'


@settings(deadline=None)
@given(TEXT)
def test_text_reads_back(value: str) -> None:
    for name in ("text", "quoted", "title", "comment"):
        assert (
            unescape(escape(name, value)) == unescape(unescape(escape(name, value))) or "&" in value
        )
    assert unescape(escape("quoted", value.replace("\r", ""))) == value.replace("\r", "")


@settings(deadline=None)
@given(TEXT)
def test_unquoted_has_no_character_that_ends_it(value: str) -> None:
    assert not set(" \t\n\r\f\"'`=<>\0") & set(escape("unquoted", value))


@settings(deadline=None)
@given(TEXT)
def test_comments_never_end(value: str) -> None:
    assert "-" not in escape("comment", value)


@pytest.mark.parametrize("value", ["", None.__class__, 3, 2.5, True, None, [1, "<"]])
def test_any_value_has_a_text(value: Any) -> None:
    assert escape("text", value) == str(value).replace("'", "&#39;").replace("<", "&lt;").replace(
        ">", "&gt;"
    )


def test_html_keeps_its_text_in_attributes_and_titles() -> None:
    html = Markup('a &amp; <b>"b"</b> & c')

    assert escape("text", html) == html
    assert escape("quoted", html) == "a &amp; &#34;b&#34; &amp; c"
    assert escape("title", html) == "a &amp; &lt;b&gt;&#34;b&#34;&lt;/b&gt; &amp; c"
    assert escape("unquoted", Markup("a b&lt;")) == "a&#32;b&#60;"


def test_empty_unquoted_values_do_not_swallow_the_next_attribute() -> None:
    assert escape("unquoted_whole", "") == '""'
    assert escape("unquoted_whole", "a") == "a"


def test_documents_are_escaped_once_more_by_the_attribute() -> None:
    assert escape("quoted", ESCAPERS["document"]("<b>")) == "&amp;lt;b&amp;gt;"
    assert escape("quoted", ESCAPERS["document"](Markup("<b>"))) == "&lt;b&gt;"


@pytest.mark.parametrize("name", ["selected", " checked", "a b\n c ", "data-x", "x:y", ""])
def test_harmless_names_may_stand_in_a_tag(name: str) -> None:
    assert escape("attribute_name", name) == name


@pytest.mark.parametrize(
    "name",
    ["onclick", "a ONclick", " href", "style", "srcdoc", "a=b", "a >", "1a", "a'", "a\tb", "é"],
)
def test_other_names_may_not(name: str) -> None:
    with pytest.raises(ContextError, match="harmless attribute"):
        escape("attribute_name", name)
    with pytest.raises(ContextError):
        escape("attribute_name", Markup("a=b"))


def test_whole_attributes_come_from_xmlattr_only() -> None:
    assert escape("attribute_name", Attributes(' a="b"')) == ' a="b"'


def test_parts_of_names_are_words() -> None:
    assert escape("name_part", "a-1") == "a-1"
    with pytest.raises(ContextError, match="letters"):
        escape("name_part", "a b")


def test_attributes_from_a_value_do_not_decide_about_a_tag_that_acts() -> None:
    harmless = Attributes.of({"width": 'width="1"', "id": 'id="a"'}, prefix=" ")

    assert escape("attribute_name_strict", harmless) == ' width="1" id="a"'
    assert escape("attribute_name_strict", "async") == "async"
    for name in ("src", "HREF", "content", "http-equiv", "rel", "type", "to"):
        with pytest.raises(ContextError, match="must be written out"):
            escape("attribute_name_strict", Attributes.of({name: f'{name}="x"'}, prefix=""))


JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(JSONS)
def test_values_of_scripts_read_back(value: Any) -> None:
    written = escape("script_value", value)

    assert json.loads(written) == value
    assert not set("<>&'\u2028\u2029") & set(written)


@settings(deadline=None)
@given(TEXT)
def test_strings_of_scripts_read_back(value: str) -> None:
    written = escape("script_string", value)

    assert json.loads(f'"{written}"') == value
    assert not set("<>&'\"`/\n\r\u2028${") & set(written)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (math.nan, "null"),
        (math.inf, "null"),
        (-1, " -1"),
        (date(2024, 5, 1), '"2024-05-01"'),
        (Decimal("1.10"), '"1.10"'),
        (UUID(int=0), '"00000000-0000-0000-0000-000000000000"'),
        (Markup("<b>"), '"\\u003cb\\u003e"'),
        ({1, 2}, "[1, 2]"),
        (MappingProxyType({"a": 1}), '{"a": 1}'),
        (JSONText("[1]"), "[1]"),
    ],
)
def test_more_values_of_scripts(value: Any, written: str) -> None:
    assert escape("script_value", value) == written


class Post:
    def __json__(self) -> dict[str, int]:
        return {"id": 1}


def test_an_object_may_say_what_it_is_as_json() -> None:
    assert dump_json([Post()]) == '[{"id": 1}]'


@pytest.mark.parametrize("value", [object(), [math.nan], b"x"])
def test_other_values_cannot_go_into_a_script(value: Any) -> None:
    with pytest.raises(TemplateError, match="must be JSON"):
        dump_json(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)

    with pytest.raises(TemplateError, match="must be JSON"):
        dump_json(value)


@pytest.mark.parametrize(
    "value", ["red", "#ff0", "10px", "1.5em", "50%", "a b, c", "-1", 3, "x !important"]
)
def test_words_and_numbers_of_styles(value: Any) -> None:
    assert escape("style_value", value) == str(value)


@pytest.mark.parametrize(
    "value",
    ["a;b", "a:b", "a}b", "expression(1)", "url(x)", "\\65", "a/*", "'", '"', "<", "@x", "--x"],
)
def test_other_styles_are_blocked(value: str) -> None:
    assert escape("style_value", value) == BLOCKED_STYLE


@settings(deadline=None)
@given(TEXT)
def test_strings_of_styles_never_end(value: str) -> None:
    written = escape("style_string", value)

    assert not set("'\"<>()\n;{}") & set(written)
    assert written.count("\\") == sum(
        not (c.isascii() and (c.isalnum() or c in " _.,-")) for c in value
    )


def test_every_escaper_takes_the_nasty_text() -> None:
    for name in set(ESCAPERS) - REFUSING - INNER:
        assert "</script" not in escape(name, NASTY)
