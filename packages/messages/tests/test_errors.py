"""groundup_messages.errors: one type per kind of bad input, each with its status."""

import pytest

from groundup_messages import (
    BadEncoding,
    BadForm,
    BadHost,
    BadJSON,
    BadQuery,
    BadRequest,
    BadURL,
    BodyNotRead,
    PayloadTooLarge,
    UnsupportedCharset,
    UnsupportedCoding,
    UnsupportedMediaType,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadRequest, 400),
        (BadURL, 400),
        (BadHost, 400),
        (BadQuery, 400),
        (BadJSON, 400),
        (BadForm, 400),
        (BadEncoding, 400),
        (PayloadTooLarge, 413),
        (UnsupportedMediaType, 415),
        (UnsupportedCharset, 415),
        (UnsupportedCoding, 415),
    ],
)
def test_every_mistake_of_the_client_has_its_status(error: type[BadRequest], status: int) -> None:
    assert error("wrong").status == status
    assert issubclass(error, BadRequest)
    assert issubclass(error, ValueError)


@pytest.mark.parametrize(
    ("error", "parent"),
    [
        (BadHost, BadURL),
        (BadQuery, BadURL),
        (UnsupportedCharset, UnsupportedMediaType),
        (UnsupportedCoding, UnsupportedMediaType),
    ],
)
def test_kinds_can_be_caught_together(error: type[BadRequest], parent: type[BadRequest]) -> None:
    assert issubclass(error, parent)


def test_who_compresses_is_told_not_to() -> None:
    assert dict(UnsupportedCoding("compressed").headers) == {"Accept-Encoding": "identity"}


def test_a_body_that_was_not_read_is_no_mistake_of_the_client() -> None:
    assert not issubclass(BodyNotRead, BadRequest)
    assert not hasattr(BodyNotRead("wrong"), "status")
