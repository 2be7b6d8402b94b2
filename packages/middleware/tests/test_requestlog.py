"""groundup_middleware.requestlog: one line a request, whatever the request says."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from groundup_middleware import Pipeline, log_requests, logging_middleware
from groundup_response import Response


@pytest.fixture(autouse=True)
def levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return the records of requests; asyncio has something to say about its loop, once."""
    return [record for record in caplog.records if record.name != "asyncio"]


def test_a_line_says_what_was_asked_and_answered(
    caplog: pytest.LogCaptureFixture,
    make_request: Callable[..., Any],
    hello: Callable[[Any], Response],
) -> None:
    Pipeline([logging_middleware]).run_sync(make_request("POST", "/a?b=1"), hello)

    (record,) = lines(caplog)
    assert record.name == "groundup.requests"
    assert record.levelno == logging.INFO
    assert record.getMessage().startswith("POST /a?b=1 200 ")
    assert record.getMessage().endswith(" ms")


def test_the_facts_are_attributes_of_the_record(
    caplog: pytest.LogCaptureFixture,
    make_request: Callable[..., Any],
    hello: Callable[[Any], Response],
) -> None:
    Pipeline([logging_middleware]).run_sync(make_request("GET", "/a"), hello)

    facts = vars(lines(caplog)[0])
    assert (facts["method"], facts["path"], facts["status"]) == ("GET", "/a", 200)
    assert facts["milliseconds"] >= 0


def test_an_exception_is_logged_and_goes_on(
    caplog: pytest.LogCaptureFixture, make_request: Callable[..., Any]
) -> None:
    logger = logging.getLogger("own")
    layer = log_requests(logger, level=logging.DEBUG, error_level=logging.ERROR)

    def broken(request: Any) -> Response:
        raise KeyError("secret")

    with pytest.raises(KeyError):
        Pipeline([layer]).run_sync(make_request(), broken)

    (record,) = lines(caplog)
    assert (record.name, record.levelno) == ("own", logging.ERROR)
    assert record.getMessage().startswith("GET / raised KeyError after ")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/a\r\nGET /forged 200", id="line-break"),
        pytest.param("/a\x1b[2J", id="terminal-escape"),
        pytest.param("/a\u2028b", id="unicode-line-separator"),
        pytest.param("/%s%(x)d", id="format"),
    ],
)
def test_a_line_cannot_be_forged(
    path: str,
    caplog: pytest.LogCaptureFixture,
    make_request: Callable[..., Any],
    hello: Callable[[Any], Response],
) -> None:
    Pipeline([logging_middleware]).run_sync(make_request(path=path), hello)

    assert lines(caplog)[0].getMessage().isprintable()


@pytest.mark.parametrize("length", [1000, 1001, 100_000])
def test_a_long_path_is_cut(
    length: int,
    caplog: pytest.LogCaptureFixture,
    make_request: Callable[..., Any],
    hello: Callable[[Any], Response],
) -> None:
    Pipeline([logging_middleware]).run_sync(make_request(path="/" * length), hello)

    assert lines(caplog)[0].getMessage().count("/") == 1000
