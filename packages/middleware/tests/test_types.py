"""groundup_middleware.types: what counts as a response."""

import pytest

from groundup_middleware import is_response
from groundup_response import Response


class WithBoth:
    status = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - a stranger's class, as careless as they come


class WithStatus:
    status = 200


def test_our_response_is_one() -> None:
    assert is_response(Response(204))


def test_a_stranger_with_status_and_headers_is_one() -> None:
    assert is_response(WithBoth())


@pytest.mark.parametrize("value", [None, "text", 200, {"status": 200}, WithStatus()])
def test_anything_else_is_none(value: object) -> None:
    assert not is_response(value)
