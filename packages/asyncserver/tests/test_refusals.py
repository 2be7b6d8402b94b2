"""groundup_asyncserver.refusals: what the client did is said, what the program did is not."""

import logging
from typing import Any

import pytest

from groundup_asyncserver.refusals import answer_error, make_refusal
from groundup_messages import BadRequest, PayloadTooLarge, Request


def test_a_client_error_says_what_was_wrong(caplog: pytest.LogCaptureFixture) -> None:
    response = answer_error(PayloadTooLarge("body must not be larger than 5 bytes"), Request())

    assert response.status == 413
    assert response.text == "Content Too Large: body must not be larger than 5 bytes\n"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not caplog.records


def test_another_error_says_nothing_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    error = KeyError("the password is hunter2")

    response = answer_error(error, Request("GET", "/posts?token=secret"))

    assert response.status == 500
    assert response.text == "Internal Server Error\n"
    assert response.error is error
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "GET /posts failed" in caplog.text
    assert "token=secret" not in caplog.text


@pytest.mark.parametrize("status", [200, 399, 500, 503, "404", 404.0, None])
def test_only_an_int_from_400_to_499_is_a_client_error(status: Any) -> None:
    class Error(Exception):
        pass

    error = Error("secret")
    error.status = status  # type: ignore[attr-defined]  # so any program may do

    assert answer_error(error, Request()).text == "Internal Server Error\n"


@pytest.mark.parametrize("status", [400, 404, 499])
def test_any_error_with_a_client_status_counts(status: int) -> None:
    class Error(Exception):
        pass

    error = Error("reason")
    error.status = status  # type: ignore[attr-defined]  # so any program may do

    assert answer_error(error, Request()).status == status


def test_whoever_comes_at_a_busy_time_may_come_again() -> None:
    assert make_refusal(503).headers["Retry-After"] == "1"
    assert "Retry-After" not in make_refusal(500).headers


def test_a_long_reason_is_cut() -> None:
    assert len(make_refusal(400, "x" * 10_000).text) < 300


def test_a_reason_may_hold_any_text() -> None:
    response = answer_error(BadRequest("lone \ud800 and é"), Request())

    assert response.body == "Bad Request: lone ? and é\n".encode()
