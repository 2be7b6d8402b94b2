"""groundup_errors.direct: the same line with and without a record, and who must see a record."""

import functools
import io
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_errors import JSONFormatter, configure_logging, log_context
from groundup_errors import direct as module

logger = logging.getLogger("shop.orders")

TEXTS = st.text() | st.sampled_from(["token=abc", "password: x", "bearer abcdefgh", "a\nb", "é"])
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.lists(TEXTS)
NAMES = st.sampled_from(["user_id", "password", "level", "timestamp", "amount", "a b", "é", ""])


class Collected(logging.Handler):
    """A handler of somebody else."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Every test leaves the loggers as they were."""
    yield
    assert logging.getLoggerClass() is logging.Logger
    assert type(logger) is logging.Logger
    assert module.shortcut is None


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def formatted(monkeypatch: pytest.MonkeyPatch) -> list[logging.LogRecord]:
    """The records that were formatted: those that did not take the short cut."""
    records: list[logging.LogRecord] = []
    real = JSONFormatter.format

    def keep(self: JSONFormatter, record: logging.LogRecord) -> str:
        records.append(record)
        return real(self, record)

    monkeypatch.setattr(JSONFormatter, "format", keep)
    return records


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@given(
    TEXTS,
    st.dictionaries(NAMES, VALUES, max_size=3),
    st.dictionaries(NAMES, VALUES, max_size=3),
    st.booleans(),
    st.dictionaries(NAMES, VALUES, max_size=1),
)
def test_the_line_is_the_same_with_and_without_a_record(
    message: str,
    extra: dict[str, Any],
    bound: dict[str, Any],
    redact: bool,
    fields: dict[str, Any],
) -> None:
    lines: list[str] = []
    for other in (None, Collected()):
        stream = io.StringIO()
        with configure_logging(stream=stream, redact=redact, fields=fields), log_context(**bound):
            if other is not None:
                logging.getLogger().addHandler(other)
            logger.info(message, extra=extra)
            logger.info("again", extra=extra)
            if other is not None:
                logging.getLogger().removeHandler(other)
        lines.append(stream.getvalue())

    first, second = ([line[42:] for line in text.splitlines()] for text in lines)
    assert first == second
    assert len(first) == 2


def test_arguments_may_be_given_by_name(stream: io.StringIO, formatted: list[Any]) -> None:
    with configure_logging(stream=stream):
        logger.info("%(a)s and %(b)s", {"a": 1, "b": 2})
        logger.info("%s of %d", "one", 2)
        logger.info("100%")

    assert [line["message"] for line in read(stream)] == ["1 and 2", "one of 2", "100%"]
    assert formatted == []


def test_what_is_bound_may_change_inside_of_it(stream: io.StringIO, formatted: list[Any]) -> None:
    items = ["a"]

    with configure_logging(stream=stream), log_context(items=items):
        logger.info("one")
        items.append("b")
        logger.info("two")

    assert [line["items"] for line in read(stream)] == [["a"], ["a", "b"]]
    assert formatted == []


def test_what_is_bound_is_that_of_each_line(stream: io.StringIO) -> None:
    with configure_logging(stream=stream):
        for number in (1, 2):
            with log_context(request_id=number):
                logger.info("a")
                logger.info("b", extra={"request_id": "own"})
        logger.info("c")

    assert [line.get("request_id") for line in read(stream)] == [1, "own", 2, "own", None]


def test_another_set_up_writes_what_is_bound_anew(stream: io.StringIO) -> None:
    with log_context(password="x"):
        with configure_logging(stream=io.StringIO(), redact=False):
            logger.info("plain")
        with configure_logging(stream=stream):
            logger.info("masked")

    assert read(stream)[0]["password"] == "***"


def test_variables_of_others_are_read_for_each_line(
    stream: io.StringIO, formatted: list[Any]
) -> None:
    variable: ContextVar[str] = ContextVar("trace")

    with configure_logging(stream=stream, context_vars={"trace_id": variable}):
        for value in ("t1", "t2"):
            token = variable.set(value)
            logger.info("x")
            variable.reset(token)
        with log_context(items=[1]):
            logger.info("y")

    assert [line.get("trace_id") for line in read(stream)] == ["t1", "t2", None]
    assert formatted == []


def add_filter(target: Any) -> Callable[[], None]:
    def seen(record: logging.LogRecord) -> bool:
        record.seen = True
        return True

    target.addFilter(seen)
    return lambda: target.removeFilter(seen)


def add_handler(target: logging.Logger) -> Callable[[], None]:
    handler = Collected()
    target.addHandler(handler)
    return lambda: target.removeHandler(handler)


def make_records() -> Callable[[], None]:
    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        return logging.LogRecord(*args, **kwargs)

    logging.setLogRecordFactory(factory)
    return lambda: logging.setLogRecordFactory(logging.LogRecord)


def replace_method(name: str) -> Callable[[], None]:
    """Do what trackers of errors do."""
    real = getattr(logging.Logger, name)

    def watched(self: logging.Logger, *args: Any, **kwargs: Any) -> Any:
        return real(self, *args, **kwargs)

    setattr(logging.Logger, name, watched)
    return lambda: setattr(logging.Logger, name, real)


