"""groundup_httpparse.limits: numbers that make sense."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from groundup_httpparse import Limits, parse_request


def test_defaults_let_every_usual_request_through() -> None:
    limits = Limits()

    assert (limits.request_line, limits.field_line, limits.fields) == (8192, 8192, 100)
    assert (limits.head, limits.body) == (65536, None)
    assert (limits.chunk_line, limits.trailer_fields, limits.trailers) == (4096, 32, 8192)


def test_request_lines_of_8000_bytes_are_understood() -> None:
    line = f"GET /{'a' * 7986} HTTP/1.1"
    assert len(line) == 8000

    assert len(parse_request(f"{line}\r\nHost: a\r\n\r\n".encode()).target) == 7987


@pytest.mark.parametrize("name", ["request_line", "field_line", "fields", "head", "chunk_line"])
@pytest.mark.parametrize("value", [0, -1, None, 1.5, True, "8"])
def test_a_limit_is_a_positive_number(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a number from 1 up, got"):
        Limits(**{name: value})


@pytest.mark.parametrize("name", ["body", "trailers", "trailer_fields"])
def test_nothing_may_be_the_most_of_what_can_be_left_out(name: str) -> None:
    keywords: dict[str, Any] = {name: 0}
    assert getattr(Limits(**keywords), name) == 0

    keywords[name] = -1
    with pytest.raises(ValueError, match=f"{name} must be a number from 0 up, got -1"):
        Limits(**keywords)


def test_limits_never_change() -> None:
    limits: Any = Limits()

    with pytest.raises(FrozenInstanceError):
        limits.head = 1
