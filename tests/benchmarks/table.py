"""The table: CPU time per request of every contender in every case, in one interleaved run.

    round 1:  start all   plaintext: canned groundup … django, canned … django   json: …   stop all
    round 2:  start all   plaintext: …

Contenders take turns within each case, so a slow minute is slow for everybody, and are new
processes in each round, since where things come to lie in memory is worth some per cent.  The
median of all turns counts; the lowest and the highest are kept to show how much it is worth.  How
many requests a turn takes follows from what the warm-up cost: the slow and the fast get the same
time.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.benchmarks.cases import CASES, Case, add_validators
from tests.benchmarks.contenders import Contender
from tests.benchmarks.load import Answer, WrongAnswerError, ask, connected, volley
from tests.benchmarks.processes import Running, serving

Say = Callable[[str], None]
WARM_UP = 0.5  # of a turn's time; what is compiled or remembered on first use is not counted


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int = 3
    turns: int = 3  # in each round
    seconds: float = 0.1  # of CPU time for each turn
    connections: int | None = None  # what the case says


@dataclass
class Cell:
    """One contender in one case, round by round; ``missing`` says why there is nothing."""

    cpu: list[float] = field(default_factory=list[float])  # µs for a request
    rate: list[float] = field(default_factory=list[float])  # requests in a second
    missing: str = ""

    def summary(self) -> dict[str, object]:
        """Return what is written down."""
        if not self.cpu:
            return {"missing": self.missing}
        return {
            "cpu_us": round(statistics.median(self.cpu), 2),
            "lowest": round(min(self.cpu), 2),
            "highest": round(max(self.cpu), 2),
            "per_second": round(statistics.median(self.rate)),
        }


Table = dict[str, dict[str, Cell]]


def measure_table(
    contenders: Iterable[Contender],
    cases: Iterable[Case],
    environment: Mapping[str, str],
    plan: Plan,
    say: Say,
) -> Table:
    """Measure every contender in every case.

    Raises:
        StartError: A contender did not start.
        WrongAnswerError: One of ours answered something else, or an answer broke off.
    """
    contenders, cases = list(contenders), list(cases)
    table: Table = {one.name: {case.name: Cell() for case in cases} for one in contenders}
    for number in range(plan.rounds):
        # Layers belong to an application, so those with other layers are other processes.
        for layers in sorted({case.layers for case in cases}):
            chosen = [case for case in cases if case.layers == layers]
            settings = {**environment, "BENCH_LAYERS": str(layers)}
            with ExitStack() as stack:
                running = {
                    one: stack.enter_context(serving(one, settings))
                    for one in contenders
                    if any(can_answer(one, case) for case in chosen)
                }
                for case in chosen:
                    say(f"round {number + 1} of {plan.rounds}: {case.name}")
                    measure_case(running, case, table, plan)
    return table


def can_answer(contender: Contender, case: Case) -> bool:
    """Whether a contender takes part in a case."""
    wanted = not case.contenders or contender.name in case.contenders
    return wanted and (not contender.cases or case.name in contender.cases)


def measure_case(
    running: Mapping[Contender, Running], case: Case, table: Table, plan: Plan
) -> None:
    """Let the contenders answer one case by turns."""
    asked: dict[Contender, Sending] = {}
    for contender, server in running.items():
        cell = table[contender.name][case.name]
        if not can_answer(contender, case) or cell.missing:
            continue
        try:
            asked[contender] = Sending(server, *check(server, case), plan)
        except WrongAnswerError as error:
            # A peer that cannot do something is a finding; one of ours that cannot is a fault.
            if contender.ours:
                msg = f"{contender.name}, {case.name}: {error}"
                raise WrongAnswerError(msg) from error
            cell.missing = str(error)
    for _ in range(plan.turns):
        for contender, sending in asked.items():
            cpu, rate = sending.measure()
            table[contender.name][case.name].cpu.append(cpu)
            table[contender.name][case.name].rate.append(rate)


def check(server: Running, case: Case) -> tuple[Case, Answer]:
    """Ask once and compare; return the request as it is to be sent, and the answer.

    Raises:
        WrongAnswerError: It is not what the case says.
    """
    if case.conditional:
        case = add_validators(case, ask(server.port, CASES["static"].request).fields)
    answer = ask(server.port, case.request)
    if not case.accepts(answer.status, answer.body):
        msg = f"expected {case.status} and the body of the case, got {answer.status}"
        raise WrongAnswerError(f"{msg}: {answer.body[:60]!r}")
    return case, answer


class Sending:
    """The same request again and again to one server, as often as fits into a time."""

    def __init__(self, server: Running, case: Case, answer: Answer, plan: Plan) -> None:
        self._server, self._case, self._answer = server, case, answer
        self._connections = plan.connections or case.connections
        self._rounds, cpu, enough = 1, 0.0, plan.seconds * WARM_UP
        while cpu < enough:
            self._rounds *= 2
            _, cpu, _ = self._send()
        self._rounds = max(1, round(self._rounds * plan.seconds / cpu))

    def measure(self) -> tuple[float, float]:
        """Return microseconds of CPU per request, and requests per second."""
        sent, cpu, clock = self._send()
        return cpu / sent * 1e6, sent / clock

    def _send(self) -> tuple[int, float, float]:
        case, answer = self._case, self._answer
        with connected(self._server.port, self._connections) as clients:
            # Connecting is not counted, nor what is made once for each connection.
            volley(clients, case.request, answer, 1, case.burst)
            cpu, clock = self._server.cpu_seconds(), time.perf_counter()
            sent = volley(clients, case.request, answer, self._rounds, case.burst)
            return sent, self._server.cpu_seconds() - cpu, time.perf_counter() - clock
