r"""Ask a line: parameters to bytes, a plan if there is one, an answer or an error.

    SELECT … $1, [7]   Transformer.dump_sequence        b"\x00\x07" as int2
                       prepared.find(text, types)       groundup_3, or send the text
                       line.ask(…)                      one send, one recv
                       check(results)                   Answer, or psycopg's error

A plan can become wrong: a table gets another column, or somebody sends DISCARD ALL.  The server
says so before it has done anything, and awaited statements are no part of a larger transaction, so
the statement is simply sent again as text.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import abc
from psycopg.adapt import PyFormat, Transformer

from groundup_orm.answers import Answer, check
from groundup_orm.line import Line
from groundup_orm.prepared import Key, is_outdated

__all__ = ["ask"]


async def ask(line: Line, sql: str, parameters: Sequence[Any]) -> Answer:
    """Run one statement on a line that is free.

    Raises:
        psycopg.Error: The server refused it, or is gone.
    """
    # A new one each time, as psycopg's cursors do it: it keeps what SET can change (the zone of
    # times, the order of dates) from when it first needs it.
    transformer = Transformer(line.raw)
    values = transformer.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
    key = (sql, transformer.types or ())
    if line.prepared.surplus:
        await tidy(line)
    name = line.prepared.find(key)
    if name is None and line.prepared.is_due(key):
        name = await prepare(line, key, transformer.encoding)
    if name is None:
        return await ask_by_text(line, key, values, transformer)
    results = await line.ask(line.pgconn.send_query_prepared, name, values, transformer.formats)
    try:
        return Answer(check(results, transformer.encoding), transformer)
    except psycopg.Error as error:
        if not forget_if_wrong(line, key, error):
            raise
    return await ask_by_text(line, key, values, transformer)


async def ask_by_text(
    line: Line, key: Key, values: Sequence[Any], transformer: abc.Transformer
) -> Answer:
    """Run a statement that is not prepared."""
    sql, types = key
    text = sql.encode(transformer.encoding)
    if values:
        send = line.pgconn.send_query_params
        results = await line.ask(send, text, values, types, transformer.formats)
    else:  # the simple protocol, which takes several statements
        results = await line.ask(line.pgconn.send_query, text)
    result = check(results, transformer.encoding)
    if len(results) == 1:
        line.prepared.note_run(key)
    return Answer(result, transformer)


async def prepare(line: Line, key: Key, encoding: str) -> bytes:
    """Have the server keep a plan; return its name."""
    sql, types = key
    name = line.prepared.make_name()
    check(await line.ask(line.pgconn.send_prepare, name, sql.encode(encoding), types), encoding)
    line.prepared.add(key, name)
    return name


async def tidy(line: Line) -> None:
    """Have the server forget the plans that are not needed any more."""
    while line.prepared.surplus:
        name = line.prepared.surplus.pop()
        await line.ask(line.pgconn.send_query, b"DEALLOCATE " + name)


def forget_if_wrong(line: Line, key: Key, error: psycopg.Error) -> bool:
    """Give up a plan that may be the reason of an error; say whether nothing was run at all."""
    if error.sqlstate == "26000":
        line.prepared.forget_all()
    elif is_outdated(error) or (error.sqlstate or "")[:2] in {"42", "XX"}:
        line.prepared.forget(key)  # the last two: its table was made anew with other types, say
    return is_outdated(error)
