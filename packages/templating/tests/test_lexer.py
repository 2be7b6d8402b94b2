"""groundup_templating.lexer: text, tags and words."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import TemplateSyntaxError
from groundup_templating.lexer import MAX_DIGITS, MAX_SOURCE, split
from groundup_templating.tokens import Comment, Kind, Output, Tag, Text


def words(source: str) -> list[str]:
    (output,) = split(source)
    assert isinstance(output, Output)
    assert output.tokens[-1].kind is Kind.END
    return [token.value for token in output.tokens[:-1]]


def test_a_template_is_cut_at_its_tags() -> None:
    segments = split("a{{ b }}c{% if d %}e{# f #}g")

    kinds = [Text, Output, Text, Tag, Text, Comment, Text]
    assert [type(segment) for segment in segments] == kinds
    assert [segment.at for segment in segments] == [0, 1, 8, 9, 19, 20, 27]


@pytest.mark.parametrize("text", ["", "plain", "{ {", "}}", "%}", "{", "a { b } c", "#}"])
def test_text_without_tags_stays_whole(text: str) -> None:
    assert [segment.text for segment in split(text) if isinstance(segment, Text)] == [text][
        : len(text)
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("{{a}}", ["a"], id="tight"),
        pytest.param("{{ a.b[1] }}", ["a", ".", "b", "[", "1", "]"], id="postfix"),
        pytest.param("{{ a//b**c }}", ["a", "//", "b", "**", "c"], id="long-operators"),
        pytest.param("{{ a<=b }}", ["a", "<=", "b"], id="comparison"),
        pytest.param("{{ 1.5e3 + 2 }}", ["1.5e3", "+", "2"], id="float"),
        pytest.param("{{ x.0 }}", ["x", ".", "0"], id="number-after-dot"),
        pytest.param('{{ "}}" }}', ["}}"], id="braces-in-string"),
        pytest.param("{{ '%}' }}", ["%}"], id="tag-end-in-string"),
        pytest.param(r"{{ 'it\'s' }}", ["it's"], id="escaped-quote"),
        pytest.param(r"{{ '\n\t\\\x41\u00e9\q' }}", ["\n\t\\Aé\\q"], id="escapes"),
        pytest.param('{{ {"a": {}} }}', ["{", "a", ":", "{", "}", "}"], id="nested-dict"),
        pytest.param("{{ a\n  + b }}", ["a", "+", "b"], id="lines"),
        pytest.param("{{ über }}", ["über"], id="unicode"),
        pytest.param("{{ a - b -}}", ["a", "-", "b"], id="minus-and-dash"),
    ],
)
def test_an_expression_is_cut_into_words(source: str, expected: list[str]) -> None:
    assert words(source) == expected


def test_names_are_normalized_as_python_does() -> None:
    assert words("{{ \uff43lass_ }}") == ["class_"]


@pytest.mark.parametrize("name", ["㈠", "a㈠", "⅓x"])
def test_a_name_never_turns_into_other_code(name: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        split("{{ " + name + " }}")


def test_dashes_are_noted() -> None:
    segments = split("{{- a -}}{%- if b %}{#- c -#}{%+ if d -%}")

    marks = [(s.trim_left, s.trim_right) for s in segments if not isinstance(s, Text)]
    assert marks == [(True, True), (True, False), (True, True), (False, True)]


def test_raw_hands_everything_through() -> None:
    segments = split("{% raw %}{{ a }}{% if %}{#{% endraw %}b")

    assert [s.text for s in segments if isinstance(s, Text)] == ["{{ a }}{% if %}{#", "b"]


@pytest.mark.parametrize(
    ("source", "message", "at"),
    [
        pytest.param("ab{{ c", "closed by '}}', got the end", 2, id="output"),
        pytest.param("{% if a", "closed by '%}', got the end", 0, id="tag"),
        pytest.param("{% if a }}", "nothing is open that '}'", 8, id="wrong-end"),
        pytest.param("{# a", "closed by #}", 0, id="comment"),
        pytest.param("{% raw %}a", "closed by {% endraw %}", 0, id="raw"),
        pytest.param("{{ 'a }}", "closed by the quote", 3, id="string"),
        pytest.param("{{ a ? b }}", "cannot hold '?'", 5, id="character"),
        pytest.param("{{ a $ }}", "cannot hold '\\$'", 5, id="dollar"),
        pytest.param("{{ (a] }}", "nothing is open that '\\]'", 5, id="crossed"),
        pytest.param("{{ a) }}", "nothing is open that '\\)'", 4, id="closing"),
        pytest.param("{{ (a }}", "nothing is open", 6, id="unclosed-bracket"),
        pytest.param("{% %}", "must begin with its name", 0, id="empty-tag"),
        pytest.param("{% 'a' %}", "must begin with its name", 0, id="string-tag"),
        pytest.param("{{ " + "9" * (MAX_DIGITS + 1) + " }}", "at most 100 digits", 3, id="digits"),
    ],
)
def test_refuses_what_is_not_the_language(source: str, message: str, at: int) -> None:
    with pytest.raises(TemplateSyntaxError, match=message) as caught:
        split(source)

    assert caught.value.at == at


def test_a_number_may_have_as_many_digits_as_the_limit() -> None:
    assert words("{{ " + "9" * MAX_DIGITS + " }}") == ["9" * MAX_DIGITS]


def test_a_template_may_be_as_long_as_the_limit() -> None:
    assert len(split("x" * MAX_SOURCE)) == 1
    with pytest.raises(TemplateSyntaxError, match="at most 1048576 characters, got 1048577"):
        split("x" * (MAX_SOURCE + 1))


@pytest.mark.parametrize(
    "piece", ["{{ a }}", "{# #}", "{% if %}", "{", "{{ '", "{{ (", "x{% raw %}"]
)
def test_long_templates_take_linear_time(piece: str) -> None:
    source = piece * (100_000 // len(piece))

    with suppress(TemplateSyntaxError):
        split(source)


@pytest.mark.parametrize(
    ("piece", "message"),
    [
        pytest.param("{{ ", "brackets must be nested at most", id="outputs"),
        pytest.param("(", "brackets must be nested at most", id="round"),
        pytest.param("[", "brackets must be nested at most", id="square"),
        pytest.param("{", "brackets must be nested at most", id="curly"),
        pytest.param("([{", "brackets must be nested at most", id="mixed"),
        pytest.param(")", "nothing is open", id="closing"),
    ],
)
def test_a_megabyte_of_brackets_is_refused(piece: str, message: str) -> None:
    source = "{{ x" + piece * ((MAX_SOURCE - 4) // len(piece))

    with pytest.raises(TemplateSyntaxError, match=message):
        split(source)


@settings(max_examples=200, deadline=None)
@given(st.text("{}%#-+ab '\"\\\n.([1|", max_size=40))
def test_any_text_is_cut_or_refused(source: str) -> None:
    try:
        segments = split(source)
    except TemplateSyntaxError:
        return
    texts = [s.text for s in segments if isinstance(s, Text)]
    assert all(text in source for text in texts)
