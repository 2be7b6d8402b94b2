"""groundup_orm.asyncconnection over TLS, by a proxy whose records are larger than the server's.

OpenSSL hands out a record in pieces, and nothing on the socket tells that there is another piece.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from groundup_orm import Database

Run = Callable[[Coroutine[Any, Any, Any]], Any]
CERTIFICATE = Path(__file__).with_name("localhost.pem")  # of nobody, for tests, with its key
PIECE = 1 << 18


class Proxy:
    """Speaks TLS to clients, and plainly to a PostgreSQL server."""

    def __init__(self, host: str, port: str) -> None:
        self._host, self._upstream = host, port
        self._rules = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._rules.load_cert_chain(CERTIFICATE)
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)  # "let us speak TLS"
        writer.write(b"S")
        await writer.start_tls(self._rules)
        if self._host.startswith("/"):
            path = f"{self._host}/.s.PGSQL.{self._upstream}"
            server, to_server = await asyncio.open_unix_connection(path)
        else:
            server, to_server = await asyncio.open_connection(self._host, self._upstream)
        await asyncio.gather(carry(reader, to_server), carry(server, writer))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._server.close()
        if tasks := asyncio.all_tasks(self._loop):  # which end, as their clients are gone
            self._loop.run_until_complete(asyncio.wait(tasks, timeout=10))
        self._loop.close()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while data := await reader.read(PIECE):
            writer.write(data)
            await writer.drain()
    writer.close()
    with suppress(ConnectionError, ssl.SSLError):
        await writer.wait_closed()


@pytest.fixture
def over_tls(postgresql: Database) -> Iterator[Database]:
    with postgresql.pool.lend() as connection:
        pgconn = connection.raw.pgconn
        proxy = Proxy(pgconn.host.decode(), pgconn.port.decode())
        user, password, name = (
            found.decode() for found in (pgconn.user, pgconn.password, pgconn.db)
        )
    address = f"postgresql://{user}:{password}@127.0.0.1:{proxy.port}/{name}"
    with Database(f"{address}?sslmode=require&gssencmode=disable") as database:
        yield database
    proxy.close()


@pytest.mark.skipif(
    psycopg.pq.version() < 180000, reason="older libpq waits for ever, blocking too"
)
@pytest.mark.parametrize("rows", [1, 3, 30])
def test_large_records_are_read_to_their_end(over_tls: Database, run: Run, rows: int) -> None:
    query = "SELECT repeat('x', ?) AS x FROM generate_series(1, ?)"

    async def scenario() -> None:
        for size in range(1, 60_000, 1777):
            found = await over_tls.query(query, size, rows)
            assert [len(row["x"]) for row in found] == [size] * rows

    run(scenario())


def test_large_parameters_are_sent_to_their_end(over_tls: Database, run: Run) -> None:
    async def scenario() -> None:
        found = await over_tls.query_one("SELECT length(?::text) AS n", "x" * 10_000_000)

        assert found == {"n": 10_000_000}

    run(scenario())
