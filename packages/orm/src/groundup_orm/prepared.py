"""Remember which statements a PostgreSQL connection has prepared.

    1st to 5th run     text, parsed and planned by the server each time
    6th run            PREPARE groundup_f00d_1 AS text, then groundup_f00d_1
    from then on       groundup_f00d_1: neither parsed nor planned again

A plan is for one text and the types of its parameters, and lives in one connection.  The server
keeps plans until it is told not to, so there are at most so many: the one that was not used for
the longest time goes to ``surplus``, for whoever speaks to the server to deallocate.  No two
connections use one name: behind a proxy that lends a server's connection to many clients, a name
that is known there would be somebody else's statement.
"""

from collections import OrderedDict
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

__all__ = ["Key", "Plan", "Prepared", "is_outdated"]

Key = tuple[str, tuple[int, ...]]  # the text, and the types of its parameters as the server's oids


@dataclass(eq=False, slots=True)
class Plan:
    """A statement that the server has prepared.

    Its columns are noted with its first answer: a table may change, but the server refuses a plan
    whose columns are others than they were.
    """

    name: bytes
    columns: tuple[str, ...] | None = None


class Prepared:
    """The prepared statements of one connection.

    >>> prepared = Prepared(after=1)
    >>> key = ("SELECT $1", (23,))
    >>> prepared.is_due(key)
    False
    >>> prepared.note_run(key)
    >>> prepared.is_due(key)
    True
    >>> prepared.add(key, Plan(prepared.make_name()))
    >>> prepared.find(key) is not None
    True

    Args:
        after: How often a statement is run before it is prepared.
        most: The most statements to keep, and to count.
    """

    def __init__(self, *, after: int = 5, most: int = 100) -> None:
        self._after = after
        self._most = most
        self._runs: OrderedDict[Key, int] = OrderedDict()
        self._plans: OrderedDict[Key, Plan] = OrderedDict()
        self._prefix = f"groundup_{token_hex(6)}_"
        self._made = 0
        self.surplus: list[bytes] = []  # names that the server may forget

    def find(self, key: Key) -> Plan | None:
        """Return the plan of a statement that was prepared."""
        plan = self._plans.get(key)
        if plan is not None:
            self._plans.move_to_end(key)
        return plan

    def is_due(self, key: Key) -> bool:
        """Whether a statement was run so often that preparing it will pay."""
        return self._runs.get(key, 0) >= self._after

    def note_run(self, key: Key) -> None:
        """Count one run of a statement that is not prepared."""
        self._runs[key] = self._runs.pop(key, 0) + 1
        if len(self._runs) > self._most:
            self._runs.popitem(last=False)

    def make_name(self) -> bytes:
        """Return a name that nobody has used before."""
        self._made += 1
        return f"{self._prefix}{self._made}".encode()

    def add(self, key: Key, plan: Plan) -> None:
        """Remember a statement that was prepared."""
        self._runs.pop(key, None)
        self._plans[key] = plan
        if len(self._plans) > self._most:
            self.surplus.append(self._plans.popitem(last=False)[1].name)

    def forget(self, key: Key) -> None:
        """Give a plan up that no longer fits; the next run makes a new one."""
        plan = self._plans.pop(key, None)
        if plan is not None:
            self.surplus.append(plan.name)
            self._runs[key] = self._after

    def forget_all(self) -> None:
        """The server has forgotten them all: somebody told it to."""
        self._plans.clear()
        self.surplus.clear()


def is_outdated(error: Any) -> bool:
    """Whether psycopg's error says that a plan is gone or fits no more, so that nothing was run.

    The words depend on the server's language; the name of the server's function does not.  An
    error with a context comes from a function that ran, and may have done something before.
    """
    if error.sqlstate not in {"0A000", "26000"} or error.diag.context:
        return False
    if error.sqlstate == "0A000":  # "cached plan must not change result type", among others
        return bool(error.diag.source_function == "RevalidateCachedQuery")
    return True  # there is no such plan: somebody discarded them
