"""groundup_templating.heads: the parts that only tags have."""

import pytest

from groundup_templating import TemplateSyntaxError
from groundup_templating.heads import TagWords
from groundup_templating.lexer import split
from groundup_templating.nodes import Name, TupleDisplay
from groundup_templating.tokens import Tag


def words(text: str) -> TagWords:
    (tag,) = split("{% x " + text + " %}")
    assert isinstance(tag, Tag)
    return TagWords(tag.tokens)


def test_one_target_is_a_name_and_more_are_a_tuple() -> None:
    assert isinstance(words("a in").parse_targets(), Name)
    target = words("a, (b, c), in").parse_targets()

    assert isinstance(target, TupleDisplay)
    assert [type(value) for value in target.values] == [Name, TupleDisplay]


def test_parameters_may_have_defaults() -> None:
    found = words("(a, b=1, c='x')")
    found.expect("(")
    parameters = found.parse_parameters()

    assert [parameter.name for parameter in parameters] == ["a", "b", "c"]
    assert [parameter.default is None for parameter in parameters] == [True, False, False]


def test_filters_follow_each_other() -> None:
    assert [node.name for node in words("a|b(1)|c.d").parse_filters()] == ["a", "b", "c.d"]


@pytest.mark.parametrize(
    ("text", "default", "found"),
    [
        ("", True, True),
        ("", False, False),
        ("with context", False, True),
        ("without context", True, False),
    ],
)
def test_context_is_given_or_not(text: str, default: bool, found: bool) -> None:
    assert words(text).parse_context(default=default) is found


def test_nothing_follows_the_context() -> None:
    with pytest.raises(TemplateSyntaxError, match="the end of the tag"):
        words("with context x").parse_context(default=True)
