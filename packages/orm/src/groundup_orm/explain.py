"""Show how the database will run a query: whether it seeks in an index or reads a whole table.

    SEARCH users USING INDEX uq_users_username (username=?)     reads the rows it needs
    SCAN users                                                  reads all rows

The words are the database's own; only the tree is brought into one form.
"""

from dataclasses import dataclass

from groundup_orm.connection import Connection
from groundup_orm.statements import Compiled

__all__ = ["Plan", "explain"]


@dataclass(frozen=True)
class Plan:
    """A query plan; printing it shows the tree.

    >>> print(Plan("SELECT 1", ((0, "SCAN users"), (1, "USE INDEX"))))
    SCAN users
      USE INDEX
    """

    sql: str
    lines: tuple[tuple[int, str], ...]  # depth and text

    def __str__(self) -> str:
        return "\n".join("  " * depth + text for depth, text in self.lines)


def explain(connection: Connection, compiled: Compiled) -> Plan:
    """Return the plan of a query; the query itself is not run."""
    dialect = connection.dialect
    outcome = connection.run(dialect.explain(compiled.text), compiled.parameters)
    return Plan(compiled.text, tuple(dialect.plan(outcome.rows)))
