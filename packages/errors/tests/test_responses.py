"""groundup_errors.responses: problem details, pages and text, and what none of them tells."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from groundup_errors import (
    ApplicationError,
    MethodNotAllowedError,
    NotFoundError,
    ValidationError,
    default_response,
    problem,
)


class BrokenError(Exception):
    """An error whose text must not get out."""


def test_problem_has_the_members_of_the_standard() -> None:
    response = problem(
        403,
        "Out of credit",
        "You have 30, it costs 50.",
        type="https://example.com/out-of-credit",
        instance="/account/1",
        headers={"X-A": "b"},
        balance=30,
    )

    assert response.status == 403
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-A"] == "b"
    assert json.loads(response.text) == {
        "type": "https://example.com/out-of-credit",
        "title": "Out of credit",
        "status": 403,
        "detail": "You have 30, it costs 50.",
        "instance": "/account/1",
        "balance": 30,
    }


def test_a_status_without_a_phrase_has_a_title_too() -> None:
    assert json.loads(problem(499).text) == {"title": "Error", "status": 499}


def test_details_are_members(make_request: Callable[..., Any]) -> None:
    error = ValidationError("check the form", errors={"age": "must be a number"})

    response = default_response(error, make_request(Accept="application/json", id="r1"))

    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(response.text) == {
        "title": "Bad Request",
        "status": 400,
        "detail": "check the form",
        "code": "VALIDATION_ERROR",
        "errors": {"age": "must be a number"},
        "request_id": "r1",
    }


def test_details_cannot_replace_what_the_standard_says(make_request: Callable[..., Any]) -> None:
    error = ApplicationError(
        "A", "b", 400, details={"status": 200, "title": "ok", "headers": {}, "at": {1}}
    )

    members = json.loads(default_response(error, make_request()).text)

    assert members["status"] == 400
    assert members["title"] == "Bad Request"
    assert members["at"] == "{1}", "what JSON cannot say is said as text"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        pytest.param(None, "application/problem+json", id="nothing"),
        pytest.param("", "application/problem+json", id="empty"),
        pytest.param("*/*", "application/problem+json", id="curl"),
        pytest.param("text/html,application/xhtml+xml,*/*;q=0.8", "text/html", id="browser"),
        pytest.param("application/json", "application/json", id="json"),
        pytest.param("application/*", "application/problem+json", id="family"),
        pytest.param("TEXT/HTML", "text/html", id="capitals"),
        pytest.param("text/html;q=0.5, text/plain", "text/plain", id="weights"),
        pytest.param("text/html;q=0, */*", "application/problem+json", id="not-this"),
        pytest.param("text/*;q=0.3,text/html;level=1;q=0.7", "text/html", id="parameters"),
        pytest.param("image/png", "text/plain", id="none-of-ours"),
        pytest.param("*/*;q=0", "text/plain", id="nothing-at-all"),
        pytest.param(",;q=,\x00/html", "text/plain", id="nonsense"),
        pytest.param("a/b," * 10_000 + "text/html", "text/plain", id="endless"),
    ],
)
def test_the_type_is_what_the_client_likes(
    make_request: Callable[..., Any], accept: str | None, kind: str
) -> None:
    request = make_request() if accept is None else make_request(Accept=accept)

    response = default_response(NotFoundError("User"), request)

    assert response.status == 404
    assert response.headers["Content-Type"].partition(";")[0] == kind
    assert response.headers["Vary"] == "Accept"
    assert "User not found" in response.text


def test_a_page_brings_its_style_whatever_the_policy_of_the_site(
    make_request: Callable[..., Any],
) -> None:
    page = default_response(NotFoundError("User"), make_request(Accept="text/html"))
    text = default_response(NotFoundError("User"), make_request(Accept="text/plain"))

    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
    assert "Content-Security-Policy" not in text.headers


def test_a_request_that_can_negotiate_is_asked(make_request: Callable[..., Any]) -> None:
    request = make_request()

    def accepts(*offers: str) -> str:
        return offers[-1]

    request.accepts = accepts

    response = default_response(NotFoundError("User"), request)

    assert response.text == "404 Not Found: User not found\n"


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
@pytest.mark.parametrize(
    "error",
    [
        BrokenError("secret"),
        ApplicationError("SECRET", "secret", 503, details={"secret": "secret"}),
    ],
    ids=["unhandled", "ours"],
)
def test_a_mistake_of_ours_is_told_without_its_reason(
    make_request: Callable[..., Any], error: Exception, accept: str
) -> None:
    response = default_response(error, make_request(Accept=accept, id="r-77"))

    assert response.status in {500, 503}
    assert "secret" not in response.text.lower()
    assert "Broken" not in response.text
    assert "r-77" in response.text, "the id leads to the log"


def test_pages_escape_what_came_from_outside(make_request: Callable[..., Any]) -> None:
    error = NotFoundError("/<script>alert('x')</script>{title}")

    page = default_response(error, make_request(Accept="text/html", id="<b>")).text

    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;{title} not found" in page


def test_fields_of_the_error_are_sent(make_request: Callable[..., Any]) -> None:
    response = default_response(MethodNotAllowedError("PUT", ["GET"]), make_request())

    assert response.headers["Allow"] == "GET"
