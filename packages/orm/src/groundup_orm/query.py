"""Build a query step by step, and run it.

    session.query(User).filter(User.age >= 18).order_by(User.name).limit(10).all()

Each step returns a new query and leaves the old one as it was, so a query can be kept and refined.
Nothing reaches the database before one of the methods that return results.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from groundup_orm import expressions as ex
from groundup_orm.columns import Column
from groundup_orm.compiler import compile_statement
from groundup_orm.eager import load_included
from groundup_orm.errors import MappingError, MultipleResultsFound, NoResultFound
from groundup_orm.explain import Plan, explain
from groundup_orm.functions import Function
from groundup_orm.instance import Entity
from groundup_orm.joining import join_to, single_source
from groundup_orm.mapper import Mapper
from groundup_orm.pages import Page
from groundup_orm.relationship import Relationship
from groundup_orm.results import Item, load_rows, make_item, selected_columns
from groundup_orm.statements import Compiled, Delete, Select, Update

if TYPE_CHECKING:
    from groundup_orm.session import Session

__all__ = ["Query"]

T = TypeVar("T")


class Query(Generic[T]):
    """A query of one session.  Immutable; belongs to its session's thread."""

    def __init__(self, session: "Session", *items: Any) -> None:
        if not items:
            raise MappingError("query needs a model or an expression to select")
        self._session = session
        self._items: tuple[Item, ...] = tuple(map(make_item, items))
        self._mappers = tuple(item for item in self._items if isinstance(item, Mapper))
        self._includes: tuple[Relationship, ...] = ()
        table = single_source(self._items)
        self._select = Select(selected_columns(self._items), table)
        for mapper in self._mappers:
            session.prepare(mapper)

    def _with(self, **changes: Any) -> "Query[T]":
        twin: Query[T] = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._select = replace(self._select, **changes)
        return twin

    @property
    def select(self) -> Select:
        """The statement, for use inside another query."""
        return self._select

    @property
    def _mapper(self) -> Mapper:
        if not self._mappers:
            raise MappingError("this needs a query of a model, got one of columns")
        return self._mappers[0]

    # -- building --------------------------------------------------------------------------------

    def filter(self, *conditions: ex.Expression) -> "Query[T]":
        """Keep the rows for which all conditions hold."""
        for condition in conditions:
            if not isinstance(condition, ex.Expression):  # pyright: ignore[reportUnnecessaryIsInstance]  # users
                raise MappingError(f"filter takes SQL expressions, got {condition!r:.40}")
        return self._with(where=(*self._select.where, *conditions))

    def filter_by(self, **values: Any) -> "Query[T]":
        """Keep the rows whose attributes equal these values."""
        return self.filter(*(self._attribute(name) == value for name, value in values.items()))

    def _attribute(self, name: str) -> Column[Any]:
        column = self._mapper.columns.get(name)
        if column is None:
            raise MappingError(f"{self._mapper.name} has no column {name!r}")
        return column

    def order_by(self, *expressions: ex.Expression) -> "Query[T]":
        """Sort by these; a second call sorts what the first left equal."""
        orders = (e if isinstance(e, ex.Order) else ex.Order(e) for e in expressions)
        return self._with(order_by=(*self._select.order_by, *orders))

    def limit(self, count: int | None) -> "Query[T]":
        """Return at most so many rows."""
        return self._with(limit=check_count("limit", count))

    def offset(self, count: int | None) -> "Query[T]":
        """Skip so many rows."""
        return self._with(offset=check_count("offset", count))

    def distinct(self) -> "Query[T]":
        """Return equal rows once."""
        return self._with(distinct=True)

    def join(
        self, target: "Relationship | type[Entity]", on: ex.Expression | None = None
    ) -> "Query[T]":
        """Join another model: along a relationship, a foreign key, or on a condition.

        A row comes once for each match, as SQL has it; ``distinct()`` makes it one.
        """
        return self._join(target, on, outer=False)

    def outer_join(
        self, target: "Relationship | type[Entity]", on: ex.Expression | None = None
    ) -> "Query[T]":
        """Join another model, and keep rows without a match."""
        return self._join(target, on, outer=True)

    def _join(self, target: Any, on: ex.Expression | None, *, outer: bool) -> "Query[T]":
        joins, mapper = join_to(self._select, target, on, outer=outer)
        self._session.prepare(mapper)
        return self._with(joins=(*self._select.joins, *joins))

    def group_by(self, *expressions: ex.Expression) -> "Query[T]":
        """Make one row of those that are equal in these."""
        return self._with(group_by=(*self._select.group_by, *expressions))

    def having(self, *conditions: ex.Expression) -> "Query[T]":
        """Keep the groups for which all conditions hold."""
        return self._with(having=(*self._select.having, *conditions))

    def include(self, *relationships: Relationship) -> "Query[T]":
        """Load related objects too, with one more query for each relationship.

        ``include(User.posts, Post.comments)`` goes on from the posts to their comments.
        """
        twin = self._with()
        twin.__dict__["_includes"] = (*self._includes, *relationships)
        return twin

    options = include  # options(eager(User.posts)): the words of other mappers

    def for_update(self) -> "Query[T]":
        """Lock the rows until the transaction ends, and load what they hold now."""
        return self._with(for_update=True)

    # -- looking ---------------------------------------------------------------------------------

    def sql(self) -> Compiled:
        """Return the SQL and its parameters, as they would be sent."""
        return compile_statement(self._select, self._session.dialect)

    def __str__(self) -> str:
        return self.sql().text

    def explain(self) -> Plan:
        """Return how the database would run the query."""
        with self._session.connection() as connection:
            return explain(connection, self.sql())

    # -- running ---------------------------------------------------------------------------------

    def all(self) -> list[T]:
        """Return all results."""
        session = self._session
        session.autoflush_now()
        rows = session.run(self.sql(), write=self._select.for_update).rows
        if self._select.for_update:
            session.expire_unchanged(*self._mappers)
        results = load_rows(self._items, rows, session)
        if self._includes:
            load_included(session, self._mapper, self._roots(results), self._includes)
        return results

    def _roots(self, results: list[Any]) -> list[Entity]:
        """Return the objects that includes start from."""
        if len(self._items) == 1:
            return results
        index = self._items.index(self._mapper)
        return [row[index] for row in results if row[index] is not None]

    def __iter__(self) -> Iterator[T]:
        return iter(self.all())

    def first(self) -> T | None:
        """Return the first result, or None."""
        limit = 1 if self._select.limit is None else min(1, self._select.limit)
        found = self.limit(limit).all()
        return found[0] if found else None

    def one_or_none(self) -> T | None:
        """Return the only result, or None.

        Raises:
            MultipleResultsFound: There are more.
        """
        limit = 2 if self._select.limit is None else min(2, self._select.limit)
        found = self.limit(limit).all()
        if len(found) > 1:
            raise MultipleResultsFound(f"query must find at most one row, got more: {self}")
        return found[0] if found else None

    def one(self) -> T:
        """Return the only result.

        Raises:
            NoResultFound: There is none.
            MultipleResultsFound: There are more.
        """
        found = self.limit(2).all() if self._select.limit is None else self.all()
        if not found:
            raise NoResultFound(f"query must find one row, got none: {self}")
        if len(found) > 1:
            raise MultipleResultsFound(f"query must find one row, got more: {self}")
        return found[0]

    def page(self, number: int, size: int = 20) -> Page[T]:
        """Return one page of the results, and how many there are; pages count from 1."""
        if number < 1 or size < 1:
            raise ValueError(f"page and its size must be at least 1, got {number} and {size}")
        items = self.limit(size).offset((number - 1) * size).all()
        return Page(items, number, size, self.limit(None).offset(None).count())

    def count(self) -> int:
        """Return how many rows there are."""
        plain = replace(self._select, order_by=(), for_update=False)
        changes = (plain.distinct, plain.group_by, plain.limit, plain.offset)
        if any(value not in (False, (), None) for value in changes):
            plain = Select((Function("count", ()),), plain)
        else:
            plain = replace(plain, columns=(Function("count", ()),))
        return int(self._run(plain)[0][0])

    def exists(self) -> bool:
        """Whether there is any row."""
        found = replace(self._select, columns=(), order_by=(), limit=1, distinct=False)
        if self._select.group_by:
            found = Select((), self._select, limit=1)
        return bool(self._run(found))

    def scalar(self) -> Any:
        """Return the first column of the first row, or None."""
        found: Any = self.first()
        return cast("Any", found[0]) if isinstance(found, tuple) else found

    def sum(self, expression: ex.Expression) -> Any:
        """Return the sum over all rows; None without rows."""
        return self._aggregate("sum", expression)

    def avg(self, expression: ex.Expression) -> float | None:
        """Return the mean over all rows; None without rows."""
        value: float | None = self._aggregate("avg", expression)
        return value

    def min(self, expression: ex.Expression) -> Any:
        """Return the smallest value; None without rows."""
        return self._aggregate("min", expression)

    def max(self, expression: ex.Expression) -> Any:
        """Return the largest value; None without rows."""
        return self._aggregate("max", expression)

    def _aggregate(self, name: str, expression: ex.Expression) -> Any:
        if self._select.limit is not None or self._select.offset or self._select.group_by:
            raise MappingError(f"{name}() works on whole results, not on pages or groups")
        item = Function(name, (expression,))
        rows = self._run(replace(self._select, columns=(item,), order_by=()))
        return load_rows((item,), rows, self._session)[0]

    def _run(self, select: Select) -> list[tuple[Any, ...]]:
        self._session.autoflush_now()
        return self._session.run(compile_statement(select, self._session.dialect)).rows

    # -- writing ---------------------------------------------------------------------------------

    def update(self, **values: Any) -> int:
        """Change all rows at once, in the database; return how many.

        A value may be an expression: ``update(views=Post.views + 1)``.  Objects in the session are
        loaded again when they are read.
        """
        mapper = self._writable("update")
        sets = [(self._attribute(name), value) for name, value in values.items()]
        sets += [
            (column, column.onupdate())
            for name, column in mapper.columns.items()
            if column.onupdate is not None and name not in values
        ]
        if mapper.version is not None and mapper.version.key not in values:
            sets.append((mapper.version, mapper.version + 1))
        checked = tuple(
            (c, v if isinstance(v, ex.Expression) else ex.Bind(c.check(v), c.type)) for c, v in sets
        )
        if not values:
            raise MappingError("update() needs at least one value")
        statement = Update(mapper.table, checked, self._select.where, mapper.key)
        keys = self._session.write(statement)
        self._session.expire_unchanged(mapper)
        return len(keys)

    def delete(self) -> int:
        """Delete all rows at once, in the database; return how many.

        Cascades of relationships do not apply, those of the database (``ondelete``) do.
        """
        mapper = self._writable("delete")
        statement = Delete(mapper.table, self._select.where, mapper.key)
        keys = self._session.write(statement)
        self._session.forget_rows(mapper, keys)
        return len(keys)

    def _writable(self, what: str) -> Mapper:
        plain = Select(self._select.columns, self._select.table, where=self._select.where)
        same = all(getattr(plain, name) == getattr(self._select, name) for name in COMPARED)
        if len(self._items) != 1 or not same:
            raise MappingError(
                f"{what}() takes only filters: find the keys with in_(query) instead"
            )
        return self._mapper


COMPARED = ("joins", "group_by", "having", "order_by", "limit", "offset", "distinct")


def check_count(what: str, count: int | None) -> int | None:
    """Refuse negative counts: for SQLite they mean no limit, for PostgreSQL an error."""
    if count is not None and count < 0:
        raise ValueError(f"{what} must not be negative, got {count}")
    return count
