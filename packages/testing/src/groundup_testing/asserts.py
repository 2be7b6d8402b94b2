"""Assertions about answers, whose messages say what came.

Each returns what it has checked, so that a test can go on with it.  When the handler raised, its
error is the cause of the assertion's, and so its traceback is in the report.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urljoin

from groundup_testing.answer import Answer, Head

__all__ = ["assert_header", "assert_json", "assert_redirects", "assert_status"]

H = TypeVar("H", bound=Head)
REDIRECTS = range(300, 400)
SHOWN = 300  # characters of a body


def describe(answer: Head) -> str:
    """Return one line about an answer, with the start of its body."""
    body = answer.body[:SHOWN].decode("utf-8", "replace") if isinstance(answer, Answer) else ""
    raised = f", raised by {answer.error!r}" if answer.error is not None else ""
    said = f" with {body!r}" if body else ""
    return f"{answer.status} {answer.reason} from {answer.method} {answer.url}{said}{raised}"


def assert_status(answer: H, *expected: int) -> H:
    """Check that an answer has one of these statuses.

    Raises:
        AssertionError: It has another one; the message shows the body and the handler's error.
    """
    if answer.status not in expected:
        wanted = " or ".join(map(str, expected))
        raise AssertionError(f"status must be {wanted}, got {describe(answer)}") from answer.error
    return answer


def assert_redirects(answer: H, location: str, *, status: int | None = None) -> H:
    """Check that an answer redirects to a place, given as a path or a whole URL.

    Use ``follow_redirects=False`` to see the redirect; of a followed one, the first is checked.

    Raises:
        AssertionError: It does not, or leads elsewhere.
    """
    first: Head = answer.history[0] if isinstance(answer, Answer) and answer.history else answer
    if first.status not in REDIRECTS or "Location" not in first.headers:
        raise AssertionError(f"answer must redirect, got {describe(first)}") from first.error
    found = urljoin(first.url, first.headers["Location"])
    wanted = urljoin(first.url, location)
    if found != wanted:
        raise AssertionError(f"redirect must lead to {wanted}, got {found}")
    if status is not None and first.status != status:
        raise AssertionError(f"redirect must have status {status}, got {first.status}")
    return answer


def assert_header(answer: Head, name: str, value: str | re.Pattern[str] | None = None) -> str:
    """Check that an answer has a field, with this value or a pattern's; return its value.

    Raises:
        AssertionError: It has not, or another value.
    """
    found = answer.headers.get(name)
    if found is None:
        names = ", ".join(answer.headers) or "none"
        raise AssertionError(f"{name} must be in the answer, got {names}")
    if isinstance(value, re.Pattern):
        if value.search(found) is None:
            raise AssertionError(f"{name} must match {value.pattern!r}, got {found!r}")
    elif value is not None and found != value:
        raise AssertionError(f"{name} must be {value!r}, got {found!r}")
    return found


def assert_json(
    answer: Answer, expected: Any = ..., *, check: Callable[[Any], bool] | None = None
) -> Any:
    """Check that an answer is JSON, by its type too, and has a value; return the value.

    Raises:
        AssertionError: It is not, or has another value.
        AnswerError: The body is no JSON, whatever its type says.
    """
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise AssertionError(f"Content-Type must be JSON, got {kind!r}: {describe(answer)}")
    value = answer.json
    if expected is not ... and value != expected:
        raise AssertionError(f"JSON must be {expected!r}, got {value!r}") from answer.error
    if check is not None and not check(value):
        raise AssertionError(f"JSON must pass the check, got {value!r}") from answer.error
    return value