@pytest.mark.parametrize(
    "prepare",
    [
        *(
            pytest.param(functools.partial(replace_method, name), id=name)
            for name in ("makeRecord", "handle", "callHandlers")
        ),
        pytest.param(lambda: add_filter(logger), id="filter of the logger"),
        pytest.param(lambda: add_filter(logging.getLogger().handlers[0]), id="filter of ours"),
        pytest.param(lambda: add_handler(logger), id="handler of the logger"),
        pytest.param(lambda: add_handler(logging.getLogger("shop")), id="handler above it"),
        pytest.param(lambda: add_handler(logging.getLogger()), id="handler of the root"),
        pytest.param(make_records, id="records of somebody else"),
    ],
)
def test_whoever_wants_a_record_gets_one(
    stream: io.StringIO, formatted: list[Any], prepare: Callable[[], Callable[[], None]]
) -> None:
    with configure_logging(stream=stream):
        undo = prepare()
        logger.info("with")
        undo()
        logger.info("without")

    assert [line["message"] for line in read(stream)] == ["with", "without"]
    assert [record.getMessage() for record in formatted] == ["with"]


def test_a_method_that_was_replaced_before_is_seen_as_such() -> None:
    assert module.find_original("handle") is logging.Logger.handle
    undo = replace_method("handle")
    found = module.find_original("handle")
    undo()

    assert found is None


def test_a_record_knows_who_called(stream: io.StringIO) -> None:
    other = Collected()

    with configure_logging(stream=stream):
        logging.getLogger().addHandler(other)
        logger.info("here")
        logging.getLogger().removeHandler(other)

    (record,) = other.records
    assert (record.filename, record.funcName) == (
        "test_direct.py",
        "test_a_record_knows_who_called",
    )


def test_exceptions_and_stacks_are_written(stream: io.StringIO) -> None:
    with configure_logging(stream=stream):
        logger.error("failed", exc_info=KeyError("total"))
        logger.info("here", stack_info=True)

    first, second = read(stream)
    assert first["exception"] == "KeyError"
    assert "test_exceptions_and_stacks_are_written" in second["stack_trace"]


def test_a_logger_that_does_not_propagate_stays_silent(stream: io.StringIO) -> None:
    apart = logging.getLogger("shop.orders.apart")
    apart.propagate = False

    with configure_logging(stream=stream):
        apart.info("x")
    apart.propagate = True

    assert stream.getvalue() == ""


def test_the_level_of_the_handler_counts(stream: io.StringIO) -> None:
    with configure_logging(stream=stream):
        logging.getLogger().handlers[0].setLevel(logging.WARNING)
        logger.info("low")
        logger.warning("high")

    assert [line["message"] for line in read(stream)] == ["high"]


def test_a_field_with_the_name_of_a_record_s_own_is_refused_as_ever(stream: io.StringIO) -> None:
    with configure_logging(stream=stream):
        with pytest.raises(KeyError, match="name"):
            logger.info("x", extra={"name": "forged"})
        with log_context(name="forged", user_id=1):
            logger.info("y")

    (line,) = read(stream)
    assert (line["logger"], line["user_id"]) == ("shop.orders", 1)
    assert "name" not in line


def test_loggers_to_come_take_the_short_cut_and_those_of_others_do_not(
    stream: io.StringIO, formatted: list[Any]
) -> None:
    class Own(logging.Logger):
        """A class of somebody else."""

    with configure_logging(stream=stream):
        new = logging.getLogger("shop.new")
        new.info("new")
        logging.setLoggerClass(Own)
        own = logging.getLogger("shop.own")
        own.info("own")
        logging.setLoggerClass(logging.Logger)

    assert type(own) is Own
    assert type(new) is logging.Logger
    assert len(read(stream)) == 2
    assert [record.getMessage() for record in formatted] == ["own"]


def test_a_number_that_cannot_be_written_is_told(stream: io.StringIO) -> None:
    with configure_logging(stream=stream), log_context(huge=10**5000):
        logger.info("x")
        logger.info("y", extra={"huge": 10**5000})

    assert all("could not be written" in line["message"] for line in read(stream))


class Shouter(threading.Thread):
    """Logs until it is stopped, and keeps what was raised."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopped.is_set():
                with log_context(request_id="r1"):
                    logger.info("x", extra={"number": 1})
                time.sleep(0.0001)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it must not happen
            self.failure = error


def test_threads_may_log_while_the_set_up_changes() -> None:
    streams = [io.StringIO() for _ in range(10)]
    threads = [Shouter() for _ in range(3)]

    with configure_logging(stream=io.StringIO()):
        for thread in threads:
            thread.start()
        for number, stream in enumerate(streams):
            configure_logging(stream=stream, queued=number % 2 == 1)
            while not stream.getvalue():
                time.sleep(0.001)
        for thread in threads:
            thread.stopped.set()
            thread.join()
        configure_logging(stream=io.StringIO()).close()

    assert [thread.failure for thread in threads] == [None] * 3
    assert all(read(stream) for stream in streams)
