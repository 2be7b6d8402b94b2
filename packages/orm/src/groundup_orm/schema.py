"""Make and drop the tables of models, in an order that their references allow.

    users ◄── posts ◄── comments        create from left to right, drop from right to left

A circle of references has no such order.  SQLite does not mind a reference to a table that comes
later; on PostgreSQL the references of a circle are added when all its tables exist.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from groundup_orm.columns import Column, Unique
from groundup_orm.connection import Connection
from groundup_orm.dialects import Dialect, quote_name
from groundup_orm.errors import MappingError
from groundup_orm.mapper import Mapper, Reference

__all__ = [
    "connected_models",
    "create_statements",
    "create_tables",
    "drop_tables",
    "sort_tables",
    "table_statements",
]


def sort_tables(mappers: Iterable[Mapper]) -> tuple[list[Mapper], list[tuple[Mapper, Reference]]]:
    """Return models with those that are referred to first, and the references that would not fit.

    Raises:
        MappingError: Two models describe one table.
    """
    by_table: dict[str, Mapper] = {}
    for mapper in mappers:
        if by_table.setdefault(mapper.table, mapper) is not mapper:
            raise MappingError(
                f"table {mapper.table!r} has two models: name the models that you mean"
            )
    edges = {
        (mapper.table, reference): reference.table
        for mapper in by_table.values()
        for reference in mapper.references
        if reference.table in by_table and reference.table != mapper.table
    }
    late: list[tuple[Mapper, Reference]] = []
    while True:
        graph = TopologicalSorter[str](dict.fromkeys(by_table, ()))
        for (table, _), parent in edges.items():
            graph.add(table, parent)
        try:
            return [by_table[table] for table in graph.static_order()], late
        except CycleError as error:
            circle = set(error.args[1])
            inside = [key for key, parent in edges.items() if key[0] in circle and parent in circle]
            # A reference that may be empty for a while is the better one to leave for later.
            inside.sort(key=lambda key: not all(c.nullable for c in key[1].columns))
            del edges[inside[0]]
            late.append((by_table[inside[0][0]], inside[0][1]))


def table_statements(
    mapper: Mapper, dialect: Dialect, late: Sequence[Reference] = ()
) -> Iterator[str]:
    """Yield CREATE TABLE and CREATE INDEX of one model, without the references for later."""
    lines = [column_line(mapper, column, dialect) for column in mapper.columns.values()]
    if mapper.generated_key is None:
        lines.append(f"PRIMARY KEY ({names(mapper.key)})")
    for column in mapper.columns.values():
        if column.unique:
            constraint = quote_name(f"uq_{mapper.table}_{column.column_name}")
            lines.append(f"CONSTRAINT {constraint} UNIQUE ({names([column])})")
    for index in mapper.indexes:
        if isinstance(index, Unique):
            columns = [mapper.columns[name] for name in index.columns]
            constraint = quote_name(f"uq_{mapper.table}_{'_'.join(index.columns)}")
            lines.append(f"CONSTRAINT {constraint} UNIQUE ({names(columns)})")
    lines += [reference_line(mapper, r) for r in mapper.references if r not in late]
    body = ",\n  ".join(lines)
    yield f"CREATE TABLE IF NOT EXISTS {quote_name(mapper.table)} (\n  {body}\n)"
    yield from index_statements(mapper)


def column_line(mapper: Mapper, column: Column[object], dialect: Dialect) -> str:
    """Return the definition of a column."""
    if column is mapper.generated_key:
        return f"{quote_name(column.column_name)} {dialect.identity}"
    line = f"{quote_name(column.column_name)} {dialect.type_name(column.type)}"
    if not column.nullable:
        line += " NOT NULL"
    if column.server_default is not None:
        line += f" DEFAULT ({column.server_default})"
    return line


def reference_line(mapper: Mapper, reference: Reference) -> str:
    """Return the definition of a foreign key."""
    columns = "_".join(column.column_name for column in reference.columns)
    constraint = quote_name(f"fk_{mapper.table}_{columns}")
    targets = ", ".join(map(quote_name, reference.targets))
    line = f"CONSTRAINT {constraint} FOREIGN KEY ({names(reference.columns)})"
    line += f" REFERENCES {quote_name(reference.table)} ({targets})"
    key = reference.columns[0].foreign_key
    return f"{line} ON DELETE {key.ondelete}" if key is not None and key.ondelete else line


def index_statements(mapper: Mapper) -> Iterator[str]:
    """Yield CREATE INDEX for columns and for ``__table_args__``."""
    groups = [((c,), False) for c in mapper.columns.values() if c.index]
    found: list[tuple[tuple[Column[object], ...], bool]] = [*groups]
    found += [
        (tuple(mapper.columns[name] for name in index.columns), index.unique)
        for index in mapper.indexes
        if not isinstance(index, Unique)
    ]
    for columns, unique in found:
        name = quote_name(f"ix_{mapper.table}_{'_'.join(c.column_name for c in columns)}")
        what = "UNIQUE INDEX" if unique else "INDEX"
        yield f"CREATE {what} IF NOT EXISTS {name} ON {quote_name(mapper.table)} ({names(columns)})"


def names(columns: Iterable[Column[object]]) -> str:
    """Return quoted column names."""
    return ", ".join(quote_name(column.column_name) for column in columns)


def create_statements(
    mappers: Iterable[Mapper], dialect: Dialect, *, existing: Container[str] = ()
) -> Iterator[str]:
    """Yield what makes the tables of these models, but for those that exist."""
    ordered, late = sort_tables(mappers)
    if not dialect.alters_constraints:
        late = []
    for mapper in ordered:
        if mapper.table not in existing:
            yield from table_statements(mapper, dialect, [r for m, r in late if m is mapper])
    for mapper, reference in late:
        if mapper.table not in existing:
            line = reference_line(mapper, reference)
            yield f"ALTER TABLE {quote_name(mapper.table)} ADD {line}"


def create_tables(connection: Connection, mappers: Iterable[Mapper]) -> None:
    """Make the tables that do not exist yet, all or none; in the open transaction, if any."""
    dialect, wanted = connection.dialect, list(mappers)
    mine = not connection.in_transaction
    if mine:
        connection.begin()
    dialect.lock_schema(connection.raw)  # IF NOT EXISTS alone does not stop two at once
    tables = {mapper.table for mapper in wanted}
    existing = {table for table in tables if dialect.table_exists(connection.raw, table)}
    for statement in create_statements(wanted, dialect, existing=existing):
        connection.run(statement)
    if mine:
        connection.commit()


def drop_tables(connection: Connection, mappers: Iterable[Mapper]) -> None:
    """Remove the tables that exist, all or none."""
    dialect = connection.dialect
    ordered, _ = sort_tables(mappers)
    dialect.suspend_foreign_keys(connection.raw, off=True)
    try:
        connection.begin()
        for mapper in reversed(ordered):
            connection.run(dialect.drop_table(mapper.table))
        connection.commit()
    finally:
        if connection.in_transaction:
            connection.rollback()
        dialect.suspend_foreign_keys(connection.raw, off=False)


def connected_models(start: Mapper) -> list[Mapper]:
    """Return a model and all that it leads to by references and relationships."""
    found: dict[Mapper, None] = {}
    waiting = [start]
    while waiting:
        mapper = waiting.pop()
        if mapper in found:
            continue
        found[mapper] = None
        waiting += [parent for _, parent in mapper.parents()]
        for relationship in mapper.relationships.values():
            wiring = relationship.wiring
            waiting += [wiring.target, *([wiring.secondary] if wiring.secondary else [])]
    return list(found)
