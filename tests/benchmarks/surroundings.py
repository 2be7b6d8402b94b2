"""What the applications find around them: a folder with a file and two databases."""

import importlib
import importlib.util
import os
import sqlite3
import tempfile
import warnings
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks import cases

NOTES = [(number, f"Note {number}") for number in range(1, 101)]
CREATE = "CREATE TABLE bench_notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL)"
DROP = "DROP TABLE IF EXISTS bench_notes"


@contextmanager
def surroundings(*, postgresql: bool) -> Generator[dict[str, str]]:
    """Make the folder and the databases; yield the environment that says where they are."""
    with ExitStack() as stack:
        # PostgreSQL below a folder of root's own could not be reached by the user it runs as.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundup-bench-")))
        folder.chmod(0o755)
        (folder / "static").mkdir()
        (folder / "static" / "file.txt").write_bytes(cases.STATIC)
        (folder / "static" / "large.txt").write_bytes(cases.LARGE)
        with sqlite3.connect(folder / "notes.sqlite") as database:
            database.execute(CREATE)
            database.executemany("INSERT INTO bench_notes VALUES (?, ?)", NOTES)
        database.close()
        url = stack.enter_context(running_postgresql(folder)) if postgresql else ""
        yield {"BENCH_FOLDER": str(folder), "BENCH_POSTGRESQL": url}


@contextmanager
def running_postgresql(folder: Path) -> Generator[str]:
    """Yield the URL of a server with the table, or an empty one where there is no server."""
    with ExitStack() as stack:
        url = os.environ.get("DATABASE_URL", "")
        if not url:
            if importlib.util.find_spec("pgserver") is None:
                yield ""
                return
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it says where it puts its own files
                pgserver: Any = importlib.import_module("pgserver")
                server = pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
            stack.callback(server.cleanup)
            url = str(server.get_uri())
        psycopg: Any = importlib.import_module("psycopg")
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(DROP)
            database.execute(CREATE)
            database.cursor().executemany("INSERT INTO bench_notes VALUES (%s, %s)", NOTES)
            yield url
            database.execute(DROP)
