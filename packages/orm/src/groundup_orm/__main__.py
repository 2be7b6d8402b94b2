"""``python -m groundup_orm``: migrate a database, look at a query's plan.

    python -m groundup_orm sqlite:///blog.db status migrations
    python -m groundup_orm sqlite:///blog.db upgrade migrations
    python -m groundup_orm sqlite:///blog.db plan "SELECT * FROM users WHERE name = 'alice'"

Exit status: 0 done, 1 refused (one line says why), 2 wrong arguments.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence

from groundup_orm.database import Database
from groundup_orm.errors import OrmError
from groundup_orm.explain import explain
from groundup_orm.migrations import Migrator
from groundup_orm.statements import Compiled

__all__ = ["main"]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    parser = argparse.ArgumentParser(prog="python -m groundup_orm", description="Care for tables.")
    parser.add_argument("database", help="sqlite:///file.db or postgresql://user@host/name")
    commands = parser.add_subparsers(dest="command", required=True)
    status = commands.add_parser("status", help="where each migration stands")
    upgrade = commands.add_parser("upgrade", help="apply what is pending")
    downgrade = commands.add_parser("downgrade", help="undo the last migration")
    create = commands.add_parser("create", help="write the file of a new migration")
    for command in (status, upgrade, downgrade, create):
        command.add_argument("directory", help="the folder of the migrations")
    upgrade.add_argument("--to", type=int, metavar="VERSION", help="the last one to apply")
    downgrade.add_argument("--to", type=int, metavar="VERSION", help="the last one to keep")
    downgrade.add_argument("--steps", type=int, default=1, help="how many to undo (1)")
    create.add_argument("name", help="what it does, in a few words")
    plan = commands.add_parser("plan", help="how the database would run a query")
    plan.add_argument("sql")
    return parser


def run(database: Database, options: argparse.Namespace) -> Iterable[object]:
    """Run one command and yield the lines to print."""
    if options.command == "plan":
        with database.pool.lend() as connection:
            yield explain(connection, Compiled(options.sql))
        return
    migrator = Migrator(database, options.directory)
    match options.command:
        case "status":
            yield from migrator.status()
        case "upgrade":
            yield from (f"applied {one}" for one in migrator.upgrade(options.to))
        case "downgrade":
            yield from (f"undid {one}" for one in migrator.downgrade(options.steps, to=options.to))
        case _:  # create, the last one
            yield from migrator.create(options.name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    options = make_parser().parse_args(arguments)
    try:
        with Database(options.database) as database:
            for line in run(database, options):
                print(line)
    except (OrmError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
