"""groundup_response.status: codes, phrases, and which of them have no content."""

from http import HTTPStatus
from typing import Any

import pytest

from groundup_response import ResponseError, reason_phrase
from groundup_response.status import REASONS, check_status, forbids_content, status_line

RENAMED = {302, 413, 414, 416, 418, 422}  # RFC 9110, or spelled otherwise in one Python or another


def test_phrases_are_those_of_the_registry() -> None:
    ours = {code: phrase for code, phrase in REASONS.items() if code not in RENAMED}
    theirs = {int(code): code.phrase for code in HTTPStatus}

    assert {code: theirs.get(code, phrase) for code, phrase in ours.items()} == ours
    assert reason_phrase(413) == "Content Too Large"


def test_unknown_status_has_an_empty_phrase_and_keeps_its_space() -> None:
    assert reason_phrase(799) == ""
    assert status_line(799) == b"HTTP/1.1 799 \r\n"


@pytest.mark.parametrize("status", [100, 999, HTTPStatus.OK])
def test_three_digits_are_taken_as_a_plain_int(status: int) -> None:
    assert type(check_status(status)) is int


@pytest.mark.parametrize("status", [99, 1000, 0, -200])
def test_other_numbers_are_refused(status: int) -> None:
    with pytest.raises(ResponseError, match="three digits"):
        check_status(status)


@pytest.mark.parametrize("status", ["200", 200.0, None, True])
def test_other_types_are_refused(status: Any) -> None:
    with pytest.raises(TypeError, match="must be an int"):
        check_status(status)


def test_statuses_without_content() -> None:
    without = {status for status in range(100, 1000) if forbids_content(status)}

    assert without == {*range(100, 200), 204, 205, 304}
