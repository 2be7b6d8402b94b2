"""groundup_httpparse.errors: what a stranger would catch, and what a server would answer."""

import pytest

from groundup_httpparse import HeaderError, ParseError


@pytest.mark.parametrize("error", [ParseError("wrong"), HeaderError("wrong")])
def test_both_errors_are_value_errors(error: Exception) -> None:
    assert isinstance(error, ValueError)
    assert str(error) == "wrong"


def test_what_was_read_says_the_status_to_answer_with() -> None:
    assert ParseError("wrong").status == 400
    assert ParseError("too large", status=413).status == 413


def test_what_a_program_writes_is_not_the_client_s_mistake() -> None:
    assert not hasattr(HeaderError("wrong"), "status")
