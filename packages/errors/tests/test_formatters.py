"""groundup_errors.formatters: one record is one line, whatever is in it, and never an exception."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_errors import ConsoleFormatter, JSONFormatter
from groundup_errors.formatters import MAX_HEADS, MAX_MESSAGE, MAX_TRACE

Make = Callable[..., logging.LogRecord]
Read = Callable[[str], dict[str, Any]]


class PaymentProcessorError(Exception):
    pass


class GrumpyError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


class Grumpy:
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


def catch(error: Exception) -> Exception:
    try:
        raise error  # noqa: TRY301 - it is raised for its traceback
    except Exception as caught:  # noqa: BLE001 - it was just raised
        return caught


def test_json_has_the_shape_of_the_seed(make_record: Make, read_line: Read) -> None:
    record = make_record(
        "Failed to process payment",
        error=catch(PaymentProcessorError("card declined")),
        request_id="req-12345",
        user_id=42,
    )
    record.created, record.msecs = 1705314645.1239, 123.9

    data = read_line(JSONFormatter().format(record))

    trace = data.pop("stack_trace")
    assert data == {
        "timestamp": "2024-01-15T10:30:45.123Z",
        "level": "INFO",
        "logger": "app",
        "message": "Failed to process payment",
        "request_id": "req-12345",
        "user_id": 42,
        "exception": "PaymentProcessorError",
    }
    assert list(data)[:4] == ["timestamp", "level", "logger", "message"]
    assert trace.startswith("Traceback")
    assert trace.endswith("PaymentProcessorError: card declined")


def test_the_time_is_that_of_the_record(make_record: Make, read_line: Read) -> None:
    formatter = JSONFormatter()
    for created in (0.0, 1.5, 1.5, 86_399.999, time.time()):
        record = make_record()
        record.created, record.msecs = created, created % 1 * 1000

        moment = datetime.fromisoformat(read_line(formatter.format(record))["timestamp"])

        assert abs(moment - datetime.fromtimestamp(created, UTC)).total_seconds() < 0.0011


@pytest.mark.parametrize("formatter", [JSONFormatter(), ConsoleFormatter()], ids=["json", "text"])
@pytest.mark.parametrize(
    "text",
    ["a\nb", "a\r\nb", "\x85", "\u2028\u2029", "\x1b[2J", "\x00", "\ud800", '"', "\\", "é😀"],
)
def test_a_record_is_one_line(make_record: Make, formatter: logging.Formatter, text: str) -> None:
    record = make_record(text, field=text)
    record.name = text

    line = formatter.format(record)

    assert len(line.splitlines()) == 1
    assert line.isprintable()


def test_text_comes_back_from_json_as_it_was(make_record: Make, read_line: Read) -> None:
    text = 'a\n"é😀\u2028'

    data = read_line(JSONFormatter().format(make_record("%s", text, field=text)))

    assert (data["message"], data["field"]) == (text, text)


@given(st.text(), st.dictionaries(st.text(min_size=1), st.text()))
def test_any_text_is_one_line_of_json(message: str, extra: dict[str, str]) -> None:
    record = logging.LogRecord("app", 20, "", 0, message, (), None)
    record.__dict__.update({f"x{name}": value for name, value in extra.items()})

    line = JSONFormatter(redact=False).format(record)

    assert len(line.splitlines()) == 1
    assert line.isascii()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param({"a": [1, None, True]}, {"a": [1, None, True]}, id="data"),
        pytest.param(datetime(2024, 1, 15, tzinfo=UTC), "2024-01-15 00:00:00+00:00", id="object"),
        pytest.param(b"\xff", "b'\\xff'", id="bytes"),
        pytest.param(float("nan"), "nan", id="nan"),
        pytest.param([float("inf")], ["inf"], id="infinity"),
        pytest.param({(1, 2): 3}, {"(1, 2)": 3}, id="key"),
        pytest.param({1}, [1], id="set"),
        pytest.param(Grumpy(), "<Grumpy, whose str raises RuntimeError>", id="grumpy"),
        pytest.param(10**400, 10**400, id="huge"),
        pytest.param(1.5, 1.5, id="float"),
    ],
)
def test_values_are_written_as_far_as_json_goes(
    make_record: Make, read_line: Read, value: object, written: object
) -> None:
    assert read_line(JSONFormatter().format(make_record(field=value)))["field"] == written


@pytest.mark.parametrize("redact", [True, False])
def test_values_that_hold_themselves_end(make_record: Make, read_line: Read, redact: bool) -> None:
    loop: list[Any] = []
    loop.append(loop)
    deep: Any = "x"
    for _ in range(10_000):
        deep = [deep]

    data = read_line(JSONFormatter(redact=redact).format(make_record(loop=loop, deep=deep)))

    assert "…" in str(data["loop"])
    assert "…" in str(data["deep"])


@pytest.mark.parametrize("formatter", [JSONFormatter(), ConsoleFormatter()], ids=["json", "text"])
@pytest.mark.parametrize(
    ("message", "args"),
    [
        pytest.param("%d", ("x",), id="type"),
        pytest.param("%s %s", ("x",), id="count"),
        pytest.param("%s", (Grumpy(),), id="argument"),
        pytest.param(Grumpy(), (), id="message"),
    ],
)
def test_arguments_that_do_not_fit_are_told(
    make_record: Make, formatter: logging.Formatter, message: Any, args: tuple[Any, ...]
) -> None:
    line = formatter.format(make_record(message, *args))

    assert "arguments do not fit" in line or "could not be written" in line


@pytest.mark.parametrize("formatter", [JSONFormatter(), ConsoleFormatter()], ids=["json", "text"])
def test_an_exception_that_cannot_be_shown_is_named(
    make_record: Make, formatter: logging.Formatter
) -> None:
    assert "GrumpyError" in formatter.format(make_record(error=catch(GrumpyError())))


def test_fields_that_have_the_names_of_ours_are_kept_apart(
    make_record: Make, read_line: Read
) -> None:
    data = read_line(JSONFormatter().format(make_record(level="forged", timestamp="forged")))

    assert data["level"] == "INFO"
    assert (data["level_"], data["timestamp_"]) == ("forged", "forged")


def test_secrets_are_masked_unless_told_otherwise(make_record: Make, read_line: Read) -> None:
    record = make_record(
        "login with password=%s", "hunter2", error=catch(ValueError("token=abc")), api_key="k"
    )

    masked = read_line(JSONFormatter().format(record))
    plain = read_line(JSONFormatter(redact=False).format(record))

    assert masked["message"] == "login with password=***"
    assert masked["api_key"] == "***"
    assert "token=***" in masked["stack_trace"]
    assert plain["message"] == "login with password=hunter2"
    assert plain["api_key"] == "k"
    assert "token=abc" in plain["stack_trace"]


def test_long_messages_and_traces_are_cut(make_record: Make, read_line: Read) -> None:
    record = make_record("a" * 2 * MAX_MESSAGE, error=catch(ValueError("b" * 2 * MAX_TRACE)))

    data = read_line(JSONFormatter().format(record))

    assert len(data["message"]) == MAX_MESSAGE + 1
    assert len(data["stack_trace"]) <= MAX_TRACE + 3


def test_a_stack_is_written_too(make_record: Make, read_line: Read) -> None:
    record = make_record(stack_info="Stack (most recent call last): ...")

    data = read_line(JSONFormatter().format(record))

    assert data["stack_trace"].startswith("Stack")
    assert "exception" not in data


def test_fields_of_the_service_are_on_every_line(make_record: Make, read_line: Read) -> None:
    data = read_line(JSONFormatter(fields={"service": "blog"}).format(make_record()))

    assert data["service"] == "blog"


def test_text_is_for_people(make_record: Make) -> None:
    record = make_record("paid", user_id=42)
    record.created, record.msecs = 1705314645.1239, 123.9

    assert ConsoleFormatter().format(record) == "10:30:45.123 INFO    app: paid  user_id=42"


def test_what_belongs_to_a_record_is_indented(make_record: Make) -> None:
    error = catch(ValueError("a\n10:30:45.123 INFO    app: forged"))

    first, *below = ConsoleFormatter().format(make_record("failed", error=error)).splitlines()

    assert first.endswith("app: failed")
    assert below[0] == "  | Traceback (most recent call last):"
    assert all(line.startswith("  | ") for line in below)


@pytest.mark.parametrize(
    ("level", "code"),
    [(logging.CRITICAL, "31"), (logging.WARNING, "33"), (logging.INFO, "32"), (5, "2")],
)
def test_levels_have_colours_on_terminals(make_record: Make, level: int, code: str) -> None:
    record = make_record()
    record.levelno, record.levelname = level, "LEVEL"

    assert f"\x1b[{code}mLEVEL  \x1b[0m" in ConsoleFormatter(colour=True).format(record)
    assert "\x1b" not in ConsoleFormatter().format(record)


def test_names_of_fields_that_are_made_up_do_not_fill_the_memory(
    make_record: Make, read_line: Read
) -> None:
    formatter: Any = JSONFormatter()

    for number in range(MAX_HEADS):
        formatter.format(make_record(**{f"name{number}": number}))
    data = read_line(formatter.format(make_record(last=1)))

    assert data["last"] == 1
    assert len(formatter._heads) == 1


def test_a_traceback_that_cannot_be_read_is_told(make_record: Make, read_line: Read) -> None:
    nonsense: Any = (KeyError, "no exception", None)
    record = make_record()
    record.exc_info = nonsense
    other = make_record()
    other.exc_text = "as somebody else wrote it"

    assert "could not be written" in read_line(JSONFormatter().format(record))["stack_trace"]
    assert read_line(JSONFormatter().format(other))["stack_trace"] == "as somebody else wrote it"


def test_a_secret_is_masked_whatever_its_type(make_record: Make, read_line: Read) -> None:
    record = make_record(token=1.5, password=["a"], secret=True, api_key="x", csrf=None, otp=7)

    data = read_line(JSONFormatter().format(record))

    assert [data[name] for name in ("token", "password", "secret", "api_key")] == ["***"] * 4
    assert (data["csrf"], data["otp"]) == (None, 7)
