"""groundup_templating.errors: where it happened, shown."""

import pytest

from groundup_templating import (
    ContextError,
    LimitError,
    SandboxError,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from groundup_templating.errors import line_and_column, shorten, suggest


@pytest.mark.parametrize(
    "kind",
    [TemplateSyntaxError, TemplateNotFound, UndefinedError, SandboxError, LimitError, ContextError],
)
def test_every_error_is_a_template_error_and_a_value_error(kind: type[TemplateError]) -> None:
    assert issubclass(kind, TemplateError)
    assert issubclass(kind, ValueError)


def test_a_missing_template_is_also_a_lookup_error() -> None:
    assert issubclass(TemplateNotFound, LookupError)


def test_message_shows_the_line_and_a_caret_under_the_place() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        Template("<p>\n  {{ name | lowercsae }}\n</p>", name="page.html")

    assert str(caught.value) == (
        "page.html, line 2, column 13: unknown filter 'lowercsae': "
        "did you mean 'lowercase' or 'lower'?\n"
        "      {{ name | lowercsae }}\n"
        "                ^"
    )
    assert (caught.value.name, caught.value.line, caught.value.column) == ("page.html", 2, 13)


def test_caret_stands_right_in_a_very_long_line() -> None:
    source = "x" * 5000 + "{{ 1 + }}" + "y" * 5000

    with pytest.raises(TemplateSyntaxError) as caught:
        Template(source)

    _, shown, caret = str(caught.value).split("\n")
    assert len(shown) < 200
    assert shown[len(caret) - 1 :].startswith("}}")


def test_tabs_do_not_move_the_caret() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        Template("\t\t{{ + }}")

    _, shown, caret = str(caught.value).split("\n")
    assert shown[len(caret) - 1] == "}"


def test_an_error_without_a_place_is_its_message() -> None:
    assert str(TemplateError("no")) == "no"
    assert str(TemplateError("no").place("a.html", "x")) == "a.html: no"


def test_a_known_place_is_kept() -> None:
    error = TemplateError("no", at=0).place("inner.html", "x")

    assert error.place("outer.html", "y", at=0).name == "inner.html"


@pytest.mark.parametrize(
    ("offset", "place"), [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (4, (3, 1)), (5, (3, 2))]
)
def test_lines_and_columns_count_from_one(offset: int, place: tuple[int, int]) -> None:
    assert line_and_column("ab\n\ncd", offset) == place


def test_suggestions_name_only_what_is_near() -> None:
    assert suggest("nmae", ["name", "other"]) == ": did you mean 'name'?"
    assert suggest("zzz", ["name", 3]) == ""


def test_values_are_cut_in_messages() -> None:
    assert len(shorten("x" * 1000)) == 40
