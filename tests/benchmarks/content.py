"""What every contender serves, so that none serves less: rows, files, databases.

An application file imports its data from here and is otherwise written as its framework's own
documentation would write it.  The parent process says by environment variables where the data is:

    BENCH_FOLDER       holds static/file.txt and notes.sqlite
    BENCH_POSTGRESQL   a URL, or empty where there is no server
    BENCH_LAYERS       how many layers of middleware that do nothing the application has
    BENCH_WAIT         seconds that /wait waits, for the comparison of servers

The database calls are here as well: one statement with the driver that is common in its world
(sqlite3 called in place, asyncpg for asyncio, psycopg's pool for threads), equal for everybody.
"""

import asyncio
import importlib
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("BENCH_FOLDER", "."))
STATIC = FOLDER / "static"
POSTGRESQL = os.environ.get("BENCH_POSTGRESQL", "")
LAYERS = int(os.environ.get("BENCH_LAYERS", "0"))
WAIT = float(os.environ.get("BENCH_WAIT", "0"))

HELLO = "Hello, World!"
MESSAGE = {"message": HELLO}
# What the params case answers with beside id and q: each value as the client sent it.
ECHOED = ("Host", "User-Agent", "Accept", "Accept-Language", "X-Request-Id")
FIELDS = ("name", "email", "city", "language", "comment")
ROWS = [
    {"id": number, "name": f"Person {number}", "city": "Salt & <Lake>", "score": number * 7}
    for number in range(1, 21)
]
COLUMNS = ("id", "name", "city", "score")

# Jinja's language is ours, too, as far as this page goes.
TEMPLATE = (
    "<!doctype html>\n<title>{{ title }}</title>\n<table>"
    "{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.name }}</td>"
    "<td>{{ row.city }}</td><td>{{ row.score }}</td></tr>{% endfor %}</table>"
)
TITLE = "Rows & columns"
HTML = "text/html; charset=utf-8"

SQLITE_QUERY = "SELECT id, title FROM bench_notes WHERE id = ?"
POSTGRESQL_QUERY = "SELECT id, title FROM bench_notes WHERE id = %s"
ASYNCPG_QUERY = "SELECT id, title FROM bench_notes WHERE id = $1"

_local = threading.local()


def find_in_sqlite(number: int) -> dict[str, Any]:
    """Read a row with the standard library's driver, in place: it takes a few microseconds."""
    connection = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = sqlite3.connect(FOLDER / "notes.sqlite")
    found, title = connection.execute(SQLITE_QUERY, (number,)).fetchone()
    return {"id": found, "title": title}


class AsyncNotes:
    """Notes in PostgreSQL for asyncio: the pool is opened by the first request."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._pool: Any = None

    async def find(self, number: int) -> dict[str, Any]:
        """Read a row with asyncpg."""
        pool = self._pool or await self._open()
        row = await pool.fetchrow(ASYNCPG_QUERY, number)
        return dict(row)

    async def _open(self) -> Any:
        # Peers are installed by whoever compares, so no type checker knows them.
        asyncpg: Any = importlib.import_module("asyncpg")
        async with self._lock:
            self._pool = self._pool or await asyncpg.create_pool(POSTGRESQL, min_size=4, max_size=4)
        return self._pool


class Notes:
    """Notes in PostgreSQL for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: Any = None

    def find(self, number: int) -> dict[str, Any]:
        """Read a row with psycopg."""
        if self._pool is None:
            with self._lock:
                pool: Any = importlib.import_module("psycopg_pool")
                self._pool = self._pool or pool.ConnectionPool(POSTGRESQL, min_size=4, open=True)
        with self._pool.connection() as connection:
            found, title = connection.execute(POSTGRESQL_QUERY, (number,)).fetchone()
        return {"id": found, "title": title}
