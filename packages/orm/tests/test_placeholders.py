"""groundup_orm.placeholders: a question mark is a parameter only where the database sees code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_orm import ProgrammingError
from groundup_orm.placeholders import number_placeholders, split_statements, tokens


@pytest.mark.parametrize(
    ("sql", "numbered", "count"),
    [
        pytest.param("SELECT ?", "SELECT $1", 1, id="one"),
        pytest.param("a = ? AND b = ?", "a = $1 AND b = $2", 2, id="two"),
        pytest.param("SELECT '?'", "SELECT '?'", 0, id="string"),
        pytest.param("SELECT 'it''s ?'", "SELECT 'it''s ?'", 0, id="doubled-quote"),
        pytest.param(r"SELECT E'\'?'", r"SELECT E'\'?'", 0, id="escape-string"),
        pytest.param(r"SELECT '\', ?", r"SELECT '\', $1", 1, id="backslash-ends-plain-string"),
        pytest.param('SELECT "a?""b"', 'SELECT "a?""b"', 0, id="name"),
        pytest.param("SELECT 1 -- ?\n, ?", "SELECT 1 -- ?\n, $1", 1, id="line-comment"),
        pytest.param("/* ? /* ? */ ? */ ?", "/* ? /* ? */ ? */ $1", 1, id="nested-comment"),
        pytest.param("SELECT $$?$$, ?", "SELECT $$?$$, $1", 1, id="dollar-quote"),
        pytest.param("SELECT $a$ $$?$$ $a$, ?", "SELECT $a$ $$?$$ $a$, $1", 1, id="tagged"),
        pytest.param("a ?? 'b' AND c = ?", "a ? 'b' AND c = $1", 1, id="operator"),
        pytest.param("a - ? / ?", "a - $1 / $2", 2, id="minus-and-slash"),
        pytest.param("SELECT 'e' , ?", "SELECT 'e' , $1", 1, id="letter-e"),
    ],
)
def test_numbers_what_is_code(sql: str, numbered: str, count: int) -> None:
    assert number_placeholders(sql) == (numbered, count)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        pytest.param("SELECT 'a", "closed", id="string"),
        pytest.param('SELECT "a', "closed", id="name"),
        pytest.param("SELECT /* a", r"\*/", id="comment"),
        pytest.param("SELECT $x$ a", r"\$x\$", id="dollar"),
    ],
)
def test_refuses_what_does_not_end(sql: str, message: str) -> None:
    with pytest.raises(ProgrammingError, match=message) as caught:
        number_placeholders(sql)

    assert caught.value.sql == sql


@given(st.text(st.sampled_from("?'\"-/*$;eE\\ab \n"), max_size=30))
def test_tokens_are_the_whole_text(sql: str) -> None:
    try:
        pieces = [text for _, text in tokens(sql)]
    except ProgrammingError:
        return

    assert "".join(pieces) == sql


@given(st.text(st.characters(exclude_characters="\0"), max_size=30))
def test_nothing_in_a_quoted_string_is_a_placeholder(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"

    assert number_placeholders(f"SELECT {quoted}, ?") == (f"SELECT {quoted}, $1", 1)


def test_long_texts_take_linear_time() -> None:
    sql = "SELECT " + "?, 'a' /* b */ " * 20_000

    assert number_placeholders(sql)[1] == 20_000


def test_statements_end_at_semicolons_in_code() -> None:
    script = "CREATE TABLE a (b TEXT DEFAULT ';'); -- one;\n/* ; */ INSERT INTO a VALUES ('x');\n;"

    parts = list(split_statements(script))

    assert parts == [
        "CREATE TABLE a (b TEXT DEFAULT ';')",
        "-- one;\n/* ; */ INSERT INTO a VALUES ('x')",
    ]
