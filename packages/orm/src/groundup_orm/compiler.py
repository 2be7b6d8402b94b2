"""Turn statements and expressions into SQL text and its parameters.

    Select(columns=(users.id, users.name), table="users", where=(users.age >= 18,))

    SELECT "users"."id", "users"."name" FROM "users" WHERE "users"."age" >= ?      (18,)

One method for each kind of node, found by the node's class.  Every name goes through
``quote_name``, every value through ``_bind``: there is no third way into the text.  The words that
are written as they are (operators, function names) come from this package or were checked to be
plain identifiers.
"""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from groundup_orm import expressions as ex
from groundup_orm.columns import Column, is_column
from groundup_orm.dialects import Dialect, quote_name
from groundup_orm.errors import MappingError, ValidationError
from groundup_orm.functions import Function
from groundup_orm.statements import Compiled, Delete, Insert, Select, Update

__all__ = ["Compiler", "compile_statement"]

Statement = Select | Insert | Update | Delete


class Compiler:
    """One statement on its way to text.  Used once."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.parameters: list[Any] = []

    def compile(self, statement: Statement) -> Compiled:
        """Return the text and the parameters."""
        text = self.STATEMENTS[type(statement)](self, statement)
        return Compiled(text, tuple(self.parameters))

    def render(self, node: ex.Expression) -> str:
        """Return the SQL of an expression."""
        handler = self.NODES.get(type(node))
        if handler is None:
            raise MappingError(f"cannot be part of a query: {node!r:.60}")
        return handler(self, node)

    def _list(self, nodes: Iterable[ex.Expression], separator: str = ", ") -> str:
        return separator.join(map(self.render, nodes))

    # -- statements ------------------------------------------------------------------------------

    def _select(self, select: Select) -> str:
        text = "SELECT DISTINCT " if select.distinct else "SELECT "
        text += self._list(select.columns) if select.columns else "1"
        if isinstance(select.table, Select):
            text += f" FROM ({self._select(select.table)}) AS {quote_name('inner')}"
        elif select.table is not None:
            text += f" FROM {quote_name(select.table)}"
        for join in select.joins:
            text += f" {join.kind} {quote_name(join.table)} ON {self.render(join.condition)}"
        text += self._where(select.where)
        if select.group_by:
            text += f" GROUP BY {self._list(select.group_by)}"
        if select.having:
            text += f" HAVING {self._list(select.having, ' AND ')}"
        if select.order_by:
            text += f" ORDER BY {self._list(select.order_by)}"
        text += self.dialect.limit(self._number(select.limit), self._number(select.offset))
        return text + (self.dialect.lock_clause() if select.for_update else "")

    def _number(self, value: int | None) -> str | None:
        return None if value is None else self._mark(value)

    def _where(self, conditions: tuple[ex.Expression, ...]) -> str:
        if not conditions:
            return ""
        return f" WHERE {self.render(ex.and_(*conditions))}"

    def _insert(self, insert: Insert) -> str:
        marks = (self.dialect.placeholder(number + 1) for number in range(len(insert.columns)))
        columns = ", ".join(map(quote_name, insert.columns))
        values = f"({columns}) VALUES ({', '.join(marks)})" if insert.columns else "DEFAULT VALUES"
        text = f"INSERT INTO {quote_name(insert.table)} {values}"
        if insert.returning is not None and self.dialect.returns_keys:
            text += f" RETURNING {quote_name(insert.returning)}"
        return text

    def _update(self, update: Update) -> str:
        sets = ", ".join(
            f"{quote_name(column.column_name)} = {self.render(value)}"
            for column, value in update.values
        )
        where = self._where(update.where)
        text = f"UPDATE {quote_name(update.table)} SET {sets}{where}"  # noqa: S608 - names are quoted
        return text + self._returning(update.returning)

    def _delete(self, delete: Delete) -> str:
        where = self._where(delete.where)
        text = f"DELETE FROM {quote_name(delete.table)}{where}"  # noqa: S608 - names are quoted
        return text + self._returning(delete.returning)

    def _returning(self, columns: tuple[Column[Any], ...]) -> str:
        names = ", ".join(quote_name(column.column_name) for column in columns)
        return f" RETURNING {names}" if names else ""

    # -- expressions -----------------------------------------------------------------------------

    def _column(self, column: Column[Any]) -> str:
        return f"{quote_name(column.table)}.{quote_name(column.column_name)}"

    def _mark(self, value: object) -> str:
        self.parameters.append(value)
        return self.dialect.placeholder(len(self.parameters))

    def _bind(self, bind: ex.Bind) -> str:
        value = bind.value
        if value is None or bind.value_type is None:
            return self._mark(self.dialect.adapt(value))
        binder = self.dialect.binder(bind.value_type)
        value = bind.value_type.convert(value)
        return self._mark(value if binder is None else binder(value))

    def _binary(self, node: ex.Binary) -> str:
        left = self._operand(node.left)
        try:
            return f"{left} {node.operator} {self._operand(node.right)}"
        except ValidationError as error:
            raise ValidationError(f"{node.left} {error}", column=str(node.left)) from None

    def _operand(self, node: ex.Expression) -> str:
        """Return an operand, in brackets where the order of evaluation could be another one."""
        text = self.render(node)
        simple = isinstance(node, Column | ex.Bind | Function)
        return text if simple else f"({text})"

    def _junction(self, node: ex.Junction) -> str:
        parts = (
            f"({self.render(part)})" if isinstance(part, ex.Junction) else self.render(part)
            for part in node.parts
        )
        return f" {node.operator} ".join(parts)

    def _not(self, node: ex.Not) -> str:
        return f"NOT ({self.render(node.operand)})"

    def _null_test(self, node: ex.NullTest) -> str:
        return f"{self._operand(node.operand)} IS {'NOT ' if node.negated else ''}NULL"

    def _in_list(self, node: ex.InList) -> str:
        if not node.values:  # "IN ()" is an error in PostgreSQL
            return "1 = 0"
        return f"{self._operand(node.operand)} IN ({self._list(node.values)})"

    def _in_select(self, node: ex.InSelect) -> str:
        return f"{self._operand(node.operand)} IN ({self._select(node.select)})"

    def _exists(self, node: ex.Exists) -> str:
        return f"EXISTS ({self._select(node.select)})"

    def _between(self, node: ex.Between) -> str:
        low, high = self._operand(node.low), self._operand(node.high)
        return f"{self._operand(node.operand)} BETWEEN {low} AND {high}"

    def _like(self, node: ex.Like) -> str:
        left, right = self._operand(node.operand), self.render(node.pattern)
        return self.dialect.like(left, right, ignore_case=node.ignore_case)

    def _function(self, node: Function) -> str:
        if node.name == "count" and not node.arguments:
            return "count(*)"
        distinct = "DISTINCT " if node.distinct else ""
        return f"{node.name}({distinct}{self._list(node.arguments)})"

    def _label(self, node: ex.Label) -> str:
        return f"{self.render(node.operand)} AS {quote_name(node.name)}"

    def _order(self, node: ex.Order) -> str:
        if is_column(node.operand) and not node.operand.nullable:
            return f"{self._column(node.operand)} {'DESC' if node.descending else 'ASC'}"
        # SQLite takes NULL for the smallest value, PostgreSQL for the largest; here it is small.
        direction = "DESC NULLS LAST" if node.descending else "ASC NULLS FIRST"
        return f"{self.render(node.operand)} {direction}"

    # -- which method for which class
    NODES: ClassVar[dict[type, Callable[["Compiler", Any], str]]] = {
        Column: _column,
        ex.Bind: _bind,
        ex.Binary: _binary,
        ex.Junction: _junction,
        ex.Not: _not,
        ex.NullTest: _null_test,
        ex.InList: _in_list,
        ex.InSelect: _in_select,
        ex.Exists: _exists,
        ex.Between: _between,
        ex.Like: _like,
        Function: _function,
        ex.Label: _label,
        ex.Order: _order,
    }
    STATEMENTS: ClassVar[dict[type, Callable[["Compiler", Any], str]]] = {
        Select: _select,
        Insert: _insert,
        Update: _update,
        Delete: _delete,
    }


def compile_statement(statement: Statement, dialect: Dialect) -> Compiled:
    """Return a statement as this database wants it."""
    return Compiler(dialect).compile(statement)
