"""groundup_errors.exceptions: the seed's classes, and the tree around them."""

import copy
import pickle

import pytest

from groundup_errors import (
    ApplicationError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    GoneError,
    MethodNotAllowedError,
    NotFoundError,
    PayloadTooLargeError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
    ValidationError,
)

ALL = [
    (BadRequestError(), "BAD_REQUEST", 400),
    (ValidationError("bad"), "VALIDATION_ERROR", 400),
    (UnauthorizedError(), "UNAUTHORIZED", 401),
    (ForbiddenError(), "FORBIDDEN", 403),
    (NotFoundError("User"), "NOT_FOUND", 404),
    (MethodNotAllowedError("PUT", ["GET"]), "METHOD_NOT_ALLOWED", 405),
    (ConflictError(), "CONFLICT", 409),
    (GoneError("User"), "GONE", 410),
    (PayloadTooLargeError(), "PAYLOAD_TOO_LARGE", 413),
    (UnsupportedMediaTypeError(), "UNSUPPORTED_MEDIA_TYPE", 415),
    (TooManyRequestsError(3), "TOO_MANY_REQUESTS", 429),
    (ServiceUnavailableError(), "SERVICE_UNAVAILABLE", 503),
]


@pytest.mark.parametrize(("error", "code", "status"), ALL, ids=str)
def test_each_error_knows_its_code_and_status(
    error: ApplicationError, code: str, status: int
) -> None:
    assert (error.code, error.status) == (code, status)
    assert error.message == str(error) != ""


def test_the_first_argument_means_what_the_seed_says() -> None:
    assert ApplicationError("A", "b").status == 500
    assert ValidationError("must be numeric").message == "must be numeric"
    assert NotFoundError("User").message == "User not found"


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (UnauthorizedError(challenge='Basic realm="x"'), {"WWW-Authenticate": 'Basic realm="x"'}),
        (MethodNotAllowedError("PUT", {"POST", "GET"}), {"Allow": "GET, POST"}),
        (MethodNotAllowedError("PUT", []), {"Allow": ""}),
        (TooManyRequestsError(0.1), {"Retry-After": "1"}),
        (TooManyRequestsError(-5), {"Retry-After": "0"}),
        (TooManyRequestsError(), {}),
        (ServiceUnavailableError(30), {"Retry-After": "30"}),
    ],
    ids=str,
)
def test_errors_bring_their_fields(error: ApplicationError, headers: dict[str, str]) -> None:
    assert error.headers == headers


@pytest.mark.parametrize("status", [200, 399, 600, True, "404"])
def test_the_status_of_an_error_is_that_of_an_error(status: int) -> None:
    with pytest.raises(ValueError, match="status of an error must be 400 to 599"):
        ApplicationError("A", "b", status)


@pytest.mark.parametrize("error", [error for error, _, _ in ALL], ids=str)
def test_errors_survive_copies_and_pickles(error: ApplicationError) -> None:
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is type(error)
        assert vars(twin) == vars(error)
        assert str(twin) == str(error)


def test_fields_and_details_are_copied() -> None:
    headers = {"X-A": "1"}

    error = ApplicationError("A", "b", headers=headers)
    error.headers["X-B"] = "2"

    assert headers == {"X-A": "1"}
