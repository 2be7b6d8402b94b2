"""groundup_errors.logs: setting up and taking down, files that rotate, a queue that never waits."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from groundup_errors import JSONFormatter, configure_logging, log_context

logger = logging.getLogger("shop.orders")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Slow(io.StringIO):
    """A stream that writes when it is allowed to."""

    def __init__(self) -> None:
        super().__init__()
        self.writing = threading.Event()
        self.allowed = threading.Event()
        self.emptied = threading.Event()  # the last record that has a place was taken out

    def write(self, text: str) -> int:
        self.writing.set()
        assert self.allowed.wait(10)
        if "number 2" in text:
            self.emptied.set()
        return super().write(text)


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Every test leaves the root logger as it was."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    yield
    assert (list(root.handlers), root.level) == before


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_records_of_all_loggers_are_written_as_json() -> None:
    stream = io.StringIO()

    with configure_logging(stream=stream), log_context(request_id="r1"):
        logger.info("paid")
        logger.debug("not this")

    (line,) = read(stream)
    assert (line["logger"], line["message"], line["request_id"]) == ("shop.orders", "paid", "r1")


def test_a_terminal_gets_text() -> None:
    stream = Terminal()

    with configure_logging(stream=stream):
        logger.warning("low")

    assert "\x1b[33mWARNING\x1b[0m shop.orders: low" in stream.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_the_form_may_be_chosen(stream: io.StringIO) -> None:
    with configure_logging(stream=stream, json=True):
        logger.info("a")
    with configure_logging(stream=stream, json=False):
        logger.info("b")

    first, second = stream.getvalue().splitlines()
    assert first.startswith("{")
    assert second.endswith("shop.orders: b")


@pytest.mark.parametrize("level", ["debug", "DEBUG", logging.DEBUG])
def test_the_level_may_be_a_name(level: int | str) -> None:
    stream = io.StringIO()

    with configure_logging(level, stream=stream):
        logger.debug("seen")

    assert len(read(stream)) == 1


def test_a_level_that_is_none_is_refused_and_changes_nothing() -> None:
    with pytest.raises(ValueError, match=r"one of NOTSET, DEBUG, .*, got 'loud'"):
        configure_logging("loud")


def test_a_second_set_up_takes_the_place_of_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()

    before = configure_logging(stream=first)
    with configure_logging(stream=second):
        logger.info("x")
    before.close()

    assert (len(read(first)), len(read(second))) == (0, 1)


def test_closing_twice_is_nothing() -> None:
    setup = configure_logging(stream=io.StringIO())

    setup.close()
    setup.close()


def test_a_file_is_rotated(tmp_path: Path) -> None:
    file = tmp_path / "app.log"

    with configure_logging(stream=io.StringIO(), file=file, max_bytes=500, backups=2):
        for number in range(20):
            logger.info("number %d", number)

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["app.log", "app.log.1", "app.log.2"]
    assert all(path.stat().st_size <= 500 for path in tmp_path.iterdir())
    last = file.read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["message"] == "number 19"


def test_a_file_that_cannot_be_opened_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        configure_logging(file=tmp_path / "nowhere" / "app.log")


def test_other_handlers_get_json_unless_they_know_better() -> None:
    streams = io.StringIO(), io.StringIO()
    plain, own = map(logging.StreamHandler, streams)
    own.setFormatter(logging.Formatter("mine %(message)s"))

    with configure_logging(stream=io.StringIO(), handlers=[plain, own]):
        logger.info("x")

    assert isinstance(plain.formatter, JSONFormatter)
    assert streams[1].getvalue() == "mine x\n"


def test_context_variables_of_others_become_fields() -> None:
    variable: ContextVar[str] = ContextVar("trace")
    stream = io.StringIO()
    token = variable.set("t1")

    with configure_logging(stream=stream, context_vars={"trace_id": variable}):
        logger.info("x")
    variable.reset(token)

    assert read(stream)[0]["trace_id"] == "t1"


def test_a_queue_keeps_context_order_and_traceback() -> None:
    stream = io.StringIO()

    with configure_logging(stream=stream, queued=True):
        for number in range(100):
            with log_context(request_id=number):
                logger.info("number %d", number)
        try:
            raise KeyError("total")  # noqa: TRY301 - it is raised for its traceback
        except KeyError:
            logger.exception("failed")

    lines = read(stream)
    assert [line["request_id"] for line in lines[:-1]] == list(range(100))
    assert lines[-1]["exception"] == "KeyError"
    assert "Traceback" in lines[-1]["stack_trace"]


def test_a_queued_message_is_that_of_the_moment() -> None:
    stream, items = Slow(), ["a"]

    with configure_logging(stream=stream, queued=True):
        logger.info("items %s", items)
        items.append("b")
        stream.allowed.set()

    assert read(stream)[0]["message"] == "items ['a']"


def test_a_queued_message_that_does_not_fit_is_told() -> None:
    stream = io.StringIO()

    with configure_logging(stream=stream, queued=True):
        logger.info("%d", "x")

    assert "arguments do not fit" in read(stream)[0]["message"]


def test_a_full_queue_drops_records_and_says_how_many() -> None:
    stream = Slow()

    with configure_logging(stream=stream, queued=3):
        logger.info("first")
        assert stream.writing.wait(10)
        for number in range(10):
            logger.info("number %d", number)  # none of these waits
        stream.allowed.set()
        assert stream.emptied.wait(10)
        logger.info("last")

    messages = [line["message"] for line in read(stream)]
    assert messages[:4] == ["first", "number 0", "number 1", "number 2"]
    assert "last" in messages
    assert "7 records were dropped: the log could not be written fast enough" in messages


def test_a_stream_that_is_closed_does_not_stop_the_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    stream = io.StringIO()

    with configure_logging(stream=stream):
        stream.close()
        logger.info("x")

    assert capsys.readouterr().err == ""


def test_a_stream_with_a_small_alphabet_gets_escapes() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii", write_through=True)

    with configure_logging(stream=stream, json=False):
        logger.info("café")

    assert written.getvalue().rstrip().endswith(b"shop.orders: caf\\xe9")


def test_a_program_without_a_console_may_log_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", None)

    with configure_logging(file=tmp_path / "app.log"):
        logger.info("x")

    assert "shop.orders" in (tmp_path / "app.log").read_text(encoding="utf-8")
