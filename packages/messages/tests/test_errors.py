"""groundup_messages.errors: one type per kind of bad input, each with its status."""

import pytest

from groundup_messages import (
    BadEncoding,
    BadForm,
    BadJSON,
    BadRequest,
    BodyNotRead,
    PayloadTooLarge,
    UnsupportedMediaType,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadRequest, 400),
        (BadJSON, 400),
        (BadForm, 400),
        (BadEncoding, 400),
        (PayloadTooLarge, 413),
        (UnsupportedMediaType, 415),
    ],
)
def test_every_mistake_of_the_client_has_its_status(error: type[BadRequest], status: int) -> None:
    assert error("wrong").status == status
    assert issubclass(error, BadRequest)
    assert issubclass(error, ValueError)


def test_a_body_that_was_not_read_is_no_mistake_of_the_client() -> None:
    assert not issubclass(BodyNotRead, BadRequest)
    assert not hasattr(BodyNotRead("wrong"), "status")
