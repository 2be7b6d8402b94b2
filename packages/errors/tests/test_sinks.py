"""groundup_errors.sinks: what happens to a stream, file or socket never reaches the program."""

import io
import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundup_errors import configure_logging, log_context
from groundup_errors.formatters import JSONFormatter
from groundup_errors.sinks import (
    BoundedQueueHandler,
    LineHandler,
    RotatingHandler,
    StreamHandler,
    takes_lines,
)

logger = logging.getLogger("shop.orders")


class Broken(io.StringIO):
    """A stream that fails like a full disk."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.fixture
def udp() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        yield server


def read_syslog(data: bytes) -> tuple[str, dict[str, Any]]:
    head, _, body = data.decode().partition(": @cee: ")
    return head, json.loads(body)


@pytest.mark.parametrize("queued", [False, True])
def test_the_system_s_log_gets_json_with_its_priority(udp: socket.socket, queued: bool) -> None:
    address = udp.getsockname()

    with (
        configure_logging(stream=io.StringIO(), syslog=address, program="blog", queued=queued),
        log_context(request_id="r1"),
    ):
        logger.error("paid with token=%s", "abc")

    head, line = read_syslog(udp.recv(65_536))
    assert head == "<11>blog"  # user-level, error: RFC 3164, section 4.1.1
    assert (line["message"], line["request_id"]) == ("paid with token=***", "r1")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_the_system_s_log_may_be_a_socket_of_this_machine() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,  # short: such paths have 100 characters at most
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server,
    ):
        server.bind(path := f"{folder}/log")
        server.settimeout(10)

        with configure_logging(stream=io.StringIO(), syslog=path):
            logger.info("a\nb")

        head, line = read_syslog(server.recv(65_536))

    assert head == "<14>python"
    assert line["message"] == "a\nb"


def test_a_socket_that_is_not_there_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)

    with pytest.raises(OSError, match=r"must have a socket, got .*nowhere"):
        configure_logging(file=tmp_path / "app.log", syslog=str(tmp_path / "nowhere"))

    assert logging.getLogger().handlers == before


def test_a_datagram_that_is_too_long_does_not_stop_the_program(
    udp: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    with configure_logging(stream=io.StringIO(), syslog=udp.getsockname()):
        logger.info("x", extra={"field": "a" * 100_000})
        logger.info("y")

    assert read_syslog(udp.recv(65_536))[1]["message"] == "y"
    assert "Message too long" in capsys.readouterr().err or sys.platform != "linux"


@pytest.mark.parametrize("queued", [False, True])
@pytest.mark.parametrize("json_lines", [False, True])
def test_a_full_disk_is_told_and_does_not_stop_the_program(
    capsys: pytest.CaptureFixture[str], queued: bool, json_lines: bool
) -> None:
    with configure_logging(stream=Broken(), json=json_lines, queued=queued):
        logger.info("one")
        logger.info("two")

    assert capsys.readouterr().err.count("OSError: [Errno 28]") == 2


@pytest.mark.parametrize("json_lines", [False, True])
def test_standard_error_that_is_closed_does_not_stop_the_program(
    monkeypatch: pytest.MonkeyPatch, json_lines: bool
) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stderr", closed)

    with configure_logging(stream=Broken(), json=json_lines):
        logger.info("x")


def test_a_handler_of_somebody_else_that_raises_does_not_end_the_thread() -> None:
    class Rude(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise RuntimeError("no")

    stream = io.StringIO()

    with configure_logging(stream=stream, handlers=[Rude()], queued=True):
        logger.info("one")
        logger.info("two")

    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == [
        "one",
        "two",
    ]


def test_lines_and_records_keep_their_order_in_the_queue(tmp_path: Path) -> None:
    stream, file = io.StringIO(), tmp_path / "app.log"

    with configure_logging(stream=stream, file=file, queued=True):
        for number in range(20):
            logger.info("%d", number, exc_info=KeyError() if number % 3 else None)

    for text in (stream.getvalue(), file.read_text(encoding="utf-8")):
        messages = [json.loads(line)["message"] for line in text.splitlines()]
        assert messages == [str(number) for number in range(20)]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices here")
def test_a_device_is_not_renamed(tmp_path: Path) -> None:
    handler = RotatingHandler("/dev/null", 10, 1)
    handler.setFormatter(JSONFormatter())

    handler.write_line("x" * 100)
    handler.handle(logging.makeLogRecord({"msg": "y" * 100}))
    handler.close()

    assert Path("/dev/null").exists()
    assert not Path("/dev/null.1").exists()


@pytest.mark.parametrize("queued", [False, True])
def test_a_file_is_renamed_at_its_edge(tmp_path: Path, queued: bool) -> None:
    limit = 2 * (10 + len(os.linesep))
    handler = RotatingHandler(tmp_path / "app.log", limit, 1)

    handler.write_line("a" * 10, flush=not queued)
    handler.write_line("b" * 10, flush=not queued)
    assert not (tmp_path / "app.log.1").exists()
    handler.write_line("c" * 10, flush=not queued)
    handler.close()

    assert (tmp_path / "app.log.1").stat().st_size == limit
    assert (tmp_path / "app.log").read_text(encoding="utf-8") == "c" * 10 + "\n"


@pytest.mark.skipif(sys.platform == "win32", reason="folders in use stay there")
def test_a_file_that_is_taken_away_does_not_stop_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    handler = RotatingHandler(folder / "app.log", 10, 1)
    (folder / "app.log").unlink()
    folder.rmdir()

    handler.write_line("a" * 20)
    handler.close()

    assert "FileNotFoundError" in capsys.readouterr().err


def test_lines_go_only_to_handlers_that_write_what_the_formatter_makes() -> None:
    formatter = JSONFormatter()
    ours, another, theirs = StreamHandler(), StreamHandler(), logging.StreamHandler()
    for handler in (ours, theirs):
        handler.setFormatter(formatter)

    assert takes_lines(ours, formatter)
    assert not takes_lines(another, formatter)
    assert not takes_lines(theirs, formatter)


def test_a_line_handler_says_how() -> None:
    with pytest.raises(NotImplementedError):
        LineHandler().write_line("x")


def test_a_queue_holds_what_it_was_made_for_and_counts_the_rest() -> None:
    handler = BoundedQueueHandler(2)

    for line in "abc":
        handler.write_line(line)
    assert handler.dropped == 1
    waiting: Any = handler.queue
    assert [waiting.get(), waiting.get()] == ["a", "b"]
    handler.write_line("d")

    assert waiting.get() == "d"
    assert "1 records were dropped" in waiting.get().getMessage()
    assert handler.dropped == 0


def test_flushing_the_queue_waits_until_it_was_written() -> None:
    stream = io.StringIO()

    with configure_logging(stream=stream, queued=True):
        for number in range(100):
            logger.info("%d", number)
        (handler,) = logging.getLogger().handlers
        handler.flush()
        written = stream.getvalue()
    handler.flush()  # nobody reads it any more: nothing to wait for

    assert len(written.splitlines()) == 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_writes_its_own_lines(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    code = f"""
import io, logging, os
from groundup_errors import configure_logging
with configure_logging(stream=io.StringIO(), file={str(file)!r}, queued=True):
    logging.getLogger("a").info("parent")
    for number in (1, 2):
        if (child := os.fork()) == 0:
            logging.getLogger("a").info("child %d", number)
            logging.shutdown()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    logging.getLogger("a").info("parent again")
"""

    done = subprocess.run([sys.executable, "-c", code], timeout=60, check=False)

    assert done.returncode == 0
    lines = [json.loads(line)["message"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert sorted(lines) == ["child 1", "child 2", "parent", "parent again"]
