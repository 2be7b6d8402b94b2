"""groundup_orm.compiler: names are quoted, values are parameters, brackets are right."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_orm import (
    JSON,
    Column,
    DatabaseError,
    Expression,
    Integer,
    MappingError,
    Model,
    Registry,
    String,
    func,
    not_,
)
from groundup_orm.compiler import Compiler, compile_statement
from groundup_orm.dialects import Dialect, quote_name
from groundup_orm.expressions import Order
from groundup_orm.postgresql import PostgreSQLDialect
from groundup_orm.sqlite import SQLiteDialect
from groundup_orm.statements import Delete, Insert, Join, Select, Update

SQLITE, POSTGRESQL = SQLiteDialect("sqlite://"), PostgreSQLDialect("")


class Item(Model):
    __tablename__ = "items"
    registry = Registry()

    id = Column(Integer, primary_key=True)
    name = Column(String(20), name="the name")
    size = Column(Integer)
    data = Column(JSON)


def render(expression: Expression, dialect: Dialect = SQLITE) -> tuple[str, list[Any]]:
    compiler = Compiler(dialect)
    return compiler.render(expression), compiler.parameters


@pytest.mark.parametrize(
    ("expression", "sql", "parameters"),
    [
        pytest.param(Item.size == 1, '"items"."size" = ?', [1], id="equal"),
        pytest.param(Item.size == None, '"items"."size" IS NULL', [], id="null"),  # noqa: E711
        pytest.param(Item.size != None, '"items"."size" IS NOT NULL', [], id="not-null"),  # noqa: E711
        pytest.param(Item.name == "a", '"items"."the name" = ?', ["a"], id="named"),
        pytest.param(
            (Item.size + 1) * 2 == 4, '(("items"."size" + ?) * ?) = ?', [1, 2, 4], id="sum"
        ),
        pytest.param(
            (Item.size == 1) & ((Item.size == 2) | (Item.size == 3)),
            '"items"."size" = ? AND ("items"."size" = ? OR "items"."size" = ?)',
            [1, 2, 3],
            id="or-in-and",
        ),
        pytest.param(not_(Item.size == 1), 'NOT ("items"."size" = ?)', [1], id="not"),
        pytest.param(Item.size.in_([1, 2]), '"items"."size" IN (?, ?)', [1, 2], id="in"),
        pytest.param(Item.size.in_([]), "1 = 0", [], id="in-nothing"),
        pytest.param(
            Item.size.between(1, 2), '"items"."size" BETWEEN ? AND ?', [1, 2], id="between"
        ),
        pytest.param(
            Item.name.like("a%"), '"items"."the name" LIKE ? ESCAPE \'\\\'', ["a%"], id="like"
        ),
        pytest.param(func.count(), "count(*)", [], id="count"),
        pytest.param(
            func.count(Item.size, distinct=True),
            'count(DISTINCT "items"."size")',
            [],
            id="distinct",
        ),
        pytest.param(func.lower("A"), "lower(?)", ["A"], id="function"),
        pytest.param(Item.size.label('a"b'), '"items"."size" AS "a""b"', [], id="label"),
        pytest.param(Item.data == {"a": 1}, '"items"."data" = ?', ['{"a": 1}'], id="json"),
        pytest.param(Item.id.desc(), '"items"."id" DESC', [], id="descending"),
        pytest.param(Item.size.asc(), '"items"."size" ASC NULLS FIRST', [], id="nulls-first"),
        pytest.param(
            Item.size - Item.id > 0, '("items"."size" - "items"."id") > ?', [0], id="minus"
        ),
        pytest.param(
            Item.size / 2 % 3 < 1, '(("items"."size" / ?) % ?) < ?', [2, 3, 1], id="divide"
        ),
        pytest.param(
            Item.name + "x" == "ax", '("items"."the name" || ?) = ?', ["x", "ax"], id="text"
        ),
    ],
)
def test_expressions(expression: Expression, sql: str, parameters: list[Any]) -> None:
    assert render(expression) == (sql, parameters)


def test_parameters_are_numbered_for_postgresql() -> None:
    condition = (Item.size == 1) & Item.name.ilike("a")

    sql, parameters = render(condition, POSTGRESQL)

    assert sql == '"items"."size" = $1 AND "items"."the name" ILIKE $2 ESCAPE \'\\\''
    assert parameters == [1, "a"]


def test_statements() -> None:
    select = Select(
        (Item.id,),
        "items",
        (Join("other", Item.id == Item.size, "LEFT JOIN"),),
        (Item.size > 1,),
        (Item.size,),
        (func.count() > 1,),
        (Order(Item.id),),
        limit=5,
        offset=6,
        distinct=True,
        for_update=True,
    )

    compiled = compile_statement(select, POSTGRESQL)

    assert str(compiled) == (
        'SELECT DISTINCT "items"."id" FROM "items" LEFT JOIN "other" '
        'ON "items"."id" = "items"."size" WHERE "items"."size" > $1 GROUP BY "items"."size" '
        'HAVING count(*) > $2 ORDER BY "items"."id" ASC LIMIT $3 OFFSET $4 FOR UPDATE'
    )
    assert compiled.parameters == (1, 1, 5, 6)
    assert "FOR UPDATE" not in str(compile_statement(select, SQLITE))


def test_offset_without_limit() -> None:
    select = Select((Item.id,), "items", offset=3)

    assert str(compile_statement(select, SQLITE)).endswith(" LIMIT -1 OFFSET ?")
    assert str(compile_statement(select, POSTGRESQL)).endswith('"items" OFFSET $1')


def test_writing_statements() -> None:
    insert = Insert("items", ("the name", "size"), "id")
    update = Update("items", ((Item.size, Item.size + 1),), (Item.id == 7,), (Item.id,))
    delete = Delete("items", (Item.id == 7,))

    assert str(compile_statement(insert, POSTGRESQL)) == (
        'INSERT INTO "items" ("the name", "size") VALUES ($1, $2) RETURNING "id"'
    )
    assert str(compile_statement(Insert("items", ()), SQLITE)) == (
        'INSERT INTO "items" DEFAULT VALUES'
    )
    assert str(compile_statement(update, SQLITE)) == (
        'UPDATE "items" SET "size" = "items"."size" + ? WHERE "items"."id" = ? RETURNING "id"'
    )
    assert compile_statement(update, SQLITE).parameters == (1, 7)
    assert str(compile_statement(delete, SQLITE)) == 'DELETE FROM "items" WHERE "items"."id" = ?'
    assert str(compile_statement(Delete("items"), SQLITE)) == 'DELETE FROM "items"'


def test_what_is_no_expression_is_refused() -> None:
    wrong: Any = object()

    with pytest.raises(MappingError, match="cannot be part of a query"):
        Compiler(SQLITE).render(wrong)


@given(st.text(min_size=1).filter(lambda text: "\0" not in text))
def test_a_name_cannot_break_out_of_its_quotes(name: str) -> None:
    quoted = quote_name(name)

    assert quoted[0] == quoted[-1] == '"'
    assert quoted[1:-1].replace('""', "") == name.replace('"', "")
    assert quoted[1:-1].replace('""', '"') == name


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_names_that_cannot_be_are_refused(name: str) -> None:
    with pytest.raises(DatabaseError, match="must not be empty or contain NUL"):
        quote_name(name)


@given(st.text())
def test_a_value_is_never_part_of_the_text(value: str) -> None:
    sql, parameters = render(Item.name.like(value))

    assert sql == '"items"."the name" LIKE ? ESCAPE \'\\\''
    assert parameters == [value]
