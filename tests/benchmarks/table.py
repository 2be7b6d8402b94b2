"""The table: CPU time per request of every contender in every case, in one interleaved run.

    round 1:  start all   plaintext: canned groundup … django   json: canned groundup …   stop all
    round 2:  start all   plaintext: …

Contenders take turns case by case, so a slow minute is slow for everybody, and are new processes
in each round, since where things come to lie in memory is worth some per cent.  The median of the
rounds counts; the lowest and the highest are kept to show how much it is worth.  How many
requests a measurement takes follows from what the warm-up cost: the slow and the fast get the
same time.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.benchmarks.cases import CASES, Case, add_validators
from tests.benchmarks.contenders import Contender
from tests.benchmarks.load import Answer, WrongAnswerError, ask, volley
from tests.benchmarks.processes import Running, serving

Say = Callable[[str], None]
WARM_UP = 3  # requests on each connection


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int = 5
    seconds: float = 0.3  # of CPU time for each measurement
    most: int = 20_000  # requests of one measurement
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
    return not contender.cases or case.name in contender.cases


def measure_case(
    running: Mapping[Contender, Running], case: Case, table: Table, plan: Plan
) -> None:
    """Let each contender answer one case, one after the other."""
    for contender, server in running.items():
        cell = table[contender.name][case.name]
        if not can_answer(contender, case) or cell.missing:
            continue
        try:
            asked, answer = check(server, case)
        except WrongAnswerError as error:
            # A peer that cannot do something is a finding; one of ours that cannot is a fault.
            if contender.ours:
                msg = f"{contender.name}, {case.name}: {error}"
                raise WrongAnswerError(msg) from error
            cell.missing = str(error)
            continue
        cpu, rate = measure(server, asked, answer, plan)
        cell.cpu.append(cpu)
        cell.rate.append(rate)


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


def measure(server: Running, case: Case, answer: Answer, plan: Plan) -> tuple[float, float]:
    """Return microseconds of CPU per request, and requests per second."""
    connections = plan.connections or case.connections

    def send(rounds: int) -> tuple[int, float, float]:
        cpu, clock = server.cpu_seconds(), time.perf_counter()
        sent = volley(server.port, case.request, answer, rounds, connections, case.burst)
        return sent, server.cpu_seconds() - cpu, time.perf_counter() - clock

    sent, cpu, _ = send(WARM_UP)
    wanted = min(plan.most, sent / max(cpu, 1e-5) * plan.seconds)
    sent, cpu, clock = send(max(1, round(wanted / connections / case.burst)))
    return cpu / sent * 1e6, sent / clock
