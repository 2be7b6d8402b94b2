"""Project 11: the block, verbatim: its own exceptions, its handlers, its logging."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import groundup_errors
from groundup import Application, Request, Response
from groundup_messages import Address
from groundup_testing import TestClient

EXCEPTIONS = """\
# Define custom exceptions
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

BLOCK = """\
# Register error handlers
app = Application()

@app.error_handler(ValidationError)
def handle_validation(error, request):
    return Response(error.status, json.dumps({
        "error": error.code,
        "message": error.message
    }))

@app.error_handler(NotFoundError)
def handle_not_found(error, request):
    return Response(404, json.dumps({
        "error": error.code,
        "message": error.message
    }))

# Use in handlers
@app.route("/users/:id", "GET")
def get_user(request):
    user_id = request.params.get("id")
    if not user_id.isdigit():
        raise ValidationError("user_id must be numeric")

    user = db.find_user(int(user_id))
    if not user:
        raise NotFoundError("User")

    return Response(200, json.dumps(user))

# Logging
import logging
logging.basicConfig(level=logging.DEBUG)
logger = logging.getLogger(__name__)

logger.debug(f"Processing request: {request.method} {request.path}")
logger.info(f"User 42 logged in")
logger.warning(f"Rate limit approaching for IP {request.ip}")
logger.error(f"Database connection failed: {error}")
"""


class Users:
    def find_user(self, user_id: int) -> dict[str, Any] | None:
        return {"id": 42, "name": "Alice"} if user_id == 42 else None


@pytest.fixture(params=["own exceptions", "the package's"])
def client(
    request: pytest.FixtureRequest,
    run_block: Callable[..., tuple[dict[str, Any], str]],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[TestClient]:
    if request.param == "own exceptions":
        exceptions, _ = run_block(EXCEPTIONS)
    else:
        exceptions = vars(groundup_errors)
    names = {name: exceptions[name] for name in ("ValidationError", "NotFoundError")}
    with caplog.at_level(logging.DEBUG):
        outcome, _ = run_block(
            BLOCK,
            Application=Application,
            Response=Response,
            json=json,
            db=Users(),
            request=Request("GET", "/users/42", client=Address("203.0.113.9", 50000)),
            error=OSError("down"),
            **names,
        )
    assert "Rate limit approaching for IP 203.0.113.9" in caplog.text
    with TestClient(outcome["app"]) as client:
        yield client


def test_found(client: TestClient) -> None:
    response = client.get("/users/42")

    assert response.status == 200
    assert response.json == {"id": 42, "name": "Alice"}


def test_validation_error(client: TestClient) -> None:
    response = client.get("/users/abc")

    assert response.status == 400
    assert response.json == {"error": "VALIDATION_ERROR", "message": "user_id must be numeric"}


def test_not_found_error(client: TestClient) -> None:
    response = client.get("/users/7")

    assert response.status == 404
    assert response.json == {"error": "NOT_FOUND", "message": "User not found"}
