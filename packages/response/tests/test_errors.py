"""groundup_response.errors: what a stranger would catch."""

import pytest

from groundup_response import BodyError, CookieError, ResponseError


@pytest.mark.parametrize("error", [ResponseError, CookieError, BodyError])
def test_every_error_is_a_value_error_of_this_package(error: type[Exception]) -> None:
    assert issubclass(error, ResponseError)
    assert issubclass(error, ValueError)


def test_no_error_blames_the_client() -> None:
    assert not hasattr(ResponseError("wrong"), "status")
