"""groundup_errors.facts: errors of other people are read with care."""

from types import MappingProxyType
from typing import Any

import pytest

from groundup_errors import NotFoundError, one_line
from groundup_errors.facts import (
    find_code,
    find_details,
    find_headers,
    find_message,
    find_status,
    find_text,
    unwrap,
)


class OddError(Exception):
    """An error with whatever attributes."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__("odd text")
        self.__dict__.update(attributes)


class MuteError(Exception):
    status = 400

    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (400, 400),
        (599, 599),
        (399, 500),
        (600, 500),
        (200, 500),
        ("404", 500),
        (404.0, 500),
        (True, 500),
        (None, 500),
    ],
)
def test_only_an_int_from_400_to_599_is_a_status(status: Any, found: int) -> None:
    assert find_status(OddError(status=status)) == found


def test_any_exception_without_status_is_500() -> None:
    assert find_status(KeyError("x")) == 500


@pytest.mark.parametrize(
    ("error", "message"),
    [
        pytest.param(NotFoundError("User"), "User not found", id="ours"),
        pytest.param(OddError(status=400), "odd text", id="text"),
        pytest.param(OddError(status=400, message="told"), "told", id="message"),
        pytest.param(OddError(status=400, message=7), "odd text", id="message-that-is-none"),
        pytest.param(OddError(status=503, message="the password is x"), None, id="ours-to-know"),
        pytest.param(KeyError("secret"), None, id="unhandled"),
        pytest.param(MuteError(), None, id="str-raises"),
        pytest.param(OddError(status=400, message="a" * 900), "a" * 500, id="long"),
    ],
)
def test_a_client_is_told_about_its_own_mistakes_only(error: Exception, message: str) -> None:
    assert find_message(error) == message


def test_the_message_counts_where_the_text_was_never_set() -> None:
    class SeedError(Exception):
        def __init__(self, code: str, message: str, status: int) -> None:
            self.code, self.message, self.status = code, message, status

    assert find_text(SeedError("NOT_FOUND", "User not found", 404)) == "User not found"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(NotFoundError("x"), "NOT_FOUND", id="ours"),
        pytest.param(OddError(status=404), "NOT_FOUND", id="from-the-status"),
        pytest.param(OddError(status=499), "HTTP_499", id="unknown-status"),
        pytest.param(OddError(status=400, code=7), "BAD_REQUEST", id="code-that-is-none"),
        pytest.param(
            OddError(code="DB_PASSWORD_WRONG"), "INTERNAL_SERVER_ERROR", id="ours-to-know"
        ),
    ],
)
def test_the_code_is_for_programs(error: Exception, code: str) -> None:
    assert find_code(error) == code


def test_fields_and_details_are_mappings_or_nothing() -> None:
    proxy = MappingProxyType({"a": 1})

    assert find_headers(OddError(status=400, headers=proxy)) == {"a": "1"}
    assert find_headers(OddError(status=400, headers=["a"])) == {}
    assert find_headers(OddError(headers=proxy)) == {}
    assert find_details(OddError(status=400, details=proxy)) == {"a": 1}
    assert find_details(OddError(status=500, details=proxy)) == {}
    assert find_details(OddError(status=400, details="x")) == {}


def test_a_group_of_several_stays_a_group() -> None:
    group = ExceptionGroup("tasks", [KeyError("a"), KeyError("b")])

    assert unwrap(group) is group


@pytest.mark.parametrize(
    "sign",
    ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x1b", "\x00", "\u202e"],
)
def test_one_line_leaves_nothing_that_ends_a_line_or_turns_the_text(sign: str) -> None:
    line = one_line(f"a{sign}b")

    assert line.isprintable()
    assert line == f"a{sign!r}b".replace("'", "")


def test_one_line_has_a_longest_length() -> None:
    assert one_line("é" * 1000) == "é" * 1000
    assert one_line("é" * 1001) == "é" * 1000 + "…"
