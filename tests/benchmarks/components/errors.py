"""Measure a log line as JSON: microseconds of CPU, ours and the loggers that are installed.

    python tests/benchmarks/components/errors.py            all, interleaved
    python tests/benchmarks/components/errors.py --quick    only show that it works

What is measured is one call of ``logger.info`` until the line is handed over: the level is looked
at, the fields that are bound to the request are added, everything is searched for secrets (by ours
alone), formatted as JSON, and written to a stream that discards it, flush included: what a disk
costs is not the logger's affair.  ``queued`` hands lines to a thread instead, whose work counts as
well.  CPU time of the process, the median of short rounds that take turns.

    bare     "order 4711 was paid"
    bound    the same, in a request: request_id and user_id are bound
    fields   the same, with three fields of its own
"""

import argparse
import importlib
import importlib.util
import io
import json
import logging
import statistics
import sys
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

from groundup_errors import configure_logging, log_context

BOUND: dict[str, Any] = {"request_id": "7f3a5b1c9d2e4f60", "user_id": 42}
FIELDS: dict[str, Any] = {"order": 4711, "amount": 99.5, "currency": "EUR"}
CASES = ("bare", "bound", "fields")
TARGET = 5.0  # microseconds

Log = Callable[[], object]


class Discard(io.StringIO):
    """A stream that keeps the last line and forgets the others."""

    last = ""

    def write(self, text: str) -> int:
        """Take a text."""
        self.last = text
        return len(text)


def load(name: str) -> Any:
    """Return a module that may not be installed, so that no type checker can know it."""
    return importlib.import_module(name)


# -- the contenders: each gives what to call in a case, while it is set up ------------------------


@contextmanager
def groundup(case: str, stream: Discard, *, queued: bool = False) -> Generator[Log]:
    """Log with the standard library's loggers and the set-up of this project."""
    logger = logging.getLogger("shop.orders")
    with ExitStack() as stack:
        stack.enter_context(configure_logging(stream=stream, json=True, queued=queued and 100_000))
        if case != "bare":
            stack.enter_context(log_context(**BOUND))
        extra = FIELDS if case == "fields" else None
        yield lambda: logger.info("order %s was paid", 4711, extra=extra)


@contextmanager
def groundup_queued(case: str, stream: Discard) -> Generator[Log]:
    """Do the same with a thread that writes."""
    with groundup(case, stream, queued=True) as log:
        yield log


@contextmanager
def standard(case: str, stream: Discard) -> Generator[Log]:
    """Log with the standard library alone, and the formatter that everyone writes once."""

    class Formatter(logging.Formatter):
        """A record as JSON, without masks and without anything bound by itself."""

        def format(self, record: logging.LogRecord) -> str:
            """Return the line."""
            line = {
                "timestamp": self.formatTime(record),
                "level": record.levelname,
                "logger": record.name,
                "message": record.getMessage(),
            }
            names = vars(record)
            line |= {name: names[name] for name in (*BOUND, *FIELDS) if name in names}
            return json.dumps(line)

    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter())
    logger = logging.Logger("shop.orders", logging.INFO)  # noqa: LOG001 - outside of the tree
    logger.addHandler(handler)
    extra = {"bare": None, "bound": BOUND, "fields": BOUND | FIELDS}[case]
    yield lambda: logger.info("order %s was paid", 4711, extra=extra)


@contextmanager
def structlog(case: str, stream: Discard, dumps: Callable[..., str] = json.dumps) -> Generator[Log]:
    """Log with structlog, set up as its pages on performance advise, but for text."""
    module = load("structlog")
    module.configure(
        processors=[
            module.contextvars.merge_contextvars,
            module.processors.add_log_level,
            module.processors.TimeStamper(fmt="iso", utc=True),
            module.processors.JSONRenderer(serializer=dumps),
        ],
        wrapper_class=module.make_filtering_bound_logger(logging.INFO),
        logger_factory=module.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )
    logger = module.get_logger().bind(logger="shop.orders")
    fields = FIELDS if case == "fields" else {}
    bound = {} if case == "bare" else BOUND
    with module.contextvars.bound_contextvars(**bound):
        yield lambda: logger.info("order %s was paid", 4711, **fields)


@contextmanager
def structlog_orjson(case: str, stream: Discard) -> Generator[Log]:
    """Do the same with a serializer in Rust."""
    orjson = load("orjson")

    def dumps(data: Any, default: Any) -> str:
        text: str = orjson.dumps(data, default=default).decode()
        return text

    with structlog(case, stream, dumps) as log:
        yield log


CONTENDERS: dict[str, Callable[[str, Discard], Any]] = {
    "groundup": groundup,
    "groundup queued": groundup_queued,
    "standard library": standard,
}
if importlib.util.find_spec("structlog"):
    CONTENDERS["structlog"] = structlog
    if importlib.util.find_spec("orjson"):
        CONTENDERS["structlog orjson"] = structlog_orjson


# -- measuring ------------------------------------------------------------------------------------


def measure(name: str, case: str, count: int) -> float:
    """Return the microseconds of CPU that one line takes, its thread's work included."""
    stream = Discard()
    start = time.process_time()
    with CONTENDERS[name](case, stream) as log:
        for _ in range(count):
            log()
    spent = time.process_time() - start
    line = json.loads(stream.last)
    wanted = {**({} if case == "bare" else BOUND), **(FIELDS if case == "fields" else {})}
    said = line.get("message") or line["event"]
    if said != "order 4711 was paid" or not wanted.items() <= line.items():
        sys.exit(f"{name} must write {wanted}, got {line}")
    return spent / count * 1e6


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only show that it works")
    parser.add_argument("--rounds", type=int, default=9, help="the median of these counts (9)")
    said = parser.parse_args()
    rounds, count = (1, 100) if said.quick else (said.rounds, 5000)
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for name in CONTENDERS:
            for case in CASES:
                found.setdefault((name, case), []).append(measure(name, case, count))
    print(f"{'µs of CPU a line':18}" + "".join(f"{case:>8}" for case in CASES))
    for name in CONTENDERS:
        times = [statistics.median(found[name, case]) for case in CASES]
        print(f"{name:18}" + "".join(f"{spent:8.2f}" for spent in times))
    print(f"{'target':18}{TARGET:8.2f}")


if __name__ == "__main__":
    main()
