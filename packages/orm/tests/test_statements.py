"""groundup_orm.statements: plain data, refined by replacing fields."""

from dataclasses import replace

from groundup_orm.statements import Compiled, Select


def test_a_statement_is_refined_into_a_new_one() -> None:
    select = Select((), "users")

    limited = replace(select, limit=5)

    assert (select.limit, limited.limit) == (None, 5)


def test_compiled_text_is_its_string() -> None:
    assert str(Compiled("SELECT ?", (1,))) == "SELECT ?"
