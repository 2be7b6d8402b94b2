"""groundup_templating.words: one word after the other."""

import pytest

from groundup_templating import TemplateSyntaxError
from groundup_templating.tokens import Kind, Token
from groundup_templating.words import RESERVED, Words

NAME, PLUS = Token(Kind.NAME, "a", 0), Token(Kind.OPERATOR, "+", 2)
TEXT, END = Token(Kind.STRING, "+", 4), Token(Kind.END, "", 8)


def make() -> Words:
    return Words([NAME, PLUS, TEXT, END])


def test_words_are_taken_in_order_and_the_end_stays() -> None:
    words = make()

    assert [words.take() for _ in range(5)] == [NAME, PLUS, TEXT, END, END]
    assert words.at_end


def test_a_string_is_never_taken_for_an_operator() -> None:
    words = make()
    words.take()

    assert words.accept("+")
    assert not words.accept("+")


def test_what_is_expected_must_come() -> None:
    words = make()

    assert words.expect("a") is NAME
    with pytest.raises(TemplateSyntaxError, match=r"expected '-', got '\+'") as caught:
        words.expect("-")
    assert caught.value.at == 2
    with pytest.raises(TemplateSyntaxError, match="expected the end of the tag"):
        words.expect_end()
    with pytest.raises(TemplateSyntaxError, match="expected a name"):
        words.take_name()


def test_the_end_is_named_as_such() -> None:
    with pytest.raises(TemplateSyntaxError, match="got the end of the tag"):
        Words([END]).take_name()


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_words_of_the_language_are_no_names(word: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="is a word of the language"):
        Words([Token(Kind.NAME, word, 0), END]).take_name()
