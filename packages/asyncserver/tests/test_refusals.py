"""groundup_asyncserver.refusals: what the client did is said, what the program did is not."""

import logging
from typing import Any

import pytest

from groundup_asyncserver.refusals import answer_error, make_refusal
from groundup_messages import BadRequest, PayloadTooLarge, Request, UnsupportedCoding


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


@pytest.mark.parametrize("status", [200, 399, 500, "404", 404.0, None])
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


@pytest.mark.parametrize(
    ("status", "answered"), [(500, 500), (507, 507), (599, 599), (600, 500), (True, 500)]
)
def test_a_server_error_keeps_its_status_and_its_secrets(status: int, answered: int) -> None:
    class Error(Exception):
        pass

    error = Error("secret")
    error.status = status  # type: ignore[attr-defined]  # so any program may do

    response = answer_error(error, Request())

    assert response.status == answered
    assert "secret" not in response.text


class Told(Exception):  # noqa: N818 - what it is called says nothing
    status = 415

    def __init__(self, headers: Any) -> None:
        super().__init__("reason")
        self.headers = headers


def test_the_fields_of_an_error_go_with_its_answer() -> None:
    busy = Told({"Retry-After": "30"})
    busy.status = 503

    assert answer_error(UnsupportedCoding("gzip"), Request()).headers["Accept-Encoding"] == (
        "identity"
    )
    assert answer_error(busy, Request()).headers.getlist("Retry-After") == ["30"]


def test_an_error_does_not_say_what_kind_of_text_our_words_are() -> None:
    fields = {"Content-Type": "text/html", "x-content-type-options": "", "X-Why": "a"}

    headers = answer_error(Told(fields), Request()).headers

    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (headers["X-Content-Type-Options"], headers["X-Why"]) == ("nosniff", "a")


@pytest.mark.parametrize("fields", [{"A": "a\r\nB: c"}, {"A": 1}, {"": ""}])
def test_fields_that_are_none_are_logged_and_left_out(
    fields: Any, caplog: pytest.LogCaptureFixture
) -> None:
    response = answer_error(Told(fields), Request())

    assert (response.status, "A" in response.headers) == (415, False)
    assert "headers of an error" in caplog.text


@pytest.mark.parametrize("fields", [None, 5, "Retry-After", [("A", "b")]])
def test_what_is_no_mapping_is_nothing_to_answer_with(fields: Any) -> None:
    assert len(answer_error(Told(fields), Request()).headers) == 2


def test_whoever_comes_at_a_busy_time_may_come_again() -> None:
    assert make_refusal(503).headers["Retry-After"] == "1"
    assert "Retry-After" not in make_refusal(500).headers


def test_a_long_reason_is_cut() -> None:
    assert len(make_refusal(400, "x" * 10_000).text) < 300


def test_a_reason_may_hold_any_text() -> None:
    response = answer_error(BadRequest("lone \ud800 and é"), Request())

    assert response.body == "Bad Request: lone ? and é\n".encode()
