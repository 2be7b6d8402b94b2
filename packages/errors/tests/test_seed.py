"""Project 11 of the seed: its exceptions and its handlers, with nothing but this package."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import groundup_errors
from groundup_errors import ErrorHandlers, error_boundary
from groundup_response import Response

EXCEPTIONS = """\
class ApplicationError(Exception):
    def __init__(self, code, message, status=500):
        self.code = code
        self.message = message
        self.status = status

class ValidationError(ApplicationError):
    def __init__(self, message):
        super().__init__("VALIDATION_ERROR", message, 400)

class NotFoundError(ApplicationError):
    def __init__(self, resource):
        super().__init__("NOT_FOUND", f"{resource} not found", 404)
"""


@pytest.fixture(params=["the seed's", "the package's"])
def exceptions(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "the package's":
        return dict(vars(groundup_errors))
    names: dict[str, Any] = {}
    exec(EXCEPTIONS, names)
    return names


@pytest.fixture(params=["registered", "default"])
def handlers(request: pytest.FixtureRequest, exceptions: dict[str, Any]) -> ErrorHandlers:
    handlers = ErrorHandlers()
    if request.param == "registered":

        def handle(error: Any, request: Any) -> Response:
            return Response(
                error.status, json.dumps({"error": error.code, "message": error.message})
            )

        handlers.register(exceptions["ValidationError"], handle)
        handlers.register(exceptions["NotFoundError"], handle)
    return handlers


@pytest.mark.parametrize(
    ("user_id", "status", "code", "message"),
    [
        ("abc", 400, "VALIDATION_ERROR", "user_id must be numeric"),
        ("7", 404, "NOT_FOUND", "User not found"),
    ],
)
async def test_what_a_handler_raises_is_what_the_client_reads(
    exceptions: dict[str, Any],
    handlers: ErrorHandlers,
    make_request: Callable[..., Any],
    user_id: str,
    status: int,
    code: str,
    message: str,
) -> None:
    async def get_user() -> Response:
        if not user_id.isdigit():
            raise exceptions["ValidationError"]("user_id must be numeric")
        raise exceptions["NotFoundError"]("User")

    response = await error_boundary(handlers)(make_request(), get_user)

    assert response.status == status
    body = json.loads(response.text)
    assert body.get("error", body.get("code")) == code
    assert body.get("message", body.get("detail")) == message
