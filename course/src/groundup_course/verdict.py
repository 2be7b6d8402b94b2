"""What became of a learner's program: one outcome a test, and how far it has come.

A verdict is plain data; ``as_json`` is what ``groundup learn check --json`` prints.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Outcome", "Verdict"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one test.

    Attributes:
        kind: ``passed``, ``assert`` (a value was wrong), ``crash`` (an exception came out),
            ``timeout``, ``ended`` (the program ended itself) or ``missing`` (never run).
        did: What was done, as lines to paste.
        expected: What was expected.
        because: The rule, and where it comes from.
        got: What came; `caret` is a line to put below it.
        where: The learner's line: where an exception came from, or what returned last.
        output: What the learner's code printed.
    """

    name: str
    milestone: int
    kind: str
    rule: str
    did: tuple[str, ...] = ()
    expected: str = ""
    because: str = ""
    got: str = ""
    caret: str = ""
    where: str = ""
    output: str = ""

    @property
    def passed(self) -> bool:
        """Whether the test passed."""
        return self.kind == "passed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one program.

    Attributes:
        problem: Why no test could be run: the import failed, a name is missing; may be empty.
        where: The learner's line that the problem came from.
    """

    chapter: str
    seed: int
    upto: int
    outcomes: tuple[Outcome, ...]
    problem: str = ""
    where: str = ""
    output: str = ""
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def passed(self) -> bool:
        """Whether every test passed, and there were tests."""
        return not self.problem and bool(self.outcomes) and all(one.passed for one in self.outcomes)

    @property
    def reached(self) -> int:
        """The last milestone of which, and of all before it, every test passed."""
        if self.problem:
            return 0
        reached = 0
        for number in range(1, self.upto + 1):
            own = [one for one in self.outcomes if one.milestone == number]
            if not own or not all(one.passed for one in own):
                break
            reached = number
        return reached

    @property
    def first_failure(self) -> Outcome | None:
        """The first test that did not pass."""
        return next((one for one in self.outcomes if not one.passed), None)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "chapter": self.chapter,
            "seed": self.seed,
            "upto": self.upto,
            "passed": self.passed,
            "reached": self.reached,
            "problem": self.problem,
            "where": self.where,
            "tests": [asdict(one) for one in self.outcomes],
        }
