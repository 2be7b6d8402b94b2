r"""Ask a connection: parameters to bytes, a plan if there is one, an answer or an error.

    SELECT … $1, [7]   dump_sequence                b"\x00\x07" as int2
                       prepared.find(text, types)   its plan, or send the text
                       connection.ask(…)                  one send, one recv
                       check(results)               Answer, or psycopg's error

A plan can become wrong: a table gets another column, or somebody sends DISCARD ALL.  The server
says so before it has done anything, and awaited statements are no part of a larger transaction, so
the statement is simply sent again as text.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import capabilities
from psycopg.adapt import PyFormat

from groundup_orm.answers import Answer, check, columns_of
from groundup_orm.asyncconnection import AsyncConnection
from groundup_orm.prepared import Key, Plan, is_outdated

__all__ = ["ask"]

CLOSES = capabilities.has_send_close_prepared()  # proxies understand this, and not DEALLOCATE


async def ask(connection: AsyncConnection, sql: str, parameters: Sequence[Any]) -> Answer:
    """Run one statement on a connection that is free.

    Raises:
        psycopg.Error: The server refused it, or is gone.
    """
    transformer = connection.conversions.current()
    values = transformer.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
    formats = transformer.formats
    key = (sql, transformer.types or ())
    if connection.prepared.surplus:
        await tidy(connection)
    plan = connection.prepared.find(key)
    if plan is None and connection.prepared.is_due(key):
        plan = await prepare(connection, key)
    if plan is None:
        return await ask_by_text(connection, key, values, formats)
    results = await connection.ask(
        connection.pgconn.send_query_prepared, plan.name, values, formats
    )
    try:
        result = check(results, connection.conversions.encoding)
    except psycopg.Error as error:
        if not forget_if_wrong(connection, key, error):
            raise
        return await ask_by_text(connection, key, values, formats)
    plan.columns = plan.columns or columns_of(result, connection.conversions.encoding)
    return Answer(result, plan.columns, transformer)


async def ask_by_text(
    connection: AsyncConnection, key: Key, values: Sequence[Any], formats: Sequence[int] | None
) -> Answer:
    """Run a statement that is not prepared."""
    sql, types = key
    text = sql.encode(connection.conversions.encoding)
    if values:
        results = await connection.ask(
            connection.pgconn.send_query_params, text, values, types, formats
        )
    else:  # the simple protocol, which takes several statements
        results = await connection.ask(connection.pgconn.send_query, text)
    result = check(results, connection.conversions.encoding)
    if len(results) == 1:
        connection.prepared.note_run(key)
    transformer = connection.conversions.current()  # one of the statements may have been SET
    return Answer(result, columns_of(result, connection.conversions.encoding), transformer)


async def prepare(connection: AsyncConnection, key: Key) -> Plan:
    """Have the server keep a plan."""
    sql, types = key
    plan = Plan(connection.prepared.make_name())
    encoding = connection.conversions.encoding
    text = sql.encode(encoding)
    check(await connection.ask(connection.pgconn.send_prepare, plan.name, text, types), encoding)
    connection.prepared.add(key, plan)
    return plan


async def tidy(connection: AsyncConnection) -> None:
    """Have the server forget the plans that are not needed any more."""
    while connection.prepared.surplus:
        name = connection.prepared.surplus.pop()
        if CLOSES:
            await connection.ask(connection.pgconn.send_close_prepared, name)
        else:
            await connection.ask(connection.pgconn.send_query, b"DEALLOCATE " + name)


def forget_if_wrong(connection: AsyncConnection, key: Key, error: psycopg.Error) -> bool:
    """Give up a plan that may be the reason of an error; say whether nothing was run at all."""
    outdated = is_outdated(error)
    if outdated and error.sqlstate == "26000":
        connection.prepared.forget_all()
    elif outdated or (error.sqlstate or "")[:2] in {"42", "XX"}:
        connection.prepared.forget(
            key
        )  # the last two: its table was made anew with other types, say
    return outdated
